import { createHash } from 'node:crypto';
import type { Clock, Random } from '../../../runtime/clock';
import { isConnectionError, isSuccess } from '../../http/http-client';
import type { InitializerLog } from '../../log';
import { StorageError } from '../../storage-error';
import { TransientFailure, withAttempts } from '../../transfer/attempts';
import { contentRange } from '../../transfer/content-range';
import { ChunkQueue } from '../../transfer/chunk-queue';
import type { Progress } from '../../transfer/progress';
import type { Descriptor } from './manifest';
import type { RegistryClient } from './registry-client';

/** Tries in a row that bring nothing until a layer is given up. */
const attempts = 12;

/** What a blob is fetched with. */
export interface BlobContext {
  readonly registry: RegistryClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: InitializerLog;
  readonly progress: Progress;
}

/**
 * Fetches a blob and hands its bytes to a reader as they come.
 *
 * Guarantees: the reader sees every byte once and in its order, however often the connection breaks: the next request begins where the one
 * before ended, or what it repeats is passed over. When this returns, the bytes were as many as promised and have the promised digest, also
 * those that the reader was not interested in; what it made of them before is not to be used otherwise.
 *
 * @param read gets the bytes; may stop before the end
 * @throws StorageError; what `read` throws
 */
export async function readBlob<T>(
  blob: Descriptor,
  context: BlobContext,
  signal: AbortSignal,
  read: (chunks: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const queue = new ChunkQueue();
  const stop = new AbortController();
  const fetching = fetchBlob(blob, context, AbortSignal.any([signal, stop.signal]), queue).then(
    () => queue.close(),
    (error: unknown) => queue.fail(error),
  );
  try {
    const result = await read(queue);
    for await (const chunk of queue) void chunk;
    return result;
  } finally {
    stop.abort(new Error('the blob is not read any more'));
    // The writer may be held back by a queue that nobody reads.
    queue.close();
    await fetching;
  }
}

async function fetchBlob(
  { digest, size }: Descriptor,
  { registry, ...context }: BlobContext,
  signal: AbortSignal,
  queue: ChunkQueue,
): Promise<void> {
  const hash = createHash(digest.slice(0, digest.indexOf(':')));
  let received = 0;
  await withAttempts(
    `layer ${digest}`,
    () => attempts,
    { ...context, signal },
    () => received,
    async () => {
      let position = 0;
      const sink = {
        begin: (head: { readonly status: number; readonly headers: Parameters<typeof contentRange>[0] }) => {
          position = head.status === 206 ? (contentRange(head.headers)?.start ?? -1) : 0;
          if (position >= 0 && position <= received) return;
          throw new TransientFailure(corrupt(digest, `got bytes from ${position} on, ${received} were next`));
        },
        data: (chunk: Buffer) => {
          const fresh = chunk.subarray(Math.max(0, received - position));
          position += chunk.length;
          if (fresh.length === 0) return undefined;
          received += fresh.length;
          context.progress.bytes += fresh.length;
          if (received > size) throw corrupt(digest, `it is larger than the promised ${size} bytes`);
          hash.update(fresh);
          return queue.push(fresh);
        },
      };
      if (received < size || size === 0) await oneRequest(registry, digest, received, sink, signal);
      if (received < size) {
        throw new TransientFailure(
          new StorageError('connection', `layer ${digest}: ended after ${received} of ${size} bytes`),
        );
      }
    },
  );
  const got = hash.digest('hex');
  if (got !== digest.slice(digest.indexOf(':') + 1)) throw corrupt(digest, `the digest of what arrived is ${got}`);
}

async function oneRequest(
  registry: RegistryClient,
  digest: string,
  start: number,
  sink: Parameters<RegistryClient['blob']>[2],
  signal: AbortSignal,
): Promise<void> {
  try {
    const answer = await registry.blob(digest, start, sink, signal);
    if (isSuccess(answer.status)) return;
    const failure = registry.failure(answer);
    throw failure.transient ? new TransientFailure(failure, answer.headers) : failure;
  } catch (error) {
    if (signal.aborted || !isConnectionError(error)) throw error;
    const failure = registry.connectionFailure(error);
    throw error.lasting ? failure : new TransientFailure(failure);
  }
}

function corrupt(digest: string, why: string): StorageError {
  return new StorageError('corrupt', `OCI error: layer ${digest} is not what the manifest promises: ${why}`);
}
