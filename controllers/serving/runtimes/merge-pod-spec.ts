import type { V1PodSpec } from '@kubernetes/client-node';
import { mergeKeyedList, mergeObjects, mergeUnion, type MergeRule, type MergeRules } from './strategic-merge';

/**
 * Lays a PodSpec over another by core/v1's rules of a strategic merge: maps deeply, keyed lists by their keys, other
 * lists as a whole. `containers` and `initContainers` are the overlay's: which containers there are is said elsewhere.
 * Neither argument is changed.
 */
export function mergePodSpec(base: Partial<V1PodSpec>, overlay: V1PodSpec): V1PodSpec {
  const { containers: _containers, initContainers: _initContainers, ...placement } = base;
  return mergeObjects<V1PodSpec>({ ...placement, containers: [] }, overlay, podSpecRules);
}

/** A source belongs to one kind, which the overlay names; without one it only mentions the item. */
function mergeSource<T extends { readonly name: string }>(base: T, overlay: T): T {
  return Object.keys(overlay).length > 1 ? mergeUnion(base, overlay) : base;
}

function byKey<T extends object>(key: (item: T) => string, merge: MergeRule<T> = mergeObjects): MergeRule<T[]> {
  return (base, overlay) => mergeKeyedList(base, overlay, { key, merge });
}

const podSpecRules: MergeRules<V1PodSpec> = {
  volumes: byKey(({ name }) => name, mergeSource),
  resourceClaims: byKey(({ name }) => name, mergeSource),
  imagePullSecrets: byKey(({ name = '' }) => name),
  hostAliases: byKey(({ ip }) => ip),
  ephemeralContainers: byKey(({ name }) => name),
  schedulingGates: byKey(({ name }) => name),
  topologySpreadConstraints: (base, overlay) =>
    mergeKeyedList(base, overlay, {
      key: ({ topologyKey }) => topologyKey,
      detail: ({ whenUnsatisfiable }) => whenUnsatisfiable,
      merge: mergeObjects,
    }),
};
