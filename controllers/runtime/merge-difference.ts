import { isDeepStrictEqual } from 'node:util';

/**
 * JSON merge patch that leads from one value to another: `null` where a member goes, lists whole.
 *
 * @returns undefined when both are the same
 */
export function mergeDifference(before: object | undefined, after: object): object | undefined {
  const changes: [string, unknown][] = [];
  for (const [name, value] of Object.entries(after) as [string, unknown][]) {
    const former: unknown = before === undefined ? undefined : Reflect.get(before, name);
    if (isDeepStrictEqual(former, value)) continue;
    const nested = isMap(former) && isMap(value) ? mergeDifference(former, value) : value;
    if (nested !== undefined) changes.push([name, nested]);
  }
  for (const name of Object.keys(before ?? {})) if (!Object.hasOwn(after, name)) changes.push([name, null]);
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
