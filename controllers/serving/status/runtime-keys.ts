import { isDeepStrictEqual } from 'node:util';
import { servingAnnotations } from '../../../definitions/names/serving';
import { servingConditions } from '../../../definitions/names/serving-conditions';
import type { ClusterServingRuntime } from '../../../definitions/serving/cluster-serving-runtime';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { ServingRuntime } from '../../../definitions/serving/serving-runtime';
import { conditionOf } from '../../runtime/conditions';
import { keyOf, type ObjectKey } from '../../runtime/object-key';
import type { ChosenRuntime } from '../component-plan';
import { conditionsOf } from './stored-status';

/** A runtime that is new or has changed. */
export interface RuntimeChange {
  readonly kind: ChosenRuntime['kind'];
  readonly runtime: ServingRuntime | ClusterServingRuntime;
  /** Absent when the runtime is new. */
  readonly previous?: ServingRuntime | ClusterServingRuntime | undefined;
}

/**
 * InferenceServices that a runtime's change concerns: those it serves, unless they are ready and keep out of updates, and those that
 * wait for a runtime that suits them. A runtime that is deleted concerns nobody: what runs goes on.
 *
 * @param services of any namespace; those that can't see the runtime are passed over
 */
export function keysOfRuntime(
  { kind, runtime, previous }: RuntimeChange,
  services: Iterable<InferenceService>,
): readonly ObjectKey[] {
  if (previous !== undefined && isDeepStrictEqual(previous.spec, runtime.spec)) return [];
  const { name, namespace } = runtime.metadata;
  const keys: ObjectKey[] = [];
  for (const service of services) {
    if (kind === 'ServingRuntime' && service.metadata.namespace !== namespace) continue;
    const { servingRuntimeName, clusterServingRuntimeName } = service.status ?? {};
    const uses = (kind === 'ServingRuntime' ? servingRuntimeName : clusterServingRuntimeName) === name;
    if (waits(service) || (uses && !keepsOut(service))) keys.push(keyOf(service));
  }
  return keys;
}

function waits({ status }: InferenceService): boolean {
  return status?.modelStatus?.transitionStatus === 'InvalidSpec';
}

function keepsOut({ metadata, status }: InferenceService): boolean {
  if (metadata.annotations?.[servingAnnotations.disableAutoUpdate] !== 'true') return false;
  return conditionOf(conditionsOf(status), servingConditions.ready)?.status === 'True';
}
