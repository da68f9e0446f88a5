import type { BitReader } from './bit-reader';

/** Bits of the longest code that bzip2 writes. */
export const longestCode = 20;

/** A canonical Huffman code: shorter codes come first, of the same length in the order of their symbols. */
export class HuffmanCode {
  /** By length: the largest code of it, and what to add to a code to have the place of its symbol. */
  private readonly limit = new Int32Array(longestCode + 2).fill(-1);
  private readonly offset = new Int32Array(longestCode + 2);
  private readonly symbols: Uint16Array;
  private readonly shortest: number;

  /** @param lengths bits of the code of each symbol, 1 to {@link longestCode} */
  constructor(lengths: Uint8Array) {
    this.symbols = new Uint16Array(lengths.length);
    this.shortest = Math.min(...lengths);
    let [code, place] = [0, 0];
    for (let length = 1; length <= longestCode; length += 1) {
      this.offset[length] = place - code;
      lengths.forEach((of, symbol) => {
        if (of !== length) return;
        this.symbols[place] = symbol;
        place += 1;
        code += 1;
      });
      this.limit[length] = code - 1;
      code <<= 1;
    }
  }

  /** @throws Error for bits that are no code */
  next(reader: BitReader): number {
    let length = this.shortest;
    let code = reader.bits(length);
    while (code > (this.limit[length] ?? 0)) {
      length += 1;
      if (length > longestCode) throw new Error('a code is not valid');
      code = (code << 1) | reader.bits(1);
    }
    return this.symbols[code + (this.offset[length] ?? 0)] ?? 0;
  }
}
