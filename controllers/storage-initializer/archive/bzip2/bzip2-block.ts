import type { BitReader } from './bit-reader';
import { HuffmanCode, longestCode } from './huffman-code';

/** A block whose bytes come out of {@link blockContent}. */
export interface Bzip2Block {
  /** For each place the byte there, and above it the place of the byte behind it. */
  readonly chain: Uint32Array;
  readonly length: number;
  /** Place of the first byte. */
  readonly start: number;
}

/** Symbols that share a code before the next one is chosen. */
const groupSize = 50;
/** Symbols for runs of the byte in front: digits of their length to the base of 2, in which 1 and 2 are digits. */
const [runA, runB] = [0, 1];

/**
 * Reads a block behind its mark and checksum: Huffman codes, runs, move-to-front, and the inverse of the sort.
 *
 * @param chain memory for the block: its length is the most that a block may have
 * @throws Error that says what is wrong
 */
export function readBlock(reader: BitReader, chain: Uint32Array): Bzip2Block {
  if (reader.bits(1) !== 0) throw new Error('blocks of bzip2 before 0.9.5 are not known');
  const origin = reader.bits(24);
  const front = usedBytes(reader);
  const endOfBlock = front.length + 1;
  const groups = reader.bits(3);
  if (groups < 2 || groups > 6) throw new Error('the number of codes is not valid');
  const selectors = readSelectors(reader, groups);
  const codes = Array.from({ length: groups }, () => readCode(reader, front.length + 2));

  const counts = new Uint32Array(256);
  let [length, run, runDigit] = [0, 0, 1];
  const flushRun = () => {
    const byte = front[0] ?? 0;
    if (length + run > chain.length) throw new Error('a block is too long');
    chain.fill(byte, length, length + run);
    counts[byte] = (counts[byte] ?? 0) + run;
    length += run;
    [run, runDigit] = [0, 1];
  };
  for (let count = 0; ; count += 1) {
    const code = codes[selectors[Math.floor(count / groupSize)] ?? groups];
    if (code === undefined) throw new Error('a block has no end');
    const symbol = code.next(reader);
    if (symbol === runA || symbol === runB) {
      run += runDigit << symbol;
      // Before the digits overflow: no block is as long.
      if (run > chain.length) throw new Error('a run is too long');
      runDigit *= 2;
      continue;
    }
    if (run > 0) flushRun();
    if (symbol === endOfBlock) break;
    const byte = moveToFront(front, symbol - 1);
    if (length >= chain.length) throw new Error('a block is too long');
    chain[length] = byte;
    counts[byte] = (counts[byte] ?? 0) + 1;
    length += 1;
  }
  if (origin >= length) throw new Error('the beginning of a block is outside of it');
  link(chain, length, counts);
  return { chain, length, start: (chain[origin] ?? 0) >>> 8 };
}

/** The bytes that the block has, in their order. */
function usedBytes(reader: BitReader): Uint8Array {
  const used: number[] = [];
  const ranges = reader.bits(16);
  for (let range = 0; range < 16; range += 1) {
    if (((ranges >>> (15 - range)) & 1) === 0) continue;
    const bytes = reader.bits(16);
    for (let byte = 0; byte < 16; byte += 1) if (((bytes >>> (15 - byte)) & 1) === 1) used.push(range * 16 + byte);
  }
  if (used.length === 0) throw new Error('a block has no bytes');
  return Uint8Array.from(used);
}

function readSelectors(reader: BitReader, groups: number): Uint8Array {
  const selectors = new Uint8Array(reader.bits(15));
  const front = Uint8Array.from({ length: groups }, (_, group) => group);
  for (let index = 0; index < selectors.length; index += 1) {
    let place = 0;
    while (reader.bits(1) === 1) place += 1;
    if (place >= groups) throw new Error('the choice of a code is not valid');
    selectors[index] = moveToFront(front, place);
  }
  return selectors;
}

/** The lengths of a code are written as the steps from one to the next. */
function readCode(reader: BitReader, symbols: number): HuffmanCode {
  const lengths = new Uint8Array(symbols);
  let length = reader.bits(5);
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    for (;;) {
      if (length < 1 || length > longestCode) throw new Error('the length of a code is not valid');
      if (reader.bits(1) === 0) break;
      length += reader.bits(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return new HuffmanCode(lengths);
}

function moveToFront(front: Uint8Array, place: number): number {
  const byte = front[place] ?? 0;
  front.copyWithin(1, 0, place);
  front[0] = byte;
  return byte;
}

/** Notes at each place where the byte behind it is: the places of equal bytes are in the order of what follows them. */
function link(chain: Uint32Array, length: number, counts: Uint32Array): void {
  let sum = 0;
  const next = counts.map((count) => (sum += count) - count);
  for (let place = 0; place < length; place += 1) {
    const byte = (chain[place] ?? 0) & 0xff;
    const at = next[byte] ?? 0;
    next[byte] = at + 1;
    chain[at] = ((chain[at] ?? 0) & 0xff) | (place << 8);
  }
}
