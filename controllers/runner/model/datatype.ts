import type { TensorDatatype } from '../../../definitions/inference/model-endpoint';

/** What the values of a datatype are. */
type Values =
  | { readonly kind: 'bool' | 'bytes' }
  /** From `min` up to, not including, `below`: powers of two, which doubles hold exactly. */
  | { readonly kind: 'whole'; readonly min: number; readonly below: number }
  | { readonly kind: 'float'; readonly max: number };

const signed = (bits: number): Values => ({ kind: 'whole', min: -(2 ** (bits - 1)), below: 2 ** (bits - 1) });
const unsigned = (bits: number): Values => ({ kind: 'whole', min: 0, below: 2 ** bits });

const valuesOf: Readonly<Record<TensorDatatype, Values>> = {
  BOOL: { kind: 'bool' },
  UINT8: unsigned(8),
  UINT16: unsigned(16),
  UINT32: unsigned(32),
  UINT64: unsigned(64),
  INT8: signed(8),
  INT16: signed(16),
  INT32: signed(32),
  INT64: signed(64),
  FP16: { kind: 'float', max: 65504 },
  FP32: { kind: 'float', max: (2 - 2 ** -23) * 2 ** 127 },
  FP64: { kind: 'float', max: Number.MAX_VALUE },
  BYTES: { kind: 'bytes' },
  BF16: { kind: 'float', max: (2 - 2 ** -7) * 2 ** 127 },
};

/** Datatypes that JSON does not carry: the protocol has them in binary form only. */
export function isBinaryOnly(datatype: string | undefined): boolean {
  return datatype === 'FP16' || datatype === 'BF16';
}

/** Whether not-a-number is a value of the datatype. */
export function hasNan(datatype: TensorDatatype): boolean {
  return valuesOf[datatype].kind === 'float';
}

/** What stands for null where null is zero. */
export function zeroOf(datatype: TensorDatatype): number | boolean | string {
  const { kind } = valuesOf[datatype];
  if (kind === 'bool') return false;
  return kind === 'bytes' ? '' : 0;
}

/** A test of single cells, made once for a tensor: it runs for every cell. */
export function cellTest(datatype: TensorDatatype): (cell: unknown) => boolean {
  const values = valuesOf[datatype];
  switch (values.kind) {
    case 'bool':
      return (cell) => typeof cell === 'boolean';
    case 'bytes':
      return (cell) => typeof cell === 'string';
    case 'float': {
      const { max } = values;
      // What JSON makes infinite (`1e999`) fails; a bigint is rounded as any number is.
      return (cell) =>
        typeof cell === 'number'
          ? cell <= max && cell >= -max
          : typeof cell === 'bigint' && Math.abs(Number(cell)) <= max;
    }
    case 'whole': {
      const { min, below } = values;
      return (cell) =>
        typeof cell === 'number'
          ? Number.isInteger(cell) && cell >= min && cell < below
          : typeof cell === 'bigint' && cell >= BigInt(min) && cell < BigInt(below);
    }
  }
}
