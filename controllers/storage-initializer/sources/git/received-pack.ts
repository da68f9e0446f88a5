import { createHash, type Hash } from 'node:crypto';
import { ftruncateSync } from 'node:fs';
import { FileWriter } from '../../transfer/file-writer';
import type { Progress } from '../../transfer/progress';
import { brokenPack } from './broken-pack';
import { checksumSize, packHeaderSize } from './pack-file';
import type { PackSink } from './upload-pack';

/** A pack on its way to the disk; a try that begins anew takes the place of the one before. */
export class ReceivedPack implements PackSink {
  /** SHA-1 at the end of the pack. */
  checksum: Buffer = Buffer.alloc(0);
  size = 0;
  private writer: FileWriter;
  private hash: Hash = createHash('sha1');
  /** The last bytes so far: nobody knows whether they are the checksum until no more come. */
  private tail: Buffer = Buffer.alloc(0);

  constructor(
    private readonly descriptor: number,
    private readonly progress: Progress,
  ) {
    this.writer = this.newWriter();
  }

  begin(): void {
    // What the try before had under way lands behind the end of the truncated file at most, and is overwritten.
    ftruncateSync(this.descriptor, 0);
    this.writer = this.newWriter();
    this.hash = createHash('sha1');
    this.tail = Buffer.alloc(0);
    this.size = 0;
  }

  data(chunk: Buffer): Promise<void> | undefined {
    this.size += chunk.length;
    this.progress.bytes += chunk.length;
    const seen = this.tail.length === 0 ? chunk : Buffer.concat([this.tail, chunk]);
    const hashed = Math.max(0, seen.length - checksumSize);
    this.hash.update(seen.subarray(0, hashed));
    this.tail = Buffer.from(seen.subarray(hashed));
    return this.writer.add(chunk);
  }

  async end(): Promise<void> {
    await this.writer.end();
    this.checksum = this.tail;
    if (this.size < packHeaderSize + checksumSize || !this.hash.digest().equals(this.checksum)) {
      throw brokenPack('its checksum is wrong');
    }
  }

  /** Waits until nothing is under way, whatever became of it. */
  async settle(): Promise<void> {
    await this.writer.end().catch(() => undefined);
  }

  private newWriter(): FileWriter {
    return new FileWriter(this.descriptor, 0, 'the pack of the repository');
  }
}
