import { causeText } from '../../runtime/cause-text';
import { displayUri } from '../display-uri';
import { isConnectionError, isTransientStatus, type AnswerHead, type HttpClient } from '../http/http-client';
import type { ByteRange, FileFacts, ObjectSource, RemoteFile } from '../source';
import { StorageError, storageFailure } from '../storage-error';
import { TransientFailure } from './attempts';
import { contentLength, contentRange } from './content-range';

/** Takes the bytes of a stretch in their order. */
export interface StretchSink {
  /**
   * The answer is the right one. Bytes follow from `start`: 0 although more was asked for, when the server knows no ranges.
   *
   * @param facts of the whole file, as this answer has them
   */
  begin(start: number, facts: FileFacts, head: AnswerHead): void;
  data(chunk: Buffer): Promise<void> | undefined;
}

/**
 * Fetches a stretch of a file with one request, and judges what comes: is it the version that is pinned, the bytes that were asked for,
 * all of them and no more.
 *
 * @param range absent: the whole file
 * @throws TransientFailure when another try may bring it, StorageError when none will
 */
export async function fetchStretch(
  { source, http, signal }: { readonly source: ObjectSource; readonly http: HttpClient; readonly signal: AbortSignal },
  file: RemoteFile,
  range: ByteRange | undefined,
  sink: StretchSink,
): Promise<void> {
  const request = await source.request(file, range);
  let expected: number | undefined;
  let promised = false;
  let received = 0;
  try {
    const answer = await http.download(
      { ...request, redirects: {} },
      {
        begin: (head) => {
          if (!isFile(head.status)) throw source.failure(file, head.status, head.headers, '');
          const { start, length, facts } = judgeHead(source, file, range, head);
          expected = length;
          promised = contentLength(head.headers) !== undefined;
          sink.begin(start, facts, head);
        },
        data: (chunk) => {
          received += chunk.length;
          if (expected !== undefined && received > expected) {
            // It goes on behind the size that was listed: another file by now.
            if (!promised) throw changed(file);
            throw new TransientFailure(
              new StorageError('corrupt', `${file.name}: more than the promised ${expected} bytes`),
            );
          }
          return sink.data(chunk);
        },
      },
      signal,
    );
    if (!isFile(answer.status)) {
      const failure = source.failure(file, answer.status, answer.headers, answer.body);
      throw isTransientStatus(answer.status) || failure.transient
        ? new TransientFailure(failure, answer.headers)
        : failure;
    }
  } catch (error) {
    if (signal.aborted || !isConnectionError(error)) throw error;
    const failure = storageFailure(source.protocol, 'connection', displayUri(request.url), causeText(error));
    throw error.lasting ? failure : new TransientFailure(failure);
  }
  if (expected !== undefined && received < expected) {
    throw new TransientFailure(
      new StorageError('corrupt', `${file.name}: ended after ${received} of ${expected} bytes`),
    );
  }
}

/** Whether an answer brings a file: 202 and 204 are successes, and no model. */
function isFile(status: number): boolean {
  return status === 200 || status === 203 || status === 206;
}

interface JudgedHead {
  readonly start: number;
  readonly length: number | undefined;
  readonly facts: FileFacts;
}

/** What an answer promises. @throws StorageError `changed`; TransientFailure for a range nobody asked for */
function judgeHead(
  source: ObjectSource,
  file: RemoteFile,
  range: ByteRange | undefined,
  { status, headers }: AnswerHead,
): JudgedHead {
  const told = source.facts?.(file, headers) ?? {};
  const part = status === 206 ? contentRange(headers) : undefined;
  if (status === 206 && (range === undefined || part?.start !== range.start || part.end > range.end)) {
    const field = String(headers['content-range']);
    throw new TransientFailure(
      new StorageError('corrupt', `${file.name}: got the range ${field}, not the one asked for`),
    );
  }
  const length = contentLength(headers);
  const size = part === undefined ? (told.size ?? length) : (part.total ?? told.size);
  const facts: FileFacts = { ...told, ...(size === undefined ? {} : { size }) };
  if (file.version !== undefined && facts.version !== undefined && facts.version !== file.version) throw changed(file);
  if (file.size !== undefined && size !== undefined && size !== file.size) {
    // Of the same version it is the answer that is wrong, and the next one may be right.
    if (file.version === undefined || facts.version === undefined) throw changed(file);
    throw new TransientFailure(
      new StorageError('corrupt', `${file.name}: the answer is of ${size} bytes, the file has ${file.size}`),
    );
  }
  if (part !== undefined && range !== undefined && size !== undefined && part.end < Math.min(range.end, size)) {
    throw new TransientFailure(new StorageError('corrupt', `${file.name}: got less than the range asked for`));
  }
  return {
    start: part?.start ?? 0,
    length: part === undefined ? (file.size ?? length) : part.end - part.start,
    facts,
  };
}

/** The object is not the one that was listed, or that the first bytes are of. */
export function changed(file: RemoteFile): StorageError {
  return new StorageError('changed', `${file.name}: was replaced while it was fetched`);
}
