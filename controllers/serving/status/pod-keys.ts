import { isDeepStrictEqual } from 'node:util';
import type { V1ContainerStatus } from '@kubernetes/client-node';
import { inferenceServiceLabel } from '../../../definitions/names/serving';
import type { ObjectKey } from '../../runtime/object-key';
import type { ComponentPod } from './component-pods';

/**
 * InferenceServices whose status may change with a pod.
 *
 * Upstream looks at init containers only; a model server that crashes and a pod that can't be scheduled are to be told too.
 *
 * @param previous the pod before an update; absent when it has been added or deleted
 */
export function keysOfPod(pod: ComponentPod, previous?: ComponentPod): readonly ObjectKey[] {
  const { labels, namespace } = pod.metadata;
  const name = labels?.[inferenceServiceLabel] ?? '';
  if (name === '' || namespace === undefined) return [];
  if (previous !== undefined && isDeepStrictEqual(told(pod), told(previous))) return [];
  return [`${namespace}/${name}`];
}

/** What a status is made from: no heartbeat, no address, no probe that only repeats itself. */
function told({ metadata, status }: ComponentPod): unknown {
  const conditions = (status?.conditions ?? []).filter(({ type }) => type === 'Ready' || type === 'PodScheduled');
  return [
    metadata.deletionTimestamp !== undefined,
    status?.phase,
    conditions.map(({ type, status: word, reason, message }) => [type, word, reason, message]),
    status?.initContainerStatuses ?? [],
    (status?.containerStatuses ?? []).map(toldOfContainer),
  ];
}

function toldOfContainer({ name, ready, state, lastState }: V1ContainerStatus): unknown {
  return [name, ready, state, lastState];
}
