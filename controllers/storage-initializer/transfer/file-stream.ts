import type { FileFacts, RemoteFile } from '../source';
import { withAttempts } from './attempts';
import { checksumsToVerify, runningChecksum, verifyChecksums, type RunningChecksum } from './checksum';
import { attemptsOf, pinned } from './fetch-whole';
import { changed, fetchStretch } from './stretch';
import type { TransferContext } from './transfer-context';

/** Bytes that wait to be read before the connection is held back. */
const waitingLimit = 1024 * 1024;

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
  const queue = new ChunkQueue(waitingLimit);
  const fetching = fetchInOrder(inner, listed, (chunk) => queue.add(chunk)).then(
    () => queue.end(),
    (error: unknown) => queue.end(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    yield* queue.chunks();
  } finally {
    // A reader that has enough, or fails, ends the request too.
    abandoned.abort(new Error('nobody reads the file any more'));
    queue.release();
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

/** Chunks between a connection that brings them and a reader that takes them. */
class ChunkQueue {
  private readonly waiting: Buffer[] = [];
  private size = 0;
  private ended = false;
  private failure: Error | undefined;
  private arrived: (() => void) | undefined;
  private room: (() => void) | undefined;

  constructor(private readonly limit: number) {}

  /** @returns a promise when there are enough: it settles when there is room again */
  add(chunk: Buffer): Promise<void> | undefined {
    this.waiting.push(chunk);
    this.size += chunk.length;
    this.arrived?.();
    if (this.size < this.limit) return undefined;
    return new Promise((resolve) => {
      this.room = resolve;
    });
  }

  end(failure?: Error): void {
    this.ended = true;
    this.failure = failure;
    this.arrived?.();
  }

  /** Lets whoever adds go on. */
  release(): void {
    this.room?.();
    this.room = undefined;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = this.waiting.shift();
      if (chunk !== undefined) {
        this.size -= chunk.length;
        if (this.size < this.limit) this.release();
        yield chunk;
      } else if (this.ended) {
        if (this.failure !== undefined) throw this.failure;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.arrived = resolve;
        });
        this.arrived = undefined;
      }
    }
  }
}
