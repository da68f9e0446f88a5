import { isMap, type Json, type JsonMap, mapsAt } from '../kubernetes/manifest';
import { hasKey } from './list-keys';

/** Whether an object says something about a field; in doubt it does. Paths are those of changes: `containers[server]`. */
export function mentions(object: JsonMap, path: readonly string[]): boolean {
  let value: Json | undefined = object;
  for (const segment of path) {
    if (!isMap(value)) return value !== undefined;
    const [, list = '', key = ''] = /^([^[]+)\[(.*)\]$/s.exec(segment) ?? [];
    const items = mapsAt(value, list);
    if (items.length === 0) value = value[segment];
    else value = items.find((item) => hasKey(list, item, key)) ?? segment;
  }
  return value !== undefined;
}
