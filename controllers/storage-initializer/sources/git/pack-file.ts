import { readSync } from 'node:fs';
import { createInflate, inflateSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { brokenPack } from './broken-pack';

/** What an entry of a pack is, in the numbers of the format. */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';
const objectTypes: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const [offsetDelta, referenceDelta] = [6, 7];

/** The head of an entry. */
export interface PackEntry {
  readonly type: ObjectType | 'delta';
  /** Bytes of what is compressed: the object, or the delta. */
  readonly size: number;
  /** Where the compressed bytes begin. */
  readonly dataOffset: number;
  /** Of a delta: where the entry is that it changes, or what the object is called. */
  readonly base?: { readonly offset: number } | { readonly id: Buffer };
}

/** Bytes of an object up to which it is handled in one piece. */
export const smallSize = 1024 * 1024;
/** Bytes that are read from the disk at a time. */
const windowSize = 256 * 1024;
/** Bytes of a pack that are no entries: signature, version and count before them, checksum behind. */
export const packHeaderSize = 12;
export const checksumSize = 20;

/** A pack on disk, read by offsets: at most a window and a small object in memory. */
export class PackFile {
  private window: Buffer = Buffer.alloc(0);
  private windowOffset = 0;

  constructor(
    readonly descriptor: number,
    /** Bytes of the file. */
    readonly size: number,
  ) {}

  /** Number of entries. @throws StorageError for what is no pack of version 2 */
  count(): number {
    const header = this.bytes(0, packHeaderSize);
    if (header.toString('latin1', 0, 4) !== 'PACK' || header.readUInt32BE(4) !== 2) throw brokenPack('it is no pack');
    const count = header.readUInt32BE(8);
    // No entry is shorter than its head, an empty stream and nothing else.
    if (count * 9 > this.size) throw brokenPack(`it can't have ${count} objects in ${this.size} bytes`);
    return count;
  }

  /** The head of the entry at an offset. */
  entry(offset: number): PackEntry {
    const bytes = this.bytes(offset, 64);
    let at = 0;
    const next = () => {
      const byte = bytes[at];
      if (byte === undefined || offset + at >= this.size - checksumSize) throw brokenPack('it ends within an entry');
      at += 1;
      return byte;
    };
    let byte = next();
    const type = (byte >> 4) & 7;
    let size = byte & 15;
    for (let factor = 16; byte >= 0x80; factor *= 128) {
      byte = next();
      size += (byte & 127) * factor;
    }
    if (!Number.isSafeInteger(size)) throw brokenPack('an object is too large');
    const plain = objectTypes[type];
    if (plain !== undefined) return { type: plain, size, dataOffset: offset + at };
    if (type === referenceDelta) {
      const id = Buffer.from(bytes.subarray(at, at + 20));
      return { type: 'delta', size, dataOffset: offset + at + 20, base: { id } };
    }
    if (type !== offsetDelta) throw brokenPack(`there is no object of type ${type}`);
    byte = next();
    let distance = byte & 127;
    while (byte >= 0x80) {
      byte = next();
      distance = (distance + 1) * 128 + (byte & 127);
    }
    if (distance <= 0 || distance > offset - packHeaderSize) throw brokenPack('a delta has no base');
    return { type: 'delta', size, dataOffset: offset + at, base: { offset: offset - distance } };
  }

  /**
   * What is compressed in an entry, decompressed: in one piece when it is small.
   *
   * @param ended gets the offset behind the compressed bytes
   */
  async *contents({ size, dataOffset }: PackEntry, ended?: (offset: number) => void): AsyncGenerator<Buffer> {
    const piece = size <= smallSize ? this.small(size, dataOffset) : undefined;
    if (piece !== undefined) {
      ended?.(dataOffset + piece.consumed);
      yield piece.content;
      return;
    }
    const inflate = createInflate({ chunkSize: windowSize });
    const input = Readable.from(this.rawBytes(dataOffset, this.size - checksumSize), { objectMode: false });
    input.on('error', (error) => inflate.destroy(error));
    let got = 0;
    try {
      for await (const chunk of input.pipe(inflate)) {
        if (!Buffer.isBuffer(chunk)) continue;
        got += chunk.length;
        if (got > size) throw brokenPack('an object is larger than its entry says');
        yield chunk;
      }
    } catch (error) {
      throw brokenPack(error);
    } finally {
      input.destroy();
    }
    if (got !== size) throw brokenPack('an object is smaller than its entry says');
    ended?.(dataOffset + inflate.bytesWritten);
  }

  /** Compressed bytes as they are in the file, in chunks that stay as they are. */
  *rawBytes(start: number, end: number): Generator<Buffer> {
    for (let at = start; at < end; at += windowSize) {
      const chunk = Buffer.allocUnsafe(Math.min(windowSize, end - at));
      readFully(this.descriptor, chunk, at);
      yield chunk;
    }
  }

  /** Undefined when the stream is longer than a compressor would make it. */
  private small(size: number, offset: number): { content: Buffer; consumed: number } | undefined {
    const most = size + Math.ceil(size / 8) + Math.ceil(size / 64) + 64;
    try {
      const result: unknown = inflateSync(this.bytes(offset, most), { info: true, maxOutputLength: size + 1 });
      const inflated = inflatedInfo(result);
      if (inflated?.content.length === size) return inflated;
    } catch {
      // The whole stream says whether the pack is broken.
    }
    return undefined;
  }

  /** Bytes at an offset, fewer at the end of the file: valid until the next call. */
  private bytes(offset: number, length: number): Buffer {
    const end = Math.min(offset + length, this.size);
    if (offset < this.windowOffset || end > this.windowOffset + this.window.length) {
      const size = Math.max(0, Math.min(Math.max(windowSize, length), this.size - offset));
      this.window = Buffer.allocUnsafe(size);
      this.windowOffset = offset;
      readFully(this.descriptor, this.window, offset);
    }
    return this.window.subarray(offset - this.windowOffset, Math.max(0, end - this.windowOffset));
  }
}

/** What `inflateSync` returns with `info`, which its types don't say. */
function inflatedInfo(result: unknown): { content: Buffer; consumed: number } | undefined {
  if (typeof result !== 'object' || result === null || !('buffer' in result) || !('engine' in result)) return undefined;
  const { buffer, engine } = result;
  const consumed: unknown =
    typeof engine === 'object' && engine !== null ? Reflect.get(engine, 'bytesWritten') : undefined;
  return Buffer.isBuffer(buffer) && typeof consumed === 'number' ? { content: buffer, consumed } : undefined;
}

/** Fills a buffer. @throws StorageError when the file ends before */
export function readFully(descriptor: number, buffer: Buffer, position: number): void {
  for (let done = 0; done < buffer.length;) {
    const read = readSync(descriptor, buffer, done, buffer.length - done, position + done);
    if (read === 0) throw brokenPack('it ends too early');
    done += read;
  }
}
