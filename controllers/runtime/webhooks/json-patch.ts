/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One step of a JSON patch (RFC 6902); differences need no others. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/** A value as JSON has it, as far as its first level: members and items are not looked at yet. */
type Level = null | boolean | number | string | readonly unknown[] | { readonly [key: string]: unknown };

/**
 * The steps that lead from one value to another: small where little differs, so that what other webhooks did stays.
 *
 * Members that are `undefined` count as absent, as in JSON. What both share, the same list or map, is not looked at: most of an object
 * that got its defaults.
 *
 * Caveat: of a list, members in the middle are compared by place; one that moved is written anew.
 *
 * @throws Error when a value that differs has no form in JSON
 */
export function jsonPatch(before: unknown, after: unknown): readonly JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  difference(before, after, '', operations);
  return operations;
}

function difference(before: unknown, after: unknown, path: string, operations: JsonPatchOperation[]): void {
  if (before === after) return;
  const from = level(before);
  const to = level(after);
  if (from === to) return;
  if (isList(from) && isList(to)) listDifference(from, to, path, operations);
  else if (isMap(from) && isMap(to)) mapDifference(from, to, path, operations);
  else operations.push({ op: 'replace', path, value: asJson(to) });
}

function mapDifference(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path: string,
  operations: JsonPatchOperation[],
): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) operations.push({ op: 'remove', path: memberPath(path, key) });
  }
  for (const [key, value] of Object.entries(after)) {
    if (!Object.hasOwn(before, key)) operations.push({ op: 'add', path: memberPath(path, key), value: asJson(value) });
    else if (before[key] !== value) difference(before[key], value, memberPath(path, key), operations);
  }
}

/** What both begin and end with stays; the shorter middle is changed in place, the rest added or removed behind it. */
function listDifference(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  operations: JsonPatchOperation[],
): void {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && same(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && same(before[before.length - 1 - end], after[after.length - 1 - end])) end += 1;
  const common = shorter - start - end;
  for (let place = start; place < start + common; place += 1) {
    difference(before[place], after[place], `${path}/${place}`, operations);
  }
  // From the back: each removal moves what follows it.
  for (let place = before.length - end - 1; place >= start + common; place -= 1) {
    operations.push({ op: 'remove', path: `${path}/${place}` });
  }
  for (let place = start + common; place < after.length - end; place += 1) {
    operations.push({ op: 'add', path: `${path}/${place}`, value: asJson(after[place]) });
  }
}

function same(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  const one = level(before);
  const other = level(after);
  if (one === other) return true;
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((item, place) => same(item, other[place]));
  }
  if (!isMap(one) || !isMap(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]))
  );
}

function memberPath(path: string, key: string): string {
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isList(value: Level): value is readonly unknown[] {
  return Array.isArray(value);
}

function isMap(value: Level): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without members that are `undefined`; what JSON can't hold is an error of whoever made it. */
function level(value: unknown): Level {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'undefined':
      return null;
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return value.toISOString();
      if (Array.isArray(value)) return value as readonly unknown[];
      if (!Object.values(value).includes(undefined)) return value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
    default:
  }
  throw new Error(`making a JSON patch: a ${typeof value} has no form in JSON`);
}

function asJson(value: unknown): Json {
  const first = level(value);
  if (isList(first)) return first.map(asJson);
  if (!isMap(first)) return first;
  return Object.fromEntries(Object.entries(first).map(([key, member]) => [key, asJson(member)]));
}
