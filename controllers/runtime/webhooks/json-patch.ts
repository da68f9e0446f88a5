/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One step of a JSON patch (RFC 6902); differences need no others. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/**
 * The steps that lead from one value to another: small where little differs, so that what other webhooks did stays.
 *
 * Members that are `undefined` count as absent, as in JSON.
 *
 * Caveat: of a list, members in the middle are compared by place; one that moved is written anew.
 */
export function jsonPatch(before: unknown, after: unknown): readonly JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  difference(asJson(before), asJson(after), '', operations);
  return operations;
}

function difference(before: Json, after: Json, path: string, operations: JsonPatchOperation[]): void {
  if (before === after) return;
  if (isList(before) && isList(after)) listDifference(before, after, path, operations);
  else if (isMap(before) && isMap(after)) mapDifference(before, after, path, operations);
  else operations.push({ op: 'replace', path, value: after });
}

function mapDifference(
  before: Readonly<Record<string, Json>>,
  after: Readonly<Record<string, Json>>,
  path: string,
  operations: JsonPatchOperation[],
): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) operations.push({ op: 'remove', path: memberPath(path, key) });
  }
  for (const [key, value] of Object.entries(after)) {
    const known = Object.hasOwn(before, key) ? before[key] : undefined;
    if (known === undefined) operations.push({ op: 'add', path: memberPath(path, key), value });
    else difference(known, value, memberPath(path, key), operations);
  }
}

/** What both begin and end with stays; the shorter middle is changed in place, the rest added or removed behind it. */
function listDifference(
  before: readonly Json[],
  after: readonly Json[],
  path: string,
  operations: JsonPatchOperation[],
): void {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && sameAt(before, start, after, start)) start += 1;
  let end = 0;
  while (end < shorter - start && sameAt(before, before.length - 1 - end, after, after.length - 1 - end)) end += 1;
  const common = shorter - start - end;
  for (let place = start; place < start + common; place += 1) {
    difference(before[place] ?? null, after[place] ?? null, `${path}/${place}`, operations);
  }
  // From the back: each removal moves what follows it.
  for (let place = before.length - end - 1; place >= start + common; place -= 1) {
    operations.push({ op: 'remove', path: `${path}/${place}` });
  }
  for (let place = start + common; place < after.length - end; place += 1) {
    operations.push({ op: 'add', path: `${path}/${place}`, value: after[place] ?? null });
  }
}

function sameAt(before: readonly Json[], beforePlace: number, after: readonly Json[], afterPlace: number): boolean {
  return same(before[beforePlace] ?? null, after[afterPlace] ?? null);
}

function same(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((_, place) => sameAt(one, place, other, place));
  }
  if (!isMap(one) || !isMap(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && same(one[key] ?? null, other[key] ?? null))
  );
}

function memberPath(path: string, key: string): string {
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isMap(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value without members that are `undefined`; what JSON can't hold is an error of whoever made it. */
function asJson(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'undefined':
      return null;
    case 'object': {
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(asJson);
      if (value instanceof Date) return value.toISOString();
      const members: [string, Json][] = [];
      for (const [key, member] of Object.entries(value)) if (member !== undefined) members.push([key, asJson(member)]);
      return Object.fromEntries(members);
    }
    default:
  }
  throw new Error(`making a JSON patch: a ${typeof value} has no form in JSON`);
}
