import type { FileFacts, RemoteFile } from '../source';
import { withAttempts } from './attempts';
import { checksumsToVerify, runningChecksum, verifyChecksums, type RunningChecksum } from './checksum';
import { ChunkQueue } from './chunk-queue';
import { attemptsOf, pinned } from './fetch-whole';
import { changed, fetchStretch } from './stretch';
import type { TransferContext } from './transfer-context';

/**
 * The bytes of a file in their order, as they arrive, without a file on disk. After a failure they go on where they were; when that can't
 * be, because the server has no ranges or the file is another one by then, the stream fails.
 *
 * Its end is good only after the checksums were verified: what was made of the bytes must not be published before.
 *
 * @throws StorageError; ChecksumMismatch in place of the end
 */
export async function* fileStream(context: TransferContext, listed: RemoteFile): AsyncGenerator<Buffer> {
  const abandoned = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, abandoned.signal]) };
  const queue = new ChunkQueue();
  const fetching = fetchInOrder(inner, listed, (chunk) => queue.push(chunk)).then(
    () => queue.close(),
    (error: unknown) => queue.fail(error),
  );
  try {
    yield* queue;
  } finally {
    // A reader that has enough, or fails, ends the request too.
    abandoned.abort(new Error('nobody reads the file any more'));
    // The writer may be held back by a queue that nobody reads.
    queue.close();
    await fetching;
  }
}

async function fetchInOrder(
  context: TransferContext,
  listed: RemoteFile,
  take: (chunk: Buffer) => Promise<void> | undefined,
): Promise<void> {
  let file = listed;
  let received = 0;
  let checksums: readonly RunningChecksum[] = [];
  const begin = (start: number, facts: FileFacts) => {
    // What was read can't be taken back.
    if (start !== received) throw changed(file);
    if (start > 0) return;
    if (listed.size === undefined) context.progress.listedBytes += facts.size ?? 0;
    file = pinned(listed, facts);
    checksums = checksumsToVerify(file.checksums ?? {}).map(runningChecksum);
  };
  await withAttempts(
    listed.name,
    () => attemptsOf(context),
    context,
    () => received,
    async () => {
      const { version, size } = file;
      if (received > 0 && (version === undefined || size === undefined)) throw changed(file);
      if (received > 0 && received === size) return;
      await fetchStretch(
        context,
        file,
        received === 0 || size === undefined ? undefined : { start: received, end: size },
        {
          begin,
          data: (chunk) => {
            for (const checksum of checksums) checksum.update(chunk);
            received += chunk.length;
            context.progress.bytes += chunk.length;
            return take(chunk);
          },
        },
      );
    },
  );
  await verifyChecksums(file.name, checksums, file.checksums ?? {});
}
