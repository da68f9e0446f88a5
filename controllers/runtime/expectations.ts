import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import type { Clock } from './clock';
import { keyOf, type ObjectKey } from './object-key';
import { includesVersion } from './resource-version';
import type { Store } from './store';

/** A watch event that has not come by then got lost on the way, and waiting longer would only hold the key. */
const longestWaitMs = 10_000;

/** A write of ours that its store has not shown yet. */
interface Expectation {
  readonly object: ObjectKey;
  readonly uid: string | undefined;
  /** Version that the write produced; undefined: the object is to vanish. */
  readonly resourceVersion: string | undefined;
  readonly until: number;
}

/**
 * Remembers what a reconcile wrote, so that its key does not run again on a store that does not show it yet: a reconcile
 * that can't see the child it has made would make another one.
 *
 * Guarantee: a key is free as soon as the store shows every write of its last reconcile, or a later state of the object.
 *
 * Caveat: bounded in time. After ten seconds the key runs whatever the store shows, as any reconcile must bear to.
 */
export class Expectations {
  private readonly byKey = new Map<ObjectKey, Map<Store<KubernetesObject>, Expectation[]>>();

  constructor(private readonly clock: Clock) {}

  /** The reconcile of `key` wrote `object` and got it back as the answer. */
  wrote(key: ObjectKey, store: Store<KubernetesObject>, object: KubernetesObject): void {
    this.expect(key, store, object, object.metadata.resourceVersion);
  }

  /** The reconcile of `key` deleted `object`; one with finalizers stays, and shows its deletion time instead. */
  deleted(key: ObjectKey, store: Store<KubernetesObject>, object: KubernetesObject): void {
    this.expect(key, store, object, undefined);
  }

  /** A store has changed. @returns keys that wait for nothing any more */
  observe(store: Store<KubernetesObject>, object: KubernetesObject, gone: boolean): ObjectKey[] {
    const freed: ObjectKey[] = [];
    const seen = keyOf(object);
    for (const [key, stores] of this.byKey) {
      const expected = stores.get(store);
      if (expected === undefined) continue;
      const left = expected.filter((one) => one.object !== seen || !isMet(one, object, gone));
      if (left.length === expected.length) continue;
      if (left.length > 0) stores.set(store, left);
      else stores.delete(store);
      if (stores.size > 0) continue;
      this.byKey.delete(key);
      freed.push(key);
    }
    return freed;
  }

  /** Milliseconds the key has to wait at most; 0: it may run. What has waited too long is forgotten. */
  holdsFor(key: ObjectKey): number {
    const now = this.clock.monotonic();
    const untils = [...(this.byKey.get(key)?.values() ?? [])].flat().map(({ until }) => until);
    const holds = Math.max(0, ...untils.map((until) => until - now));
    if (holds === 0) this.byKey.delete(key);
    return holds;
  }

  private expect(
    key: ObjectKey,
    store: Store<KubernetesObject>,
    object: KubernetesObject,
    resourceVersion: string | undefined,
  ): void {
    const { uid } = object.metadata;
    const until = this.clock.monotonic() + longestWaitMs;
    const expectation: Expectation = { object: keyOf(object), uid, resourceVersion, until };
    const current = store.get(expectation.object);
    // The watch can be faster than the answer to the request.
    if (current === undefined ? resourceVersion === undefined : isMet(expectation, current, false)) return;
    const stores = this.byKey.get(key) ?? new Map<Store<KubernetesObject>, Expectation[]>();
    // A later write of the same object contains the earlier one.
    const others = (stores.get(store) ?? []).filter((one) => one.object !== expectation.object);
    stores.set(store, [...others, expectation]);
    this.byKey.set(key, stores);
  }
}

function isMet(expected: Expectation, seen: KubernetesObject, gone: boolean): boolean {
  const { uid, resourceVersion, deletionTimestamp } = seen.metadata;
  // Another object of the same name: ours has come and gone.
  if (uid !== expected.uid)
    return expected.resourceVersion === undefined || includesVersion(resourceVersion, expected.resourceVersion);
  if (gone) return true;
  if (expected.resourceVersion === undefined) return deletionTimestamp !== undefined;
  return includesVersion(resourceVersion, expected.resourceVersion);
}
