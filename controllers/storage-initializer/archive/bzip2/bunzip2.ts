import { brokenArchive } from '../broken-archive';
import { ChunkReader } from '../chunk-reader';
import { BitReader } from './bit-reader';
import { readBlock, type Bzip2Block } from './bzip2-block';

const blockMark = 0x314159265359;
const endMark = 0x177245385090;
/** Bytes of a block for each of the nine levels. */
const levelSize = 100_000;
/** Bytes that come out at a time. */
const outputSize = 256 * 1024;
/** Equal bytes behind which the number of further ones is written. */
const runStart = 4;

/**
 * Decompresses bzip2, also several streams one behind the other as parallel compressors write them. Holds one block: 6 MB, whatever it
 * becomes.
 *
 * @throws StorageError in KServe's words; errors of the input as they are
 */
export async function* bunzip2(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const reader = new ChunkReader(input);
  let chain = new Uint32Array(0);
  for (let streams = 0; ; streams += 1) {
    const head = await reader.peek(4);
    if (head.length === 0 && streams > 0) return;
    const level = Number(/^BZh([1-9])$/.exec(head.toString('latin1'))?.[1] ?? 0);
    if (level === 0) throw brokenArchive('what follows is no bzip2');
    await reader.skip(4);
    if (chain.length < level * levelSize) chain = new Uint32Array(level * levelSize);
    yield* stream(reader, chain.subarray(0, level * levelSize));
  }
}

async function* stream(reader: ChunkReader, chain: Uint32Array): AsyncGenerator<Buffer> {
  // More than the longest codes of a whole block and of its tables.
  const window = chain.length * 3;
  let [skippedBits, streamChecksum] = [0, 0];
  for (;;) {
    const bytes = await reader.peek(window);
    const bits = new BitReader(bytes, skippedBits);
    const part = readPart(bits, chain);
    await reader.skip(Math.floor(bits.position / 8));
    skippedBits = bits.position % 8;
    if (part.block === undefined) {
      if (part.checksum !== streamChecksum) throw brokenArchive('the checksum of a bzip2 stream is wrong');
      if (skippedBits > 0) await reader.skip(1);
      return;
    }
    const checksum = { value: -1 };
    yield* blockContent(part.block, checksum);
    if (~checksum.value >>> 0 !== part.checksum) throw brokenArchive('the checksum of a bzip2 block is wrong');
    streamChecksum = (((streamChecksum << 1) | (streamChecksum >>> 31)) ^ part.checksum) >>> 0;
  }
}

/** A block, or the end of the stream. */
function readPart(bits: BitReader, chain: Uint32Array): { readonly block?: Bzip2Block; readonly checksum: number } {
  try {
    const mark = bits.bits(24) * 0x1000000 + bits.bits(24);
    const checksum = bits.word();
    if (mark === endMark) return { checksum };
    if (mark !== blockMark) throw new Error('a bzip2 block has no mark');
    return { block: readBlock(bits, chain), checksum };
  } catch (error) {
    throw brokenArchive(error);
  }
}

/** The bytes of a block, with the runs that it was written with before everything else. Leaves their checksum behind. */
function* blockContent({ chain, length, start }: Bzip2Block, checksum: { value: number }): Generator<Buffer> {
  let output = Buffer.allocUnsafe(outputSize);
  let [filled, crc, last, run, link] = [0, checksum.value, -1, 0, chain[start] ?? 0];
  for (let index = 0; index < length; index += 1) {
    const byte = link & 0xff;
    link = chain[link >>> 8] ?? 0;
    const isCount = run === runStart;
    const times = isCount ? byte : 1;
    const value = isCount ? last : byte;
    if (isCount) run = 0;
    else {
      run = byte === last ? run + 1 : 1;
      last = byte;
    }
    for (let time = 0; time < times; time += 1) {
      if (filled === outputSize) {
        yield output;
        output = Buffer.allocUnsafe(outputSize);
        filled = 0;
      }
      output[filled] = value;
      filled += 1;
      crc = (crc << 8) ^ (crcTable[(crc >>> 24) ^ value] ?? 0);
    }
    if (isCount) last = -1;
  }
  checksum.value = crc;
  if (filled > 0) yield output.subarray(0, filled);
}

/** CRC-32 as bzip2 has it: the polynomial of zip's, bits in the other order. */
const crcTable = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});
