import { isList, type JsonValue } from '../json';
import type { TensorDatatype } from '../../../definitions/inference/model-endpoint';
import { cellTest, hasNan, zeroOf } from './datatype';
import { UnfitItem } from './item-part';

/** What null cells become. */
export type NullRule = 'zero' | 'nan' | 'error';

/** An item as a tensor takes it, without the dimension of the batch. */
export interface Cells {
  /** Lengths of the nested lists; none for a single cell. The same object as that of the item before where they are the same. */
  readonly dimensions: readonly number[];
  /** The item as it came, or a copy without nulls. */
  readonly value: JsonValue;
}

/**
 * Reader of items for a tensor of this datatype.
 *
 * @returns a function that throws UnfitItem for ragged lists, cells that are no value of the datatype, and null where it is an error
 */
export function cellReader(datatype: TensorDatatype, nulls: NullRule): (item: JsonValue) => Cells {
  const isValue = cellTest(datatype);
  const instead = nulls === 'nan' && hasNan(datatype) ? NaN : nulls === 'zero' ? zeroOf(datatype) : undefined;

  function read(value: JsonValue, dimensions: readonly number[], depth: number): JsonValue {
    const length = dimensions[depth];
    if (length === undefined) return cell(value);
    if (!isList(value)) throw new UnfitItem(`has ${words(value)} where other rows have a list`);
    if (value.length !== length) throw new UnfitItem(`has rows of ${length} and of ${value.length} values`);
    if (depth < dimensions.length - 1) return rows(value, dimensions, depth + 1);
    // The loop that runs for every number of the input.
    for (let position = 0; position < length; position += 1) if (!isValue(value[position])) return mended(value);
    return value;
  }

  function rows(value: readonly JsonValue[], dimensions: readonly number[], depth: number): JsonValue {
    let changed = false;
    const read_ = value.map((row) => {
      const taken = read(row, dimensions, depth);
      changed ||= taken !== row;
      return taken;
    });
    return changed ? read_ : value;
  }

  function mended(row: readonly JsonValue[]): JsonValue {
    return row.map(cell);
  }

  function cell(value: JsonValue): JsonValue {
    if (isValue(value)) return value;
    if (value === null && instead !== undefined) return instead;
    throw new UnfitItem(`has ${words(value)} where a value of ${datatype} is expected`);
  }

  // Most items are like the one before, and what is worked out from their dimensions is so, too.
  let last: readonly number[] = [];
  return (item) => {
    const dimensions = has(item, last) ? last : (last = dimensionsOf(item));
    return { dimensions, value: read(item, dimensions, 0) };
  };
}

/** Whether these are the lengths of the first lists. */
function has(item: JsonValue, dimensions: readonly number[]): boolean {
  let value: JsonValue | undefined = item;
  for (const length of dimensions) {
    if (!isList(value) || value.length !== length) return false;
    value = value[0];
  }
  return !isList(value);
}

/** Lengths of the first lists; whether the others have them too is seen when they are read. */
function dimensionsOf(item: JsonValue): readonly number[] {
  const dimensions: number[] = [];
  let value: JsonValue | undefined = item;
  while (isList(value)) {
    if (value.length === 0) throw new UnfitItem('has a list without values');
    dimensions.push(value.length);
    value = value[0];
  }
  return dimensions;
}

/** What a cell is, without its content where that can be long or private. */
function words(value: JsonValue): string {
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? 'text' : 'an object';
}
