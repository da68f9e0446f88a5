import type { JsonMap } from '../kubernetes/manifest';

/** The strings of the list at a key, empty when there is no list. */
export function textsAt(map: JsonMap, key: string): readonly string[] {
  const value = map[key];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** The string at a key. */
export function textAt(map: JsonMap, key: string): string | undefined {
  const value = map[key];
  return typeof value === 'string' ? value : undefined;
}

/** Order by code unit, so that no locale has a say. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
