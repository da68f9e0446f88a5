import type { V1ContainerStateTerminated, V1ContainerStatus } from '@kubernetes/client-node';
import { runnerReport, type RunnerReport } from '../../definitions/inference/runner-report';
import { runnerContainer, waitingReasons } from '../../definitions/names/inference';
import type { RunnerPod } from './observed-objects';

/** How the runner's container of a pod ended. */
export interface RunnerEnd {
  readonly podName: string;
  readonly exitCode: number;
  /** The kubelet's word: Completed, Error, OOMKilled. */
  readonly containerReason: string | undefined;
  /** What the runner left, or the end of its log. */
  readonly message: string | undefined;
  /** The runner's report, if the message is one. */
  readonly report: RunnerReport | undefined;
  /** Reason of a pod that was stopped as a whole: Evicted, DeadlineExceeded. */
  readonly podReason: string | undefined;
  readonly finishedAt: string | undefined;
}

/** How the runners of some pods ended, the latest first. Pods that are still at it are passed over. */
export function endsOf(pods: readonly RunnerPod[]): readonly RunnerEnd[] {
  return pods
    .flatMap((pod) => endOf(pod) ?? [])
    .toSorted((one, other) => (other.finishedAt ?? '').localeCompare(one.finishedAt ?? ''));
}

function endOf({ metadata, status }: RunnerPod): RunnerEnd | undefined {
  const terminated = status?.containerStatuses?.find(isRunner)?.state?.terminated;
  if (terminated === undefined && status?.phase !== 'Failed') return undefined;
  return {
    podName: metadata.name,
    // A pod that was stopped before its container began has no exit code; the kubelet says 137 for one it could not find again.
    exitCode: terminated?.exitCode ?? 137,
    containerReason: terminated?.reason,
    message: terminated?.message ?? status?.message,
    report: reportIn(terminated?.message),
    podReason: status?.reason,
    finishedAt: finishOf(terminated),
  };
}

/** JSON has times as text, which the generated types call `Date`. */
function finishOf(terminated: V1ContainerStateTerminated | undefined): string | undefined {
  return terminated?.finishedAt === undefined ? undefined : String(terminated.finishedAt);
}

/**
 * The report in a termination message. A runner can leave anything there, and the kubelet puts the end of the log in when it leaves
 * nothing: what is no report is no error.
 */
function reportIn(message: string | undefined): RunnerReport | undefined {
  if (message?.trimStart().startsWith('{') !== true) return undefined;
  try {
    return runnerReport.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}

/** What keeps a pod from starting. */
export interface WaitingPod {
  readonly reason: string;
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

/** What keeps the pods of an attempt from starting, if anything does that waiting for the next second won't mend. */
export function waitingIn(pods: readonly RunnerPod[]): WaitingPod | undefined {
  for (const { status } of pods) {
    const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
      return { reason: waitingReasons.unschedulable, message: scheduled.message ?? 'the scheduler gave no reason' };
    }
    for (const container of status?.containerStatuses ?? []) {
      const waiting = container.state?.waiting;
      if (waiting?.reason === undefined) continue;
      const message = waiting.message ?? waiting.reason;
      if (imageReasons.includes(waiting.reason)) return { reason: waitingReasons.imagePullFailed, message };
      if (startReasons.includes(waiting.reason)) return { reason: waiting.reason, message };
    }
  }
  return undefined;
}

function isRunner({ name }: V1ContainerStatus): boolean {
  return name === runnerContainer;
}
