import { open, type FileHandle } from 'node:fs/promises';
import type { BucketRequest, BucketRequests } from '../../../storage-initializer/sources/s3/bucket-requests';
import { s3Refusal } from '../../../storage-initializer/sources/s3/s3-error';
import { isSuccess, type TextAnswer } from '../../../storage-initializer/http/http-client';

/** Most pieces that S3 takes. */
const mostPieces = 10_000;

/** How objects are kept. */
export interface UploadSettings {
  /** Bytes from which an object goes in pieces, and size of a piece. */
  readonly pieceBytes: number;
  /** Fields that ask for encryption. */
  readonly encryption: Readonly<Record<string, string>>;
}

/** Writes objects of a bucket: seen as a whole or not at all. Errors are StorageErrors. */
export class Upload {
  constructor(
    private readonly requests: BucketRequests,
    private readonly settings: UploadSettings,
  ) {}

  async put(key: string, body: Buffer, signal: AbortSignal): Promise<void> {
    await this.send({ method: 'PUT', key, headers: this.settings.encryption, body }, signal);
  }

  async remove(key: string, signal: AbortSignal): Promise<void> {
    await this.send({ method: 'DELETE', key }, signal);
  }

  /** A file, in as many pieces as it takes; one of them is in memory. */
  async putFile(key: string, path: string, signal: AbortSignal): Promise<void> {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size <= this.settings.pieceBytes) await this.put(key, await bytesOf(file, 0, size), signal);
      else await this.putPieces(key, file, size, signal);
    } finally {
      await file.close();
    }
  }

  private async putPieces(key: string, file: FileHandle, size: number, signal: AbortSignal): Promise<void> {
    const begun = await this.send(
      { method: 'POST', key, parameters: { uploads: '' }, headers: this.settings.encryption, body: Buffer.alloc(0) },
      signal,
    );
    const uploadId = elementText(begun.body, 'UploadId');
    try {
      const pieceBytes = Math.max(this.settings.pieceBytes, Math.ceil(size / mostPieces));
      let pieces = '';
      for (let start = 0, partNumber = 1; start < size; start += pieceBytes, partNumber += 1) {
        const body = await bytesOf(file, start, Math.min(pieceBytes, size - start));
        const parameters = { partNumber: String(partNumber), uploadId };
        const { headers } = await this.send({ method: 'PUT', key, parameters, body }, signal);
        pieces += `<Part><PartNumber>${partNumber}</PartNumber><ETag>${escaped(String(headers['etag']))}</ETag></Part>`;
      }
      const body = Buffer.from(`<CompleteMultipartUpload>${pieces}</CompleteMultipartUpload>`);
      const completed = await this.send({ method: 'POST', key, parameters: { uploadId }, body }, signal);
      // S3 begins to answer before it knows the end: what went wrong is in an answer with status 200.
      const refusal = s3Refusal(completed.status, completed.headers, completed.body);
      if (/<Error[ >]/.test(completed.body)) throw this.requests.refused({ ...refusal, status: 500 }, key);
    } catch (error) {
      await this.abandon(key, uploadId);
      throw error;
    }
  }

  /** Pieces of uploads that never end are kept, and paid for. */
  private async abandon(key: string, uploadId: string): Promise<void> {
    const request = { method: 'DELETE', key, parameters: { uploadId } } as const;
    await this.requests.send(request, AbortSignal.timeout(abandonTimeoutMs)).catch(() => undefined);
  }

  private async send(request: BucketRequest, signal: AbortSignal): Promise<TextAnswer> {
    const answer = await this.requests.send(request, signal);
    if ('body' in answer && isSuccess(answer.status)) return answer;
    if ('code' in answer) throw this.requests.refused(answer, request.key);
    throw new Error(`unexpected status ${answer.status}`);
  }
}

const abandonTimeoutMs = 5000;

async function bytesOf(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let read = 0; read < length;) {
    const { bytesRead } = await file.read(bytes, read, length - read, start + read);
    if (bytesRead === 0) throw new Error('the file of the part is shorter than it was');
    read += bytesRead;
  }
  return bytes;
}

function elementText(body: string, name: string): string {
  const [, text] = new RegExp(`<${name}>([^<]+)</${name}>`).exec(body) ?? [];
  if (text === undefined) throw new Error(`the answer has no ${name}`);
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
