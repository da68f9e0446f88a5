import { causeText } from '../../../runtime/cause-text';
import { sleep, type Clock, type Random } from '../../../runtime/clock';
import type { Logger } from '../../../runtime/log';
import type { HttpClient } from '../../../storage-initializer/http/http-client';
import { retryDelayMs } from '../../../storage-initializer/http/retry-delay';
import type { FileFacts, ObjectSource, RemoteFile } from '../../../storage-initializer/source';
import { TransientFailure } from '../../../storage-initializer/transfer/attempts';
import { ChunkQueue } from '../../../storage-initializer/transfer/chunk-queue';
import { changed, fetchStretch } from '../../../storage-initializer/transfer/stretch';

/** Tries in a row that may bring nothing: with their waits about two minutes. */
const fruitlessTries = 12;

export interface ObjectBytesContext {
  readonly source: ObjectSource;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * Bytes of an object, as they are taken: the connection is held back meanwhile. A broken answer is asked on from where it broke, as long
 * as the object still is the same.
 *
 * @throws StorageError
 */
export async function* objectBytes(
  { source, http, clock, random, log }: ObjectBytesContext,
  listed: RemoteFile,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let file = listed;
  let received = 0;
  for (let fruitless = 1; ; fruitless += 1) {
    const before = received;
    try {
      if (received > 0 && received === file.size) return;
      const learn = ({ version, size }: FileFacts) => {
        file = { ...(version === undefined ? {} : { version }), ...(size === undefined ? {} : { size }), ...file };
      };
      for await (const chunk of stretchBytes({ source, http }, file, received, learn, signal)) {
        received += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      signal.throwIfAborted();
      if (received > before) fruitless = 1;
      // Without a version nobody can say that the rest belongs to the beginning.
      const canResume = received === 0 || (file.version !== undefined && file.size !== undefined);
      if (fruitless >= fruitlessTries || !canResume) throw error.reason;
      const delay = retryDelayMs(fruitless, error.headers, { clock, random });
      log.warn({ object: file.name, byte: received, cause: causeText(error.reason) }, 'Object is asked for again');
      await sleep(clock, delay, signal);
      signal.throwIfAborted();
    }
  }
}

async function* stretchBytes(
  { source, http }: Pick<ObjectBytesContext, 'source' | 'http'>,
  file: RemoteFile,
  from: number,
  learn: (facts: FileFacts) => void,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const left = new AbortController();
  const queue = new ChunkQueue();
  const range = from > 0 && file.size !== undefined ? { start: from, end: file.size } : undefined;
  const fetching = fetchStretch({ source, http, signal: AbortSignal.any([signal, left.signal]) }, file, range, {
    begin(start, facts) {
      // The server knows no ranges, and what was taken can't be given back.
      if (start !== from) throw changed(file);
      learn(facts);
    },
    data: (chunk) => queue.push(chunk),
  }).then(
    () => queue.close(),
    (error: unknown) => queue.fail(error),
  );
  try {
    yield* { [Symbol.asyncIterator]: () => queue[Symbol.asyncIterator]() };
  } finally {
    left.abort(new Error('the rest is not wanted'));
    // Held back, it would wait for a reader that does not come.
    queue.close();
    await fetching;
  }
}
