import { read } from 'node:fs';
import { promisify } from 'node:util';
import { diskError } from '../destination/disk-error';
import { runningChecksum, type ChecksumAlgorithm, type RunningChecksum } from './checksum';

const readAt = promisify(read);

/** Bytes that are read at once: what was just written is in the page cache. */
const readSize = 1024 * 1024;

/**
 * Checksums of a file whose ranges arrive in any order: follows the bytes that are there without a gap, reading them back, while the
 * others arrive.
 */
export class InOrderChecksums {
  readonly checksums: readonly RunningChecksum[];
  private done = 0;
  private until = 0;
  private following: Promise<void> | undefined;
  private failure: unknown;

  constructor(
    algorithms: readonly ChecksumAlgorithm[],
    private readonly descriptor: number,
    private readonly name: string,
  ) {
    this.checksums = algorithms.map(runningChecksum);
  }

  /** Says that the file is there without a gap up to a byte. */
  advance(until: number): void {
    if (this.checksums.length === 0 || until <= this.until) return;
    this.until = until;
    this.following ??= this.follow();
  }

  /** Waits until everything that was announced is in the checksums. @throws StorageError `disk` */
  async end(): Promise<void> {
    await this.following;
    if (this.failure !== undefined) throw diskError(`reading ${this.name} back`, this.failure);
  }

  private async follow(): Promise<void> {
    const buffer = Buffer.allocUnsafe(readSize);
    try {
      while (this.done < this.until) {
        const wanted = Math.min(readSize, this.until - this.done);
        const { bytesRead } = await readAt(this.descriptor, buffer, 0, wanted, this.done);
        if (bytesRead === 0) throw new Error(`the file ends at byte ${this.done}`);
        for (const checksum of this.checksums) checksum.update(buffer.subarray(0, bytesRead));
        this.done += bytesRead;
      }
    } catch (error) {
      this.failure = error;
    } finally {
      this.following = undefined;
    }
  }
}
