import { isList, type JsonValue } from '../json';
import { size } from './shape';

/**
 * Cuts a tensor along its first dimension, each piece nested as the other dimensions say.
 *
 * @param values row-major, flat
 */
export function itemSlices(values: readonly JsonValue[], shape: readonly number[]): readonly JsonValue[] {
  const [count = 0, ...dimensions] = shape;
  if (dimensions.length === 0) return values;
  const stride = size(dimensions);
  return Array.from({ length: count }, (_, item) => nested(values, item * stride, dimensions));
}

function nested(values: readonly JsonValue[], start: number, dimensions: readonly number[]): JsonValue {
  const [length, ...inner] = dimensions;
  if (length === undefined) return values[start] ?? null;
  if (inner.length === 0) return values.slice(start, start + length);
  const stride = size(inner);
  return Array.from({ length }, (_, row) => nested(values, start + row * stride, inner));
}

/** The values of lists in lists, one after the other. */
export function flattened(list: readonly JsonValue[]): readonly JsonValue[] {
  if (!list.some(isList)) return list;
  const values: JsonValue[] = [];
  const add = (part: readonly JsonValue[]) => {
    for (const value of part) {
      if (isList(value)) add(value);
      else values.push(value);
    }
  };
  add(list);
  return values;
}
