import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Agent, request } from 'undici';
import { realClock } from '../../controllers/runtime/clock';
import {
  canonicalQuery,
  RequestSigner,
  strictEncode,
  type SigningKeys,
} from '../../controllers/storage-initializer/sources/s3/request-signature';

/** What an object is made of: bytes, or pieces of any size that come one after the other. */
export type ObjectBody = string | Buffer | Iterable<Buffer> | AsyncIterable<Buffer>;

/** Checksums that S3 keeps beside an object. */
export type UploadChecksum = 'crc32' | 'sha1' | 'sha256';

export interface UploadOptions {
  /** Checksum that the server verifies and keeps; of an upload in parts that of their checksums. @default none */
  readonly checksum?: UploadChecksum;
  /** Uploads in parts of this many bytes (5 MiB and more), holding one at a time. @default one PUT */
  readonly partSize?: number;
}

interface S3Server extends SigningKeys {
  readonly endpoint: string;
  readonly region: string;
}

/** The writing half of an S3 client, for tests: buckets and objects. Paths are path-style. */
export class S3Uploads {
  private readonly signer = new RequestSigner(realClock);
  // Tests trust whatever certificate they have just made.
  private readonly agent = new Agent({ connect: { rejectUnauthorized: false } });

  constructor(private readonly server: S3Server) {}

  async makeBucket(name: string): Promise<void> {
    await this.send('PUT', `/${name}`);
  }

  async makePublic(bucket: string, list: boolean): Promise<void> {
    const allow = (Action: string, Resource: string) => ({ Effect: 'Allow', Principal: '*', Action, Resource });
    const Statement = [allow('s3:GetObject', `arn:aws:s3:::${bucket}/*`)];
    if (list) Statement.push(allow('s3:ListBucket', `arn:aws:s3:::${bucket}`));
    await this.send('PUT', `/${bucket}`, { policy: '' }, JSON.stringify({ Version: '2012-10-17', Statement }));
  }

  /** A user of versitygw. */
  async addUser(accessKey: string, secretKey: string): Promise<void> {
    const account = `<Account><Access>${accessKey}</Access><Secret>${secretKey}</Secret><Role>user</Role></Account>`;
    await this.send('PATCH', '/create-user', {}, account);
  }

  async put(bucket: string, key: string, body: ObjectBody, { checksum, partSize }: UploadOptions = {}): Promise<void> {
    const path = `/${bucket}/${key.split('/').map(strictEncode).join('/')}`;
    if (partSize !== undefined) return this.putParts(path, piecesOf(body), partSize, checksum);
    const bytes = await collected(piecesOf(body));
    await this.send('PUT', path, {}, bytes, checksumFields(checksum, bytes));
  }

  async remove(bucket: string, key: string): Promise<void> {
    await this.send('DELETE', `/${bucket}/${key.split('/').map(strictEncode).join('/')}`);
  }

  /** Whether a GET without signature succeeds. */
  async answers(path: string): Promise<boolean> {
    const { statusCode, body } = await request(this.server.endpoint + path, { dispatcher: this.agent });
    await body.dump();
    return statusCode === 200;
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async putParts(
    path: string,
    pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
    partSize: number,
    checksum: UploadChecksum | undefined,
  ): Promise<void> {
    const algorithm = checksum === undefined ? {} : { 'x-amz-checksum-algorithm': checksum.toUpperCase() };
    const begun = await this.send('POST', path, { uploads: '' }, '', algorithm);
    const uploadId = /<UploadId>([^<]+)</.exec(begun.body)?.[1] ?? '';
    let parts = '';
    let partNumber = 0;
    for await (const part of inParts(pieces, partSize)) {
      partNumber += 1;
      const fields = checksumFields(checksum, part);
      const { etag } = await this.send('PUT', path, { partNumber: String(partNumber), uploadId }, part, fields);
      const name = `Checksum${checksum?.toUpperCase()}`;
      const sums = Object.values(fields).map((value) => `<${name}>${value}</${name}>`);
      parts += `<Part><PartNumber>${partNumber}</PartNumber><ETag>${etag}</ETag>${sums.join('')}</Part>`;
    }
    const complete = `<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`;
    await this.send('POST', path, { uploadId }, complete);
  }

  private async send(
    method: 'PUT' | 'POST' | 'DELETE' | 'PATCH',
    path: string,
    parameters: Readonly<Record<string, string>> = {},
    body: string | Buffer = '',
    fields: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly body: string; readonly etag: string }> {
    const { endpoint, region } = this.server;
    const query = canonicalQuery(parameters);
    const sha256 = createHash('sha256').update(body).digest('hex');
    const { host } = new URL(endpoint);
    const headers = this.signer.sign(
      { method, host, path, query, headers: { 'x-amz-content-sha256': sha256, ...fields } },
      this.server,
      region,
    );
    const url = `${endpoint}${path}${query === '' ? '' : `?${query}`}`;
    const answer = await request(url, { method, headers, body, dispatcher: this.agent });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return { body: text, etag: String(answer.headers['etag'] ?? '') };
  }
}

function checksumFields(checksum: UploadChecksum | undefined, bytes: Buffer): Readonly<Record<string, string>> {
  if (checksum === undefined) return {};
  const value = Buffer.alloc(4);
  if (checksum === 'crc32') value.writeUInt32BE(crc32(bytes));
  const sum = checksum === 'crc32' ? value : createHash(checksum).update(bytes).digest();
  return { [`x-amz-checksum-${checksum}`]: sum.toString('base64') };
}

function piecesOf(body: ObjectBody): Iterable<Buffer> | AsyncIterable<Buffer> {
  if (typeof body === 'string') return [Buffer.from(body)];
  return Buffer.isBuffer(body) ? [body] : body;
}

async function collected(pieces: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** The pieces as parts of one size; only the last is smaller. */
async function* inParts(pieces: Iterable<Buffer> | AsyncIterable<Buffer>, partSize: number): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (let piece of pieces) {
    while (size + piece.length >= partSize) {
      const rest = partSize - size;
      yield Buffer.concat([...waiting, piece.subarray(0, rest)]);
      [waiting, size] = [[], 0];
      piece = piece.subarray(rest);
    }
    if (piece.length === 0) continue;
    waiting.push(piece);
    size += piece.length;
  }
  if (size > 0) yield Buffer.concat(waiting);
}
