import { brokenPack } from './broken-pack';

/** Bytes of an object, read by offset. */
export interface RandomAccess {
  readonly size: number;
  /** A piece of it, valid as long as nobody writes to it. */
  read(offset: number, length: number): Buffer;
}

/** Bytes that are copied at a time. */
const pieceSize = 256 * 1024;
/** Bytes of the longest instruction without what it inserts. */
const longestInstruction = 8;

/**
 * Makes an object from another one and a delta: copies of stretches of the base and bytes that are new. Holds a piece of either, so that
 * objects of any size can be made.
 *
 * @param sized gets the size of the object before its bytes
 * @throws StorageError `corrupt`
 */
export async function* applyDelta(
  base: RandomAccess,
  delta: AsyncIterable<Buffer>,
  sized: (size: number) => void,
): AsyncGenerator<Buffer> {
  const input = new DeltaReader(delta);
  if ((await input.size()) !== base.size) throw brokenPack('a delta is for another base');
  const size = await input.size();
  sized(size);
  let made = 0;
  while (await input.ensure(longestInstruction)) {
    const instruction = input.byte();
    if (instruction >= 0x80) {
      const [offset, length] = input.copyOperands(instruction);
      made += length;
      if (offset + length > base.size || made > size) throw brokenPack('a delta copies more than there is');
      for (let done = 0; done < length; done += pieceSize) {
        yield base.read(offset + done, Math.min(pieceSize, length - done));
      }
      continue;
    }
    if (instruction === 0) throw brokenPack('a delta has an instruction that nobody knows');
    await input.ensure(instruction);
    made += instruction;
    if (made > size) throw brokenPack('a delta inserts more than it says');
    yield input.take(instruction);
  }
  if (made !== size) throw brokenPack('a delta makes less than it says');
}

/** Reads a delta by bytes. */
class DeltaReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);
  private at = 0;

  constructor(delta: AsyncIterable<Buffer>) {
    this.chunks = delta[Symbol.asyncIterator]();
  }

  /** Has so many bytes at hand, or all that are left. @returns whether there are any */
  async ensure(count: number): Promise<boolean> {
    while (this.rest.length - this.at < count) {
      const next = await this.chunks.next();
      if (next.done === true) break;
      this.rest = Buffer.concat([this.rest.subarray(this.at), next.value]);
      this.at = 0;
    }
    return this.at < this.rest.length;
  }

  byte(): number {
    const byte = this.rest[this.at];
    if (byte === undefined) throw brokenPack('a delta ends within an instruction');
    this.at += 1;
    return byte;
  }

  take(count: number): Buffer {
    const bytes = this.rest.subarray(this.at, this.at + count);
    if (bytes.length < count) throw brokenPack('a delta ends within an instruction');
    this.at += count;
    return bytes;
  }

  /** Offset and length of a copy: the bits of the instruction say which of their bytes are there. */
  copyOperands(instruction: number): readonly [number, number] {
    const [offset, length] = [this.operand(instruction, 0, 4), this.operand(instruction, 4, 3)];
    return [offset, length === 0 ? 0x10000 : length];
  }

  async size(): Promise<number> {
    await this.ensure(longestInstruction);
    let size = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      size += (byte & 127) * factor;
      if (byte < 0x80 && Number.isSafeInteger(size)) return size;
      if (factor > 2 ** 49) throw brokenPack('a delta is too large');
    }
  }

  private operand(instruction: number, firstBit: number, count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      if (((instruction >> (firstBit + index)) & 1) === 1) value += this.byte() * 256 ** index;
    }
    return value;
  }
}
