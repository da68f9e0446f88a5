import { isMap, type Json, type JsonMap } from '../kubernetes/manifest';

/**
 * An object with the maps at a place changed. A place is a path of members; `containers[]` stands for every item of the list,
 * `limits` without brackets for the map itself. Where there is no map at the place, nothing changes.
 */
export function changeAt(map: JsonMap, place: string, change: (value: JsonMap) => JsonMap): JsonMap {
  if (place === '') return change(map);
  const [segment = '', ...rest] = place.split('.');
  const below = rest.join('.');
  const into = (value: Json): Json => (isMap(value) ? changeAt(value, below, change) : value);
  const name = segment.replace(/\[\]$/, '');
  const value = map[name];
  if (value === undefined) return map;
  if (!segment.endsWith('[]')) return { ...map, [name]: into(value) };
  return Array.isArray(value) ? { ...map, [name]: value.map((item: Json) => into(item)) } : map;
}
