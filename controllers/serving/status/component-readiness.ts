import type { V1Deployment, V1DeploymentCondition } from '@kubernetes/client-node';
import type { Stored } from '../../../definitions/kubernetes/core-resources';
import type { ComponentName } from '../../../definitions/names/serving';
import { servingReasons } from '../../../definitions/names/serving-conditions';
import type { Condition } from '../../runtime/conditions';
import { type ComponentPod, newestRevision } from './component-pods';
import type { Cause } from './living-conditions';
import { podFailure } from './pod-failure';

/** What the condition of a component is to say. */
export type Readiness = Cause & Pick<Condition, 'status'>;

export interface ReadinessFacts {
  readonly component: ComponentName;
  /** As seen last; absent before it has been created. */
  readonly deployment?: Stored<V1Deployment> | undefined;
  readonly pods: readonly ComponentPod[];
  /** What the condition says so far. */
  readonly before?: Condition | undefined;
  /** Whether the InferenceService has changed since the status was written last. */
  readonly changed: boolean;
}

/** Whether a component is ready: what its Deployment says, and in plain words what keeps its pods from serving. */
export function componentReadiness(facts: ReadinessFacts): Readiness {
  const { component, deployment, pods, before, changed } = facts;
  if (deployment === undefined) return { status: 'False' };
  // A change of replicas by an autoscaler lags too, for milliseconds: no reason to take Ready back.
  if (lags(deployment) && (changed || before?.status !== 'True')) {
    const message = `the status of Deployment ${deployment.metadata.name} is not yet about its present spec`;
    return { status: 'Unknown', reason: servingReasons.deploymentNotObserved, message };
  }
  const readiness = deploymentReadiness(deployment);
  // Quota or admission refuses pods: those that exist are not the trouble.
  if (conditionIn(deployment, 'ReplicaFailure')?.status === 'True') return readiness;
  for (const pod of newestRevision(pods)) {
    const failure = podFailure(pod, before?.message);
    if (failure === undefined) continue;
    const status = readiness.status === 'True' ? 'True' : 'False';
    const reason = component === 'predictor' ? failure.reason : readiness.reason;
    return { status, reason, message: failure.message };
  }
  return readiness;
}

/** A component's condition from those of its Deployment; later rules override earlier ones. */
function deploymentReadiness(deployment: Stored<V1Deployment>): Readiness {
  const available = conditionIn(deployment, 'Available');
  const progressing = conditionIn(deployment, 'Progressing');
  const replicaFailure = conditionIn(deployment, 'ReplicaFailure');
  let readiness: Readiness = { status: 'False' };
  if (available?.status === 'True') readiness = as('True', available);
  if (progressing?.status === 'False' && (progressing.message ?? '') !== '') readiness = as('False', progressing);
  if (progressing?.status === 'True') {
    if (progressing.reason === 'NewReplicaSetAvailable') readiness = as('True', progressing);
    else if (available?.status !== 'True') readiness = as('Unknown', progressing);
  }
  if (available?.status === 'False') readiness = as('False', available);
  if (replicaFailure?.status === 'True') readiness = as('False', replicaFailure);
  return readiness;
}

function as(status: Condition['status'], { reason, message }: V1DeploymentCondition): Readiness {
  return { status, reason, message };
}

function conditionIn({ status }: Stored<V1Deployment>, type: string): V1DeploymentCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the Deployment controller has yet to look at the present spec. Without any such controller nothing ever lags. */
function lags({ metadata, status }: Stored<V1Deployment>): boolean {
  const { observedGeneration } = status ?? {};
  return observedGeneration !== undefined && observedGeneration > 0 && observedGeneration < (metadata.generation ?? 0);
}
