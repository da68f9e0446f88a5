import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';

/** Bytes that are read at a time. */
const readSize = 256 * 1024;

/**
 * Parts of a file for yauzl. Its own reader takes places from the archive as they are, and Node throws for those that can't be: where
 * nobody catches it.
 */
export class FileSlices extends RandomAccessReader {
  /** @param file stays open */
  constructor(
    private readonly file: FileHandle,
    private readonly size: number,
  ) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (!this.has(position, position + length)) return callback(new Error('it points outside of the file'));
    this.file.read(buffer, offset, length, position).then(
      ({ bytesRead }) => callback(null, bytesRead),
      (error: Error) => callback(error),
    );
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.chunks(start, end), { objectMode: false });
  }

  private async *chunks(start: number, end: number): AsyncGenerator<Buffer> {
    if (!this.has(start, end)) throw new Error('it points outside of the file');
    for (let at = start; at < end;) {
      const chunk = Buffer.allocUnsafe(Math.min(readSize, end - at));
      const { bytesRead } = await this.file.read(chunk, 0, chunk.length, at);
      if (bytesRead === 0) throw new Error('it was cut while it was read');
      yield chunk.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  private has(start: number, end: number): boolean {
    return Number.isSafeInteger(start) && start >= 0 && end <= this.size;
  }
}
