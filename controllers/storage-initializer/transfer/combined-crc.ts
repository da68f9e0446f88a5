/** Width and reflected polynomial of the CRCs that can be put together from those of stretches. */
const parameters = {
  crc32: { width: 32, polynomial: 0xedb88320n },
  crc32c: { width: 32, polynomial: 0x82f63b78n },
  crc64nvme: { width: 64, polynomial: 0x9a6c9329ac4bc9b5n },
} as const;

export type CombinableAlgorithm = keyof typeof parameters;

export function isCombinable(algorithm: string): algorithm is CombinableAlgorithm {
  return algorithm in parameters;
}

/** A linear map over GF(2): images of the single bits. */
type Matrix = readonly bigint[];

/**
 * The CRC of a file from those of its stretches, which arrive in any order: the CRC of a text followed by n others is a linear map of it,
 * exclusive-or the CRC of the others (as zlib's `crc32_combine` does it).
 *
 * @param stretches in the order of the file: hexadecimal CRC and length in bytes
 * @returns lower-case hexadecimal
 */
export function combinedCrc(
  algorithm: CombinableAlgorithm,
  stretches: readonly { readonly value: string; readonly length: number }[],
): string {
  const { width } = parameters[algorithm];
  // All stretches but the last are of one length.
  const maps = new Map<number, Matrix>();
  let crc = 0n;
  for (const { value, length } of stretches) {
    const map = maps.get(length) ?? zeroBytes(algorithm, length);
    maps.set(length, map);
    crc = apply(map, crc) ^ BigInt(`0x${value}`);
  }
  return crc.toString(16).padStart(width / 4, '0');
}

/** What `length` bytes of zero do to a CRC. */
function zeroBytes(algorithm: CombinableAlgorithm, length: number): Matrix {
  const { width, polynomial } = parameters[algorithm];
  const bits = Array.from({ length: width }, (_, bit) => 1n << BigInt(bit));
  // One bit of zero: shift right, and the polynomial for the bit that falls out.
  let power: Matrix = bits.map((bit) => (bit === 1n ? polynomial : bit >> 1n));
  let result: Matrix = bits;
  for (let left = BigInt(length) * 8n; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = multiply(power, result);
    power = multiply(power, power);
  }
  return result;
}

function multiply(a: Matrix, b: Matrix): Matrix {
  return b.map((column) => apply(a, column));
}

function apply(map: Matrix, vector: bigint): bigint {
  let sum = 0n;
  for (let bit = 0; vector > 0n; bit += 1, vector >>= 1n) if ((vector & 1n) === 1n) sum ^= map[bit] ?? 0n;
  return sum;
}
