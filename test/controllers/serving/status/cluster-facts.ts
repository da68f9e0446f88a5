import type {
  V1ContainerState,
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1Deployment,
  V1DeploymentCondition,
  V1PodCondition,
} from '@kubernetes/client-node';
import type { Stored } from '../../../../definitions/kubernetes/core-resources';
import type { ComponentPod } from '../../../../controllers/serving/status/component-pods';

/** When everything here begins, milliseconds since the epoch. */
export const start = Date.UTC(2026, 0, 1);

/** The time of a number of seconds after the start. */
export const at = (seconds: number) => new Date(start + seconds * 1000);

/** `at` as Kubernetes writes it. */
export const timeAt = (seconds: number) => at(seconds).toISOString().replace('.000Z', 'Z');

/** An object as the API server answers: times are text. */
function asStored<T>(object: T): T {
  return JSON.parse(JSON.stringify(object)) as T;
}

export interface PodState {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly createdAt?: number;
  readonly deleted?: boolean;
  readonly phase?: string;
  /** Since when the pod takes requests, seconds; absent: it does not. */
  readonly readyAt?: number;
  /** What the scheduler says against it. */
  readonly unschedulable?: string;
  readonly initContainers?: readonly V1ContainerStatus[];
  readonly containers?: readonly V1ContainerStatus[];
}

/** A pod of the predictor of InferenceService `iris`. */
export function pod(state: PodState = {}): ComponentPod {
  const { name = 'iris-predictor-1', createdAt = 0, deleted = false, readyAt, unschedulable } = state;
  const { initContainers = [], containers = [], phase = readyAt === undefined ? 'Pending' : 'Running' } = state;
  const labels = { app: 'isvc.iris-predictor', component: 'predictor', 'serving.kserve.io/inferenceservice': 'iris' };
  const conditions: V1PodCondition[] = [
    ...(unschedulable === undefined
      ? []
      : [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: unschedulable }]),
    ...(readyAt === undefined
      ? [{ type: 'Ready', status: 'False' }]
      : [{ type: 'Ready', status: 'True', lastTransitionTime: at(readyAt) }]),
  ];
  return asStored({
    metadata: {
      name,
      namespace: 'models',
      uid: name,
      labels: { ...labels, ...state.labels },
      creationTimestamp: timeAt(createdAt),
      ...(deleted ? { deletionTimestamp: timeAt(createdAt + 1) } : {}),
    },
    status: { phase, conditions, initContainerStatuses: [...initContainers], containerStatuses: [...containers] },
  });
}

export interface ContainerPast {
  readonly ready?: boolean;
  readonly lastState?: V1ContainerState;
  readonly restartCount?: number;
}

/** State of a container; its name first. */
export function container(name: string, state: V1ContainerState, past: ContainerPast = {}): V1ContainerStatus {
  const { ready = false, lastState = {}, restartCount = lastState.terminated === undefined ? 0 : 1 } = past;
  return { name, image: 'registry.example.com/server:1', imageID: '', ready, restartCount, state, lastState };
}

export const running = (seconds = 0): V1ContainerState => ({ running: { startedAt: at(seconds) } });
export const waiting = (reason: string, message?: string): V1ContainerState => ({
  waiting: { reason, ...(message === undefined ? {} : { message }) },
});
export const terminated = (
  reason: string,
  exitCode: number,
  more: Partial<V1ContainerStateTerminated> = {},
): V1ContainerState => ({ terminated: { reason, exitCode, ...more } });

/** The init container that downloads. */
export const download = (state: V1ContainerState, past?: ContainerPast) =>
  container('storage-initializer', state, past);
/** The model server. */
export const server = (state: V1ContainerState, past?: ContainerPast) => container('kserve-container', state, past);

/** A pod whose model serves. */
export const servingPod = (state: PodState = {}): ComponentPod =>
  pod({
    readyAt: 20,
    initContainers: [download(terminated('Completed', 0, { startedAt: at(1), finishedAt: at(9) }))],
    containers: [server(running(10), { ready: true })],
    ...state,
  });

/** A condition of a Deployment: `['Available', 'True', 'reason', 'message']`. */
export type DeploymentCondition = readonly [type: string, status: string, reason?: string, message?: string];

/** The predictor's Deployment. */
export function deployment(
  conditions: readonly DeploymentCondition[],
  options: { readonly name?: string; readonly generation?: number; readonly observedGeneration?: number } = {},
): Stored<V1Deployment> {
  const { name = 'iris-predictor', generation = 1 } = options;
  const { observedGeneration = generation } = options;
  const told = conditions.map(([type, status, reason, message]): V1DeploymentCondition => ({
    type,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  }));
  return { metadata: { name, namespace: 'models', generation }, status: { observedGeneration, conditions: told } };
}

const noReplicas = 'Deployment does not have minimum availability.';
export const unavailable: DeploymentCondition = ['Available', 'False', 'MinimumReplicasUnavailable', noReplicas];
export const available: DeploymentCondition = [
  ...(['Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'] as const),
];
export const rollingOut: DeploymentCondition = [
  'Progressing',
  'True',
  'ReplicaSetUpdated',
  'ReplicaSet is progressing.',
];
export const rolledOut: DeploymentCondition = [
  ...(['Progressing', 'True', 'NewReplicaSetAvailable', 'ReplicaSet has successfully progressed.'] as const),
];
