/// <reference lib="esnext.float16" />
import type { TensorDatatype } from '../../../definitions/inference/model-endpoint';
import { isList, type JsonValue } from '../json';

type Put = (cell: JsonValue, position: number) => void;
const two32 = 2 ** 32;

/**
 * Values of a tensor in the binary form of the protocol: row-major, little-endian, texts with their length before them.
 *
 * @param rows the items, nested or not; their cells have been checked
 * @param count cells of all of them
 */
export function tensorBytes(
  datatype: TensorDatatype,
  rows: readonly JsonValue[],
  count: number,
  encoding: 'utf8' | 'base64',
): Uint8Array {
  if (datatype === 'BYTES') return textBytes(rows, encoding);
  const [bytes, put] = writers[datatype](count);
  fill(rows, put, 0);
  return new Uint8Array(bytes);
}

function fill(list: readonly JsonValue[], put: Put, start: number): number {
  let position = start;
  for (const cell of list) {
    if (isList(cell)) position = fill(cell, put, position);
    else put(cell, position++);
  }
  return position;
}

function textBytes(rows: readonly JsonValue[], encoding: 'utf8' | 'base64'): Uint8Array {
  const parts: Buffer[] = [];
  fill(
    rows,
    (cell) => {
      const text = Buffer.from(typeof cell === 'string' ? cell : '', encoding);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(text.length);
      parts.push(length, text);
    },
    0,
  );
  return Buffer.concat(parts);
}

type NumberArray =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float16Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;
type Writer = (count: number) => readonly [ArrayBuffer, Put];

/** Every machine that Node runs on is little-endian, as the protocol is. */
const plain =
  (create: (count: number) => NumberArray): Writer =>
  (count) => {
    const target = create(count);
    return [target.buffer, (cell, position) => (target[position] = Number(cell))];
  };

/** Through two halves: a bigint for each value would be four times slower. */
const long: Writer = (count) => {
  const halves = new Uint32Array(2 * count);
  const wholes = new BigInt64Array(halves.buffer);
  const put: Put = (cell, position) => {
    if (typeof cell === 'bigint') wholes[position] = cell;
    else {
      const number = Number(cell);
      const high = Math.floor(number / two32);
      halves[2 * position] = number - high * two32;
      halves[2 * position + 1] = high;
    }
  };
  return [halves.buffer, put];
};

/** The upper half of a single-precision number, rounded to the nearest, ties to even. */
const brain: Writer = (count) => {
  const target = new Uint16Array(count);
  const single = new Float32Array(1);
  const bits = new Uint32Array(single.buffer);
  const put: Put = (cell, position) => {
    single[0] = Number(cell);
    const [all = 0] = bits;
    target[position] = Number.isNaN(single[0]) ? 0x7fc0 : (all + 0x7fff + ((all >>> 16) & 1)) >>> 16;
  };
  return [target.buffer, put];
};

const writers: Readonly<Record<Exclude<TensorDatatype, 'BYTES'>, Writer>> = {
  BOOL: plain((count) => new Uint8Array(count)),
  UINT8: plain((count) => new Uint8Array(count)),
  UINT16: plain((count) => new Uint16Array(count)),
  UINT32: plain((count) => new Uint32Array(count)),
  UINT64: long,
  INT8: plain((count) => new Int8Array(count)),
  INT16: plain((count) => new Int16Array(count)),
  INT32: plain((count) => new Int32Array(count)),
  INT64: long,
  FP16: plain((count) => new Float16Array(count)),
  FP32: plain((count) => new Float32Array(count)),
  FP64: plain((count) => new Float64Array(count)),
  BF16: brain,
};
