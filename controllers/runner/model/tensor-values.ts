/// <reference lib="esnext.float16" />
import { isUtf8 } from 'node:buffer';
import type { TensorDatatype } from '../../../definitions/inference/model-endpoint';
import type { JsonValue } from '../json';

const two32 = 2 ** 32;

/**
 * Values of a tensor from the binary form of the protocol. Whole numbers that a double can't hold are bigint; bytes that are no text are
 * `{b64}`, as KServe writes them.
 *
 * @returns `undefined` when the bytes are not those of `count` values
 */
export function tensorValues(datatype: TensorDatatype, bytes: Uint8Array, count: number): JsonValue[] | undefined {
  if (datatype === 'BYTES') return texts(bytes, count);
  // A copy: where a tensor begins in an answer, no number may begin.
  const buffer = new Uint8Array(bytes).buffer;
  return buffer.byteLength === count * valueBytes[datatype] ? readers[datatype](buffer) : undefined;
}

function texts(bytes: Uint8Array, count: number): JsonValue[] | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: JsonValue[] = [];
  let at = 0;
  while (at + 4 <= all.length) {
    const end = at + 4 + all.readUInt32LE(at);
    if (end > all.length) return undefined;
    const text = all.subarray(at + 4, end);
    values.push(isUtf8(text) ? text.toString('utf8') : { b64: text.toString('base64') });
    at = end;
  }
  return at === all.length && values.length === count ? values : undefined;
}

type Reader = (buffer: ArrayBuffer) => JsonValue[];

/** Through two halves: most values are exact as doubles, and a bigint for each would be four times slower. */
const long =
  (
    highHalves: (buffer: ArrayBuffer) => Int32Array | Uint32Array,
    wholes: (buffer: ArrayBuffer) => BigInt64Array | BigUint64Array,
  ): Reader =>
  (buffer) => {
    const low = new Uint32Array(buffer);
    const high = highHalves(buffer);
    const exact = wholes(buffer);
    const values: JsonValue[] = new Array<JsonValue>(exact.length);
    for (let position = 0; position < values.length; position += 1) {
      const number = (high[2 * position + 1] ?? 0) * two32 + (low[2 * position] ?? 0);
      values[position] = Number.isSafeInteger(number) ? number : (exact[position] ?? 0n);
    }
    return values;
  };

const brain: Reader = (buffer) => {
  const halves = new Uint16Array(buffer);
  const bits = new Uint32Array(halves.length);
  halves.forEach((half, position) => (bits[position] = half * 2 ** 16));
  return [...new Float32Array(bits.buffer)];
};

const readers: Readonly<Record<Exclude<TensorDatatype, 'BYTES'>, Reader>> = {
  BOOL: (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte !== 0),
  UINT8: (buffer) => Array.from(new Uint8Array(buffer)),
  UINT16: (buffer) => Array.from(new Uint16Array(buffer)),
  UINT32: (buffer) => Array.from(new Uint32Array(buffer)),
  UINT64: long(
    (buffer) => new Uint32Array(buffer),
    (buffer) => new BigUint64Array(buffer),
  ),
  INT8: (buffer) => Array.from(new Int8Array(buffer)),
  INT16: (buffer) => Array.from(new Int16Array(buffer)),
  INT32: (buffer) => Array.from(new Int32Array(buffer)),
  INT64: long(
    (buffer) => new Int32Array(buffer),
    (buffer) => new BigInt64Array(buffer),
  ),
  FP16: (buffer) => Array.from(new Float16Array(buffer)),
  FP32: (buffer) => Array.from(new Float32Array(buffer)),
  FP64: (buffer) => Array.from(new Float64Array(buffer)),
  BF16: brain,
};

const valueBytes: Readonly<Record<Exclude<TensorDatatype, 'BYTES'>, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  FP32: 4,
  FP64: 8,
  BF16: 2,
};
