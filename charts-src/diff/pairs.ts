import { isDeepStrictEqual } from 'node:util';
import { groupOf } from '../kubernetes/kinds';
import { isMap, type Json, type JsonMap } from '../kubernetes/manifest';
import { identityOf, type PlacedObject } from './placed-object';

/** An object on both sides, or on one. `moved` when its namespace or name is another one: to a cluster these are two objects. */
export interface Pair {
  readonly before?: PlacedObject;
  readonly after?: PlacedObject;
  readonly moved: boolean;
}

/** Share of equal values above which a removed and an added object are taken for one under a new name. */
const alike = 0.7;

/** Brings together what is one object, wherever it stands and whatever it is called now. */
export function pairs(before: readonly PlacedObject[], after: readonly PlacedObject[]): Pair[] {
  const old = new Map(before.map((object) => [identityOf(object), object]));
  const now = new Map(after.map((object) => [identityOf(object), object]));
  const kept = [...old].flatMap(([identity, object]): Pair[] => {
    const next = now.get(identity);
    return next === undefined ? [] : [{ before: object, after: next, moved: false }];
  });
  const removed = [...old].flatMap(([identity, object]) => (now.has(identity) ? [] : [object]));
  const added = new Set([...now].flatMap(([identity, object]) => (old.has(identity) ? [] : [object])));
  const gone = removed.map((object): Pair => {
    const [next] = [...added]
      .map((candidate) => ({ candidate, likeness: likeness(object, candidate) }))
      .filter((match) => match.likeness >= alike)
      .sort((a, b) => b.likeness - a.likeness);
    if (next === undefined) return { before: object, moved: false };
    added.delete(next.candidate);
    return { before: object, after: next.candidate, moved: true };
  });
  return [...kept, ...gone, ...[...added].map((object): Pair => ({ after: object, moved: false }))];
}

/** 1 for the same object in another namespace; between 0 and 1 for others, by the values they share. */
function likeness(before: PlacedObject, after: PlacedObject): number {
  const [old, now] = [before.manifest, after.manifest];
  const sameKind = old.kind === now.kind && groupOf(old) === groupOf(now);
  if (!sameKind || before.environment !== after.environment) return 0;
  if (before.environment === 'targets' && before.component !== after.component) return 0;
  if (old.metadata.name === now.metadata.name) return 1;
  const [values, others] = [contentOf(old), contentOf(now)];
  // A kind without content, such as ServiceAccount: nothing tells a new name from another object.
  if (values.size === 0 || others.size === 0) return 0;
  if (isDeepStrictEqual(values, others)) return 1;
  const shared = [...values].filter((value) => others.has(value)).length;
  return shared / (values.size + others.size - shared);
}

/** Every value of an object with its place, but for what names it. */
function contentOf({ apiVersion: _, kind: __, metadata: ___, ...content }: JsonMap): ReadonlySet<string> {
  return new Set(leaves(content, ''));
}

function leaves(value: Json, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => leaves(item, `${path}[]`));
  if (isMap(value)) return Object.entries(value).flatMap(([name, member]) => leaves(member, `${path}.${name}`));
  return [`${path}=${JSON.stringify(value)}`];
}
