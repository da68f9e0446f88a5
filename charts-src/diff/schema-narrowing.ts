import { isMap, type JsonMap, mapAt } from '../kubernetes/manifest';
import { limits } from './schema-limits';

/** A place of a schema that refuses, or drops, what it took before. */
export interface Narrowing {
  /** Members from the top of an object; `[]` for the items of a list, `*` for the values of a map. */
  readonly path: readonly string[];
  readonly why: string;
}

/**
 * Where a schema takes less than another: objects that are stored, and clients that write them, are refused, or lose
 * fields, when the new schema takes the place of the old one. Alternatives and patterns are not understood, only compared:
 * in doubt, the schema counts as narrower.
 */
export function narrowings(before: JsonMap, after: JsonMap, path: readonly string[] = []): Narrowing[] {
  const here = limits.flatMap((limit) => {
    const found = limit(before, after);
    return found === undefined ? [] : [{ path, why: found.why }];
  });
  return [
    ...here,
    ...inProperties(before, after, path),
    ...inItems(before, after, path),
    ...inValues(before, after, path),
  ];
}

function inProperties(before: JsonMap, after: JsonMap, path: readonly string[]): Narrowing[] {
  const [old, now] = [mapAt(before, 'properties'), mapAt(after, 'properties')];
  const kept = Object.keys(old).flatMap((name): Narrowing[] => {
    const below = [...path, name];
    const schema = now[name];
    if (isMap(schema)) return narrowings(mapAt(old, name), schema, below);
    const values = after['additionalProperties'];
    if (isOpen(after) || values === true) return [];
    if (isMap(values)) return narrowings(mapAt(old, name), values, below);
    return [{ path: below, why: 'the field is gone: the API server drops it from stored objects' }];
  });
  // What was taken as it came is held against a schema.
  const closed = isOpen(before) ? Object.keys(now).filter((name) => old[name] === undefined) : [];
  return [...kept, ...closed.map((name) => ({ path: [...path, name], why: 'anything was allowed here' }))];
}

function inItems(before: JsonMap, after: JsonMap, path: readonly string[]): Narrowing[] {
  const items = after['items'];
  if (!isMap(items)) return [];
  const last = path.at(-1);
  const below = last === undefined ? ['[]'] : [...path.slice(0, -1), `${last}[]`];
  return narrowings(mapAt(before, 'items'), items, below);
}

function inValues(before: JsonMap, after: JsonMap, path: readonly string[]): Narrowing[] {
  const [old, now] = [before['additionalProperties'], after['additionalProperties']];
  if (old === undefined || old === false || now === true) return [];
  if (isMap(now)) return narrowings(isMap(old) ? old : {}, now, [...path, '*']);
  if (isOpen(after)) return [];
  return [{ path: [...path, '*'], why: 'names of the author’s own are not allowed any more' }];
}

function isOpen(schema: JsonMap): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true;
}
