import type { InferenceRunsConfig } from '../../definitions/config/inference-runs';
import { inferenceRuns, type InferenceRun } from '../../definitions/inference/inference-run';
import { runController } from '../../definitions/names/inference';
import type { ChildWriter } from '../runtime/apply-child';
import { childOwner, type ChildOwner } from '../runtime/child-ownership';
import type { KubernetesClient } from '../runtime/client';
import type { ReconcileContext } from '../runtime/controller';
import type { RunStores } from './run-stores';

/** What every part of the controller works with. */
export interface RunParts {
  readonly client: KubernetesClient;
  readonly stores: RunStores;
  readonly settings: InferenceRunsConfig;
}

/** One pass over one run. */
export interface RunPass extends RunParts {
  readonly run: InferenceRun;
  readonly context: ReconcileContext;
  /**
   * Whether upstream's controller may have made something for the run: it has no phase and carries the finalizer, which upstream adds
   * before it makes anything. Any other run costs no request.
   */
  readonly maybeUpstreams: boolean;
}

/** As whom objects of runs are applied; the former managers are upstream's. */
export const runWriter: ChildWriter = {
  fieldManager: runController,
  formerManagers: ['kserve-controller', 'manager'],
};

/** The run as owner of its objects. */
export const ownerOf = (run: InferenceRun): ChildOwner => childOwner(inferenceRuns, run);
