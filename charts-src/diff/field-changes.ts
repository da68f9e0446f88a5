import { isDeepStrictEqual } from 'node:util';
import { isMap, type Json, type JsonMap } from '../kubernetes/manifest';
import { keyed, type KeyedItems } from './list-keys';

/** One place where two forms of an object differ. */
export interface FieldChange {
  /** Members from the top; an item of a list with its identity: `containers[server]`. */
  readonly path: readonly string[];
  /** Undefined when the field was not there. */
  readonly before: Json | undefined;
  /** Undefined when the field is not there any more. */
  readonly after: Json | undefined;
}

/**
 * Where two objects differ, each place once and as deep as both sides have it. Items of lists that have an identity are
 * compared with their like wherever they stand; that their order changed is a change of the list, since pods are compared with it.
 */
export function fieldChanges(before: JsonMap, after: JsonMap, path: readonly string[] = []): FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => valueChanges(name, [...path, name], before[name], after[name]));
}

/** A path as text: `spec.template.spec.containers[server].image`. Names that hold dots are quoted. */
export function pathText(path: readonly string[]): string {
  return path
    .map((segment, index) => (/^[^[]*[./]/.test(segment) ? `["${segment}"]` : index === 0 ? segment : `.${segment}`))
    .join('');
}

function valueChanges(
  field: string,
  path: readonly string[],
  before: Json | undefined,
  after: Json | undefined,
): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isMap(before) && isMap(after)) return fieldChanges(before, after, path);
  const items = Array.isArray(before) && Array.isArray(after) ? keyed(field, before, after) : undefined;
  return items === undefined ? [{ path, before, after }] : itemChanges(path, items.before, items.after);
}

function itemChanges(path: readonly string[], before: KeyedItems, after: KeyedItems): FieldChange[] {
  const list = path.at(-1) ?? '';
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  const changes = keys.flatMap((key) =>
    valueChanges('', [...path.slice(0, -1), `${list}[${key}]`], before.get(key), after.get(key)),
  );
  const kept = [...before.keys()].filter((key) => after.has(key));
  const order = [...after.keys()].filter((key) => before.has(key));
  return isDeepStrictEqual(kept, order) ? changes : [...changes, { path, before: kept, after: order }];
}
