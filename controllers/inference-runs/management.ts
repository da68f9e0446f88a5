import type { InferenceRun } from '../../definitions/inference/inference-run';
import {
  deletionPolicies,
  managementPolicies,
  runAnnotations,
  type DeletionPolicy,
  type ManagementPolicy,
} from '../../definitions/names/inference';

/** What annotations let the controller do with a run. */
export interface Management {
  /** Nothing is written but status, deletion apart. */
  readonly paused: boolean;
  /** Jobs, CronJobs and ConfigMaps may be made and changed. */
  readonly writes: boolean;
  /** They may be deleted with the run; else they outlive it. */
  readonly deletes: boolean;
  readonly policy: ManagementPolicy;
}

/** Reads the annotations of upstream's controllers; words nobody knows count as the defaults. */
export function managementOf({ metadata: { annotations = {} } }: InferenceRun): Management {
  const policy =
    managementPolicies.find((known) => known === annotations[runAnnotations.managementPolicy]) ?? 'default';
  const deletion: DeletionPolicy =
    deletionPolicies.find((known) => known === annotations[runAnnotations.deletionPolicy]) ?? 'delete';
  return {
    paused: annotations[runAnnotations.paused] === 'true',
    writes: policy === 'default' || policy === 'observe-create-update',
    deletes: deletion === 'delete' && (policy === 'default' || policy === 'observe-delete'),
    policy,
  };
}
