import type { V1Container, V1EnvVar, V1LifecycleHandler, V1Probe } from '@kubernetes/client-node';
import { mergeKeyedList, mergeObjects, mergeUnion, type KeyedList, type MergeRules } from './strategic-merge';

/**
 * Lays the container of an InferenceService over that of its runtime, by core/v1's rules of a strategic merge, but for
 * `args`: the overlay's follow the base's. A container without a name takes the base's. Neither argument is changed.
 */
export function mergeContainer(base: V1Container, overlay: Partial<V1Container>): V1Container {
  return mergeObjects(base, overlay, containerRules);
}

/** Merges environment variables by name; used where variables come from several sources. */
export function mergeEnvironment(base: readonly V1EnvVar[], overlay: readonly V1EnvVar[]): V1EnvVar[] {
  return mergeKeyedList(base, overlay, environment);
}

const environment: KeyedList<V1EnvVar> = { key: ({ name }) => name, merge: mergeVariable };

/** A variable has either a value or a source: the one that the overlay brings stays. */
function mergeVariable(base: V1EnvVar, overlay: V1EnvVar): V1EnvVar {
  const merged = mergeObjects(base, overlay, { valueFrom: mergeUnion });
  if (merged.value === undefined || merged.valueFrom === undefined) {
    return merged;
  }
  const { value, valueFrom, ...rest } = merged;
  const bringsValue = overlay.valueFrom === undefined && overlay.value !== undefined && overlay.value !== '';
  return bringsValue ? { ...rest, value } : { ...rest, valueFrom };
}

const probeHandlers = ['exec', 'grpc', 'httpGet', 'tcpSocket'] as const;
const lifecycleHandlers = ['exec', 'httpGet', 'sleep', 'tcpSocket'] as const;

/** The base without its handler if the overlay brings one of another kind: core/v1 allows one. */
function withoutReplaced<Handler extends string, T extends { [Kind in Handler]?: unknown }>(
  kinds: readonly Handler[],
  base: T,
  overlay: T,
): T {
  if (!kinds.some((kind) => overlay[kind] !== undefined)) {
    return base;
  }
  const kept = { ...base };
  for (const kind of kinds) {
    if (overlay[kind] === undefined) {
      delete kept[kind];
    }
  }
  return kept;
}

const mergeProbe = (base: V1Probe, overlay: V1Probe): V1Probe =>
  mergeObjects(withoutReplaced(probeHandlers, base, overlay), overlay);

const mergeHandler = (base: V1LifecycleHandler, overlay: V1LifecycleHandler): V1LifecycleHandler =>
  mergeObjects(withoutReplaced(lifecycleHandlers, base, overlay), overlay);

const containerRules: MergeRules<V1Container> = {
  args: (base, overlay) => [...base, ...overlay],
  env: mergeEnvironment,
  ports: (base, overlay) =>
    mergeKeyedList(base, overlay, {
      key: ({ containerPort }) => containerPort,
      detail: ({ protocol = 'TCP' }) => protocol,
      merge: mergeObjects,
    }),
  volumeMounts: (base, overlay) =>
    mergeKeyedList(base, overlay, { key: ({ mountPath }) => mountPath, merge: mergeObjects }),
  volumeDevices: (base, overlay) =>
    mergeKeyedList(base, overlay, { key: ({ devicePath }) => devicePath, merge: mergeObjects }),
  livenessProbe: mergeProbe,
  readinessProbe: mergeProbe,
  startupProbe: mergeProbe,
  lifecycle: (base, overlay) => mergeObjects(base, overlay, { postStart: mergeHandler, preStop: mergeHandler }),
  // An empty name of the overlay is that of a Go client.
  name: (base, overlay) => (overlay === '' ? base : overlay),
};
