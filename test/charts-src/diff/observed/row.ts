import type { Effect } from '../../../../charts-src/diff/effect';
import { isMap, type Json, type Manifest, toManifest } from '../../../../charts-src/kubernetes/manifest';

/** One change of one object, and what the command says that it does. */
export interface Row {
  /** Reads as a sentence with the object's kind in it. */
  readonly name: string;
  readonly before: Manifest;
  readonly after: Manifest;
  readonly effect: Effect;
}

/** A change of one object, before it has a name. */
export type Change = readonly [name: string, edits: Edits, effect: Effect, start?: Edits];

/** New values by place, members and indices joined by dots; undefined removes what is there. */
export type Edits = Readonly<Record<string, Json | undefined>>;

/** Rows of one object: each changes it in one way, and has one of its own, of another name. */
export function rowsOf(make: (name: string) => Manifest, changes: readonly Change[]): Row[] {
  return changes.map(([name, edits, effect, start = {}], index) => {
    const { kind } = make('any');
    const before = edited(make(`${kind.toLowerCase()}-${index}`), start);
    return { name: `${kind}: ${name}`, before, after: edited(before, edits), effect };
  });
}

/** An object with values set and removed. */
export function edited(manifest: Manifest, edits: Edits): Manifest {
  return toManifest(
    Object.entries(edits).reduce<Json | undefined>(
      (object, [place, value]) => set(object, place.split('.'), value),
      manifest,
    ),
  );
}

function set(
  target: Json | undefined,
  [member, ...rest]: readonly string[],
  value: Json | undefined,
): Json | undefined {
  if (member === undefined) return value;
  if (Array.isArray(target)) {
    const items: readonly Json[] = target;
    const index = Number(member);
    const item = set(items[index], rest, value);
    return item === undefined ? items.toSpliced(index, 1) : items.toSpliced(index, 1, item);
  }
  const map = isMap(target) ? target : {};
  const { [member]: old, ...others } = map;
  const inner = set(old, rest, value);
  return inner === undefined ? others : { ...others, [member]: inner };
}
