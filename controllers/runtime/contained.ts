import { elementKey, isDroppedWhenEmpty, isElementDefault, isKeyedList, isQuantity } from './merge-keys';
import { sameQuantity } from './quantity';

/**
 * Whether a live object has everything that we want it to have: what others added (defaults, a replica count, a sidecar) is no
 * difference, what they changed or took away is one.
 *
 * Maps are compared by key; lists by their elements' keys where the API server merges them so, whatever the order; all other lists
 * are atomic: same elements in the same order, with nothing added but the API server's defaults.
 */
export function isContained(desired: unknown, live: unknown): boolean {
  return contains(desired, live, '', '');
}

function contains(desired: unknown, live: unknown, parent: string, member: string): boolean {
  if (desired === live) return true;
  if (live === undefined) return desired === undefined || isDroppedWhenEmpty(member, desired);
  if (isList(desired)) {
    if (!isList(live)) return false;
    return isKeyedList(member) ? containsKeyed(desired, live, member) : isSameList(desired, live, member);
  }
  if (isMap(desired)) {
    if (!isMap(live)) return false;
    for (const [name, value] of Object.entries(desired)) {
      if (value !== undefined && !contains(value, live[name], member, name)) return false;
    }
    return true;
  }
  return isQuantity(parent, member) && sameQuantity(desired, live);
}

function containsKeyed(desired: readonly unknown[], live: readonly unknown[], member: string): boolean {
  let byKey: Map<string | undefined, unknown> | undefined;
  return desired.every((element, index) => {
    const key = elementKey(member, element);
    if (key === undefined) return false;
    // Nearly always it is in the same place.
    const opposite = live[index];
    if (elementKey(member, opposite) === key) return contains(element, opposite, '', member);
    byKey ??= new Map(live.map((each) => [elementKey(member, each), each]));
    return contains(element, byKey.get(key), '', member);
  });
}

function isSameList(desired: readonly unknown[], live: readonly unknown[], member: string): boolean {
  return desired.length === live.length && desired.every((element, index) => isSame(element, live[index], '', member));
}

/** Inside of an atomic list: what nobody but us can have a part in. */
function isSame(desired: unknown, live: unknown, parent: string, member: string): boolean {
  if (desired === live) return true;
  if (live === undefined) return desired === undefined || isDroppedWhenEmpty(member, desired);
  if (desired === undefined) return isElementDefault(member, live);
  if (isList(desired)) return isList(live) && isSameList(desired, live, member);
  if (isMap(desired)) {
    if (!isMap(live)) return false;
    for (const [name, value] of Object.entries(desired)) {
      if (!isSame(value, live[name], member, name)) return false;
    }
    for (const [name, value] of Object.entries(live)) {
      if (desired[name] === undefined && !isElementDefault(name, value)) return false;
    }
    return true;
  }
  return isQuantity(parent, member) && sameQuantity(desired, live);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
