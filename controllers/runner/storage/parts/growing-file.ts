import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Stretch } from './journal';

/** Bytes that are read at a time. */
const pieceSize = 1024 * 1024;

/** A stretch that is in the file. */
export interface FoundStretch extends Stretch {
  readonly sha256: Hash;
}

/** A file that is only ever written at its end, with checksums of what is in it. */
export class GrowingFile {
  private bytes = 0;
  private crc = 0;
  private sha256 = createHash('sha256');

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** An empty file, whatever was there. */
  static async create(path: string): Promise<GrowingFile> {
    return new GrowingFile(path, await open(path, 'w+', 0o666));
  }

  /** A file that is there, as if nothing were in it: what counts is to be {@link accept}ed. */
  static async existing(path: string): Promise<GrowingFile> {
    return new GrowingFile(path, await open(path, 'r+'));
  }

  get length(): number {
    return this.bytes;
  }

  /** Up to where the file is whole, once everything that was appended is written. */
  get stretch(): Stretch {
    return { bytes: this.bytes, crc: this.crc };
  }

  /** Hexadecimal. The file can't grow afterwards. */
  digest(): string {
    return this.sha256.digest('hex');
  }

  /** Writes at the end. After an error nothing may be appended any more. */
  append(data: Buffer): Promise<void> {
    const at = this.bytes;
    this.bytes += data.length;
    this.crc = crc32(data, this.crc);
    this.sha256.update(data);
    return this.write(data, at);
  }

  private async write(data: Buffer, at: number): Promise<void> {
    for (let written = 0; written < data.length;) {
      const { bytesWritten } = await this.handle.write(data, written, data.length - written, at + written);
      written += bytesWritten;
    }
  }

  /** What is in it. */
  async *content(): AsyncGenerator<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(pieceSize);
    for (let at = 0; at < this.bytes;) {
      const { bytesRead } = await this.handle.read(buffer, 0, Math.min(buffer.length, this.bytes - at), at);
      if (bytesRead === 0) throw new Error(`${this.path} is shorter than what was written to it`);
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  /** Looks whether the file has what follows up to here, as it was written. @returns what to {@link accept} */
  async find({ bytes, crc: wanted }: Stretch): Promise<FoundStretch | undefined> {
    let [at, crc] = [this.bytes, this.crc];
    const sha256 = this.sha256.copy();
    const buffer = Buffer.allocUnsafeSlow(Math.min(Math.max(bytes - at, 0), pieceSize));
    while (at < bytes) {
      const { bytesRead } = await this.handle.read(buffer, 0, Math.min(buffer.length, bytes - at), at);
      if (bytesRead === 0) return undefined;
      const piece = buffer.subarray(0, bytesRead);
      crc = crc32(piece, crc);
      sha256.update(piece);
      at += bytesRead;
    }
    return at === bytes && crc === wanted ? { bytes, crc, sha256 } : undefined;
  }

  /** What was found counts as appended. */
  accept({ bytes, crc, sha256 }: FoundStretch): void {
    this.bytes = bytes;
    this.crc = crc;
    this.sha256 = sha256;
  }

  /** Cuts off what was not accepted. */
  async trim(): Promise<void> {
    await this.handle.truncate(this.bytes);
  }

  /** On return what was appended survives the node. */
  async sync(): Promise<void> {
    await this.handle.datasync();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
