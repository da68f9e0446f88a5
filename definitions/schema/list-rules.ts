import { NotStructural } from './not-structural';
import type { StructuralSchema } from './structural-schema';

const scalars = new Set(['string', 'integer', 'boolean']);

/**
 * Throws unless a list says how writers share it, in a way its elements allow.
 *
 * @throws NotStructural
 */
export function checkList(list: StructuralSchema, path: string): void {
  const { items } = list;
  const type = list['x-kubernetes-list-type'];
  const keys = list['x-kubernetes-list-map-keys'];
  if (items === undefined) {
    throw new NotStructural(path, 'a list without a schema of its elements');
  }
  if (type === undefined) {
    throw new NotStructural(path, 'a list without x-kubernetes-list-type; use atomicList or keyedList');
  }
  if (type !== 'map' && keys !== undefined) {
    throw new NotStructural(path, `x-kubernetes-list-map-keys on a list of type ${type}; only map has keys`);
  }
  if (type === 'set' && !scalars.has(items.type ?? '') && items['x-kubernetes-map-type'] !== 'atomic') {
    throw new NotStructural(path, 'elements of a list of type set must be scalars or atomic maps');
  }
  if (type === 'map') checkKeys(keys, items, path);
}

function checkKeys(keys: readonly string[] | undefined, items: StructuralSchema, path: string): void {
  if (keys === undefined || keys.length === 0) {
    throw new NotStructural(path, 'a list of type map without x-kubernetes-list-map-keys; use keyedList');
  }
  for (const key of keys) {
    const member = items.properties?.[key];
    if (member === undefined || !scalars.has(member.type ?? '')) {
      throw new NotStructural(path, `the key ${key} is not a scalar member of the elements`);
    }
    if (items.required?.includes(key) !== true && member.default === undefined) {
      throw new NotStructural(
        path,
        `the key ${key} is neither required nor defaulted; elements without it can't be told apart`,
      );
    }
  }
}
