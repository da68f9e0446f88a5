import { write, writev } from 'node:fs';
import { diskError } from '../destination/disk-error';
import { usedNetworkBuffers } from './network-buffers';

/** Bytes that are written at once: below, the system calls cost more than the copying. */
const writeSize = 1024 * 1024;
/** Bytes that wait for the disk before the connection is held back. With the write under way, twice as much is in memory. */
const waitingLimit = 2 * writeSize;

/**
 * Writes a stretch of a file as its bytes come: chunks of the network (at most 64 KiB) are gathered and written together, one write at a
 * time, while the next ones arrive.
 */
export class FileWriter {
  private waiting: Buffer[] = [];
  private waitingSize = 0;
  private underWay: Promise<void> | undefined;
  private failure: unknown;

  /** @param position where the next byte goes */
  constructor(
    private readonly descriptor: number,
    private position: number,
    /** For messages: the file as the user knows it. */
    private readonly name: string,
  ) {}

  /** Takes a chunk. @returns a promise when the disk is behind: take no more until it settles */
  add(chunk: Buffer): Promise<void> | undefined {
    this.waiting.push(chunk);
    this.waitingSize += chunk.length;
    if (this.waitingSize < writeSize) return undefined;
    if (this.underWay === undefined) {
      this.begin();
      return undefined;
    }
    return this.waitingSize < waitingLimit ? undefined : this.next();
  }

  /** Writes what is left. Nothing is under way afterwards, also when it throws. @throws StorageError `disk` */
  async end(): Promise<void> {
    while (this.underWay !== undefined || (this.waiting.length > 0 && this.failure === undefined)) {
      if (this.underWay === undefined) this.begin();
      await this.underWay;
    }
    if (this.failure !== undefined) throw diskError(`writing ${this.name}`, this.failure);
  }

  private async next(): Promise<void> {
    await this.underWay;
    if (this.failure !== undefined) throw diskError(`writing ${this.name}`, this.failure);
  }

  private begin(): void {
    const chunks = this.waiting;
    const position = this.position;
    const size = this.waitingSize;
    this.position += size;
    this.waiting = [];
    this.waitingSize = 0;
    this.underWay = writeAll(this.descriptor, chunks, position).then(
      () => this.written(size),
      (error: unknown) => {
        this.failure = error;
        this.underWay = undefined;
      },
    );
  }

  private written(size: number): void {
    this.underWay = undefined;
    usedNetworkBuffers(size);
    if (this.waitingSize >= writeSize) this.begin();
  }
}

/** Writes chunks one behind the other. A disk that is nearly full takes a part of them before it says so. */
async function writeAll(descriptor: number, chunks: readonly Buffer[], position: number): Promise<void> {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) {
    for (let done = 0; done < first.length;) done += await writeSome(descriptor, first, done, position + done);
    return;
  }
  // At most 32 MB of 64 KiB chunks: far below the 1,024 buffers that one call takes. Chunks can be small, though.
  for (let from = 0; from < chunks.length; from += 1000) {
    const some = chunks.slice(from, from + 1000);
    const size = some.reduce((sum, chunk) => sum + chunk.length, 0);
    const done = await writeSeveral(descriptor, some, position);
    if (done < size) {
      const rest = Buffer.concat(some).subarray(done);
      await writeAll(descriptor, [rest], position + done);
    }
    position += size;
  }
}

function writeSome(descriptor: number, chunk: Buffer, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, chunk, offset, chunk.length - offset, position, (error, written) =>
      error === null ? resolve(written) : reject(error),
    );
  });
}

function writeSeveral(descriptor: number, chunks: readonly Buffer[], position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(descriptor, chunks, position, (error, written) => (error === null ? resolve(written) : reject(error)));
  });
}
