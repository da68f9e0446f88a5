import type { V1ContainerStatus } from '@kubernetes/client-node';
import { containerNames } from '../../../definitions/names/serving';
import { servingEvents } from '../../../definitions/names/serving-conditions';
import type { ComponentPod } from './component-pods';
import { failedRun, type FailedRun, outcomeOf, runBefore } from './container-run';

/** Why a pod of a predictor does not serve. */
export interface PodFailure {
  /** Reason of the condition and of the event. */
  readonly reason: typeof servingEvents.modelLoadFailed | typeof servingEvents.predictorPodBlocked;
  /**
   * The scheduler's, the kubelet's or the container's own words. Without the pod's name and the seconds of a back-off: replicas with
   * the same trouble, and the same trouble a minute later, read the same.
   */
  readonly message: string;
}

/** Reasons of the kubelet for an image that it can't get. */
const imageReasons = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];

/** Reasons of the kubelet for a container that it can't start. */
const startReasons = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'];

/** How the kubelet begins while it waits before it pulls again; newer ones go on with what went wrong. */
const pullBackOff = /^Back-off pulling image "[^"]*"(: \w+: )?/;

/**
 * What keeps a pod from serving, if anything does that waiting for the next second won't mend: it can't be scheduled, an image can't be
 * had, a container can't be started, the download of the model or a container failed.
 *
 * @param messageBefore what was said of the component so far: between two attempts old kubelets don't say why they can't pull
 */
export function podFailure(pod: ComponentPod, messageBefore = ''): PodFailure | undefined {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    return blocked(`the pod can't be scheduled: ${scheduled.message ?? 'the scheduler gave no reason'}`);
  }
  const mainFirst = containerStatuses.toSorted((one, other) => Number(isMain(other)) - Number(isMain(one)));
  for (const status of [...initContainerStatuses, ...mainFirst]) {
    const failure = notStarted(status, messageBefore) ?? notRunning(status);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function isMain({ name }: V1ContainerStatus): boolean {
  return name === containerNames.main;
}

function blocked(message: string): PodFailure {
  return { reason: servingEvents.predictorPodBlocked, message };
}

function notStarted({ name, image, state }: V1ContainerStatus, messageBefore: string): PodFailure | undefined {
  const { reason = '', message = '' } = state?.waiting ?? {};
  if (startReasons.includes(reason)) return blocked(`container ${name} can't be started: ${message || reason}`);
  if (!imageReasons.includes(reason)) return undefined;
  const prefix = `image ${image} of container ${name} can't be pulled: `;
  const cause = message.replace(pullBackOff, '');
  if (cause === '' && messageBefore.startsWith(prefix)) return blocked(messageBefore);
  return blocked(`${prefix}${cause || message || reason}`);
}

function notRunning(status: V1ContainerStatus): PodFailure | undefined {
  const run = failedRun(status) ?? runBefore(status);
  if (run === undefined) return undefined;
  if (status.name === containerNames.storageInitializer) {
    return { reason: servingEvents.modelLoadFailed, message: told('downloading the model failed', run) };
  }
  const message = told(`container ${status.name} crashed`, run);
  return isMain(status) ? { reason: servingEvents.modelLoadFailed, message } : blocked(message);
}

function told(what: string, run: FailedRun): string {
  const message = run.message.trim();
  return `${what} (${outcomeOf(run)})${message === '' ? '' : `: ${message}`}`;
}
