import type { V1ContainerStateTerminated, V1ContainerStatus } from '@kubernetes/client-node';

/** A run of a container that failed. */
export interface FailedRun {
  /** The kubelet's word: `Error`, `OOMKilled`, ... */
  readonly reason: string;
  /** What the container left behind as its termination message; may be empty. */
  readonly message: string;
  readonly exitCode?: number;
  /** When it ended, milliseconds since the epoch. */
  readonly endedMs?: number;
}

/** How the kubelet says that it waits longer and longer before it starts a container again. */
const crashLoop = 'CrashLoopBackOff';

/** The run because of which a container stands still now. */
export function failedRun({ state, lastState }: V1ContainerStatus): FailedRun | undefined {
  if (state?.terminated !== undefined) return hasFailed(state.terminated) ? runOf(state.terminated) : undefined;
  if (state?.waiting?.reason !== crashLoop) return undefined;
  // A kubelet that was restarted has the back-off but no longer the run before it.
  const last = lastState?.terminated;
  return last === undefined ? { reason: crashLoop, message: state.waiting.message ?? '' } : runOf(last);
}

/** The run before the one that is under way, when it failed and this one has not proved better. */
export function runBefore({ state, lastState, ready }: V1ContainerStatus): FailedRun | undefined {
  const last = lastState?.terminated;
  if (ready || state?.terminated !== undefined || last === undefined) return undefined;
  return hasFailed(last) ? runOf(last) : undefined;
}

/** `OOMKilled, exit code 137`: what is known of a run beside its message. */
export function outcomeOf({ reason, exitCode }: FailedRun): string {
  // "Error" says no more than the exit code.
  const words = [reason === 'Error' ? '' : reason, exitCode === undefined ? '' : `exit code ${exitCode}`];
  return words.filter((word) => word !== '').join(', ') || 'for an unknown reason';
}

function hasFailed({ reason, exitCode }: V1ContainerStateTerminated): boolean {
  return reason === 'Error' || exitCode !== 0;
}

function runOf({ reason, message, exitCode, finishedAt }: V1ContainerStateTerminated): FailedRun {
  const endedMs = finishedAt == null ? Number.NaN : new Date(finishedAt).getTime();
  return {
    reason: reason ?? 'Error',
    message: message ?? '',
    exitCode,
    ...(Number.isNaN(endedMs) ? {} : { endedMs }),
  };
}
