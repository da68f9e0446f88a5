import * as z from 'zod';

/** A list that one writer owns as a whole. */
export function atomicList<T extends z.ZodType>(items: T): z.ZodArray<T> {
  return z.array(items).meta({ 'x-kubernetes-list-type': 'atomic' });
}

/**
 * A list whose elements several writers may own one by one, told apart by the values of `keys`. The API server refuses
 * two elements with equal keys.
 *
 * @param keys names of scalar members of the elements, each required or with a default
 */
export function keyedList<T extends z.ZodType>(items: T, ...keys: [string, ...string[]]): z.ZodArray<T> {
  return z.array(items).meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
}
