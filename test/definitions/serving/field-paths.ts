import type { JsonValue } from '../../../definitions/schema/structural-schema';

/** A field and a value for it. Path segments are split by dots, elements of lists are `[0]`, `[1]` ... */
export type Field = readonly [path: string, value: JsonValue];

/** The fields at another place of the object. */
export function under(place: string, ...fields: readonly (readonly Field[])[]): Field[] {
  return fields.flat().map(([path, value]): Field => [`${place}.${path}`, value]);
}

/** An object or list while it is filled. Keys of lists are indices. */
type Branch = Map<string, JsonValue | Branch>;

/**
 * The object that has exactly the given fields.
 *
 * @throws when two fields contradict each other
 */
export function objectWith(fields: readonly Field[]): { readonly [member: string]: JsonValue } {
  const root: Branch = new Map();
  for (const [path, value] of fields) {
    const segments = path.replaceAll('[', '.[').split('.');
    const last = segments.pop() ?? '';
    const branch = segments.reduce((node: Branch, segment) => {
      const next = node.get(segment) ?? new Map<string, JsonValue | Branch>();
      if (!(next instanceof Map)) throw new Error(`setting ${path}: ${segment} already has a value`);
      node.set(segment, next);
      return next;
    }, root);
    if (branch.has(last)) throw new Error(`setting ${path}: it already has a value`);
    branch.set(last, value);
  }
  return Object.fromEntries([...root].map(([name, value]) => [name, plain(value)]));
}

function plain(node: JsonValue | Branch): JsonValue {
  if (!(node instanceof Map)) return node;
  const entries = [...node].map(([key, value]): [string, JsonValue] => [key, plain(value)]);
  return entries[0]?.[0].startsWith('[') === true ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
