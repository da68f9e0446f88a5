/** How two values of one member become one. Neither is changed. */
export type MergeRule<T> = (base: T, overlay: T) => T;

/** Rules of the members that are not merged key by key. */
export type MergeRules<T> = { readonly [Member in keyof T]?: MergeRule<NonNullable<T[Member]>> };

/**
 * Merges two objects of a Kubernetes type as its strategic merge patch would: maps key by key, the overlay's scalars and
 * non-empty lists instead of the base's, and members with a rule by that. Empty lists and `null` of the overlay count as
 * absent, as they do for Go clients.
 */
export function mergeObjects<T extends object>(base: T, overlay: Partial<T>, rules: MergeRules<T> = {}): T {
  const merged = { ...base };
  for (const member of membersOf(overlay)) {
    const ours = own(base, member);
    const theirs = overlay[member];
    if (!isPresent(theirs)) {
      continue;
    }
    const rule = own(rules, member);
    if (rule !== undefined && isPresent(ours)) {
      merged[member] = rule(ours, theirs);
    } else {
      merged[member] = isMap(ours) && isMap(theirs) ? mergeObjects(ours, theirs) : theirs;
    }
  }
  return merged;
}

/** As mergeObjects, but of the base only members that the overlay has too: for unions, of which one member is set. */
export function mergeUnion<T extends object>(base: T, overlay: T): T {
  const kept = { ...base };
  for (const member of membersOf(base)) {
    if (!isPresent(own(overlay, member))) {
      delete kept[member];
    }
  }
  return mergeObjects(kept, overlay);
}

/** How the items of a list are told apart and merged. */
export interface KeyedList<T> {
  /** Value of the merge key. */
  readonly key: (item: T) => string | number | undefined;
  /** Tells items of one key apart where there are several, for example ports by protocol. */
  readonly detail?: (item: T) => string;
  readonly merge: MergeRule<T>;
}

/**
 * Merges two keyed lists. The overlay's items keep their order. An item that only the base has comes before the next
 * item of the overlay if that one is in the base too, and later there; else the overlay goes first. So items that only
 * the overlay has precede what is left of the base.
 */
export function mergeKeyedList<T>(base: readonly T[], overlay: readonly T[], list: KeyedList<T>): T[] {
  const taken = takenFromBase(base, overlay, list);
  const consumed = new Set(taken);
  const merged: T[] = [];
  let next = 0;
  const passBase = (until: number) => {
    for (; next < until; next += 1) {
      const item = base[next];
      if (item !== undefined && !consumed.has(next)) {
        merged.push(item);
      }
    }
  };
  overlay.forEach((item, index) => {
    const position = taken[index];
    const counterpart = position === undefined ? undefined : base[position];
    if (position === undefined || counterpart === undefined) {
      merged.push(item);
      return;
    }
    passBase(position);
    merged.push(list.merge(counterpart, item));
  });
  passBase(base.length);
  return merged;
}

/** For each item of the overlay, the index of the base's item that it goes with. */
function takenFromBase<T>(
  base: readonly T[],
  overlay: readonly T[],
  { key, detail }: KeyedList<T>,
): (number | undefined)[] {
  const free = new Map<string | number | undefined, number[]>();
  base.forEach((item, index) => {
    const indexes = free.get(key(item));
    if (indexes === undefined) {
      free.set(key(item), [index]);
    } else {
      indexes.push(index);
    }
  });
  return overlay.map((item) => {
    const candidates = free.get(key(item)) ?? [];
    const exact = candidates.findIndex((index) => {
      const candidate = base[index];
      return detail !== undefined && candidate !== undefined && detail(candidate) === detail(item);
    });
    return candidates.splice(Math.max(exact, 0), 1)[0];
  });
}

function isPresent<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Resources may be named like members that every object inherits: `constructor` is a valid name. */
function own<T extends object, Member extends keyof T>(object: T, member: Member): T[Member] | undefined {
  return Object.hasOwn(object, member) ? object[member] : undefined;
}

/** `Object.keys` forgets the type of what it lists; objects of a declared type have its members only. */
function membersOf<T extends object>(object: T): (keyof T)[] {
  return Object.keys(object) as (keyof T)[];
}
