import { isMap, type Json, type JsonMap } from './manifest';

/** Members of a map that another one does not have or has otherwise. */
export function difference(map: JsonMap, other: JsonMap): JsonMap {
  return select(map, other, (value, otherValue) => JSON.stringify(value) !== JSON.stringify(otherValue));
}

/** Members of a map that another one does not have. */
export function without(map: JsonMap, other: JsonMap): JsonMap {
  return select(map, other, (_, otherValue) => otherValue === undefined);
}

function select(map: JsonMap, other: JsonMap, keep: (value: Json, otherValue: Json | undefined) => boolean): JsonMap {
  const entries = Object.entries(map).flatMap(([key, value]): [string, Json][] => {
    const otherValue = other[key];
    if (!isMap(value) || !isMap(otherValue)) return keep(value, otherValue) ? [[key, value]] : [];
    const inner = select(value, otherValue, keep);
    return Object.keys(inner).length === 0 ? [] : [[key, inner]];
  });
  return Object.fromEntries(entries);
}

/** Settings as they would be written: undefined members are left out. */
export function asJson(settings: object): JsonMap {
  return JSON.parse(JSON.stringify(settings)) as JsonMap;
}
