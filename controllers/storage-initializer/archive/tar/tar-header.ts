/** Bytes of a header, and of what bodies are padded to. */
export const blockSize = 512;

/** What one header block says. Names are bytes: tar knows no encoding. */
export interface TarHeader {
  readonly name: Buffer;
  readonly linkName: Buffer;
  readonly mode: number;
  readonly size: number;
  /** One character; NUL of old archives is `0`. */
  readonly type: string;
  /** More blocks with the map of a sparse file follow, GNU's old form. */
  readonly hasSparseMap: boolean;
}

/** Whether a block is a header: its checksum fits. Old programs summed signed bytes. */
export function isTarHeader(block: Buffer): boolean {
  if (block.length < blockSize) return false;
  const promised = octal(block.subarray(148, 156));
  if (promised === undefined) return false;
  let [unsigned, signed] = [0, 0];
  for (let index = 0; index < blockSize; index += 1) {
    // The checksum itself counts as spaces.
    const byte = index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 0x100;
  }
  return promised === unsigned || promised === signed;
}

/** Reads a header: ustar, GNU, or the form before both. @throws Error that says what is wrong with it */
export function readTarHeader(block: Buffer): TarHeader {
  if (!isTarHeader(block)) throw new Error('the checksum of a header is wrong');
  const name = text(block.subarray(0, 100));
  // Only in POSIX archives: GNU's have times and sparse maps there.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block.subarray(345, 500)) : Buffer.alloc(0);
  const type = String.fromCharCode(block[156] ?? 0);
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    linkName: text(block.subarray(157, 257)),
    mode: octal(block.subarray(100, 108)) ?? 0o644,
    size: fieldSize(block.subarray(124, 136)),
    type: type === '\0' ? '0' : type,
    hasSparseMap: type === 'S' && block[482] !== 0,
  };
}

export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

/** Bytes before the first NUL. */
function text(field: Buffer): Buffer {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

function fieldSize(field: Buffer): number {
  const size = (field[0] ?? 0) >= 0x80 ? base256(field) : octal(field);
  if (size === undefined || !Number.isSafeInteger(size)) throw new Error('the size in a header is no number');
  return size;
}

/** An octal number with spaces before and a space or NUL behind; empty is 0. `undefined`: something else. */
function octal(field: Buffer): number | undefined {
  const digits = /^ *([0-7]*)[ \0]*$/.exec(text(field).toString('latin1'))?.[1];
  if (digits === undefined) return undefined;
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** GNU's form of sizes from 8 GiB on. Negative ones, which begin with 0xff, are no sizes. */
function base256(field: Buffer): number | undefined {
  if (field[0] !== 0x80) return undefined;
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
}
