import type { InferenceRun } from '../../definitions/inference/inference-run';
import type { ExecutionRecord, InferenceRunStatus, RunFailure } from '../../definitions/inference/inference-run-status';
import type { RunnerReport } from '../../definitions/inference/runner-report';
import type { StoredJobStatus } from '../../definitions/kubernetes/batch-resources';
import { failureReasons, runReasons, type RunPhase } from '../../definitions/names/inference';
import { endsOf, waitingIn, type RunnerEnd } from './attempt-evidence';
import { failureOf, podFailureOf } from './attempt-failure';
import { autoDeleteAt, type AutoDelete } from './auto-delete';
import { jobStateOf, type JobState } from './job-state';
import type { RunnerPod } from './observed-objects';
import { asksForRerun } from './rerun';
import { conditionsOf, type Standing } from './run-conditions';
import { withRecords } from './run-history';
import { attemptJobReference, timeText, withoutOutcome } from './run-status';

/** What is known of a run without schedule. */
export interface RunFacts {
  readonly run: InferenceRun;
  /** Attempts that were begun; 0: none. */
  readonly attempts: number;
  /** Job of the last attempt; absent: it is gone for certain. */
  readonly job: AttemptJob | undefined;
  /** Pods of that Job. */
  readonly pods: readonly RunnerPod[];
  /** What the config says about finished runs; absent when the config is gone. */
  readonly autoDelete: AutoDelete | undefined;
  /** What users are to know while an attempt goes on: the config is gone, the spec has changed. */
  readonly notes: readonly string[];
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number;
}

/** What counts of a Job. */
export interface AttemptJob {
  readonly metadata: { readonly name: string; readonly uid?: string; readonly namespace?: string };
  readonly status?: StoredJobStatus;
}

/** What is to be done about a run. */
export type Decision =
  | { readonly act: 'start'; readonly attempt: number; readonly rerun: boolean }
  | { readonly act: 'delete'; readonly why: string }
  | {
      readonly act: 'settle';
      readonly status: InferenceRunStatus;
      /** Milliseconds after which time alone changes the decision. */
      readonly againInMs: number | undefined;
      /** The attempt has just failed: the end of its log is worth keeping. */
      readonly failedPod: string | undefined;
      /** The run is finished: Jobs of earlier attempts have served. */
      readonly finished: boolean;
    };

/** Wait before the first restart, milliseconds; it doubles up to an hour. */
const firstRestartMs = 30_000;
const longestRestartMs = 3_600_000;

/**
 * What is to be done about a run without schedule: pure, so that every transition can be seen in a table.
 *
 * Guarantees: a finished run is never begun again, whatever became of its Job, unless the rerun annotation asks; a new attempt begins
 * only when the pods of the one before have ended.
 */
export function decide(facts: RunFacts): Decision {
  const { run, attempts, job } = facts;
  const { phase } = run.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed') return decideFinished(facts, phase);
  if (attempts === 0) return { act: 'start', attempt: 1, rerun: false };
  const state = job === undefined ? undefined : jobStateOf(job.status);
  if (state === undefined) return decideFailed(facts, lostJob);
  if (state.state === 'failed') return decideFailed(facts, state);
  return state.state === 'succeeded' ? succeeded(facts, state) : live(facts, state.state);
}

type FailedJob = Extract<JobState, { readonly state: 'failed' }>;

/** What a Job that somebody deleted is taken for. */
const lostJob: FailedJob = {
  state: 'failed',
  at: undefined,
  settled: true,
  reason: failureReasons.jobLost,
  message: 'the Job of the attempt was deleted before it ended',
};

function decideFinished(facts: RunFacts, phase: 'Succeeded' | 'Failed'): Decision {
  const { run, attempts, job, autoDelete, now } = facts;
  const { status = {} } = run;
  const state = job === undefined ? undefined : jobStateOf(job.status);
  const isStopping = state?.state === 'failed' && !state.settled;
  if (asksForRerun(run) && !isStopping) return { act: 'start', attempt: attempts + 1, rerun: true };
  const at = autoDeleteAt(status, autoDelete);
  if (at !== undefined && at <= now) {
    return {
      act: 'delete',
      why: `${phase} at ${status.completionTime ?? ''}, policy ${autoDelete?.autoDeletePolicy ?? ''}`,
    };
  }
  return {
    act: 'settle',
    status: { ...status, ...generationOf(run), ...lateEvidence(facts, status) },
    againInMs: at === undefined ? undefined : at - now,
    failedPod: undefined,
    finished: true,
  };
}

/** What a pod that was still stopping when its attempt was given up said at its end. */
function lateEvidence({ pods }: RunFacts, { phase, failure, result }: InferenceRunStatus): Partial<InferenceRunStatus> {
  if (phase !== 'Failed' || failure === undefined || failure.exitCode !== undefined) return {};
  const [end] = endsOf(pods);
  if (end === undefined) return {};
  const { exitCode, podName, containerReason } = podFailureOf(end);
  const pod = { exitCode, podName, containerReason };
  const known = Object.fromEntries(Object.entries(pod).filter(([, value]) => value !== undefined));
  return { failure: { ...failure, ...known }, ...(result === undefined ? resultOf(end.report) : {}) };
}

function succeeded(facts: RunFacts, { at }: Extract<JobState, { readonly state: 'succeeded' }>): Decision {
  const { run, pods, now } = facts;
  const report = endsOf(pods).find(({ exitCode }) => exitCode === 0)?.report;
  const failedItems = report?.items.failed ?? 0;
  const standing: Standing = {
    phase: 'Succeeded',
    ...(failedItems > 0
      ? {
          succeeded: {
            status: 'True',
            reason: runReasons.jobCompleteWithErrors,
            message: `${failedItems} of ${report?.items.total ?? 0} items failed`,
          },
        }
      : {}),
  };
  const { failure: _none, ...status } = followed(facts, standing);
  return {
    act: 'settle',
    status: {
      ...status,
      completionTime: at ?? timeText(now),
      ...resultOf(report),
      history: withRecords(run.status?.history ?? [], [
        record(facts, 'Succeeded', { completionTime: at, exitCode: 0 }),
      ]),
    },
    againInMs: undefined,
    failedPod: undefined,
    finished: true,
  };
}

function decideFailed(facts: RunFacts, state: FailedJob): Decision {
  const { run, attempts, now, pods } = facts;
  const { maxRestarts = 0 } = run.spec ?? {};
  const history = run.status?.history ?? [];
  const known = history.find(({ jobName, phase }) => jobName === jobNameOf(facts) && phase === 'Failed');
  const [end] = endsOf(pods);
  const failure = known === undefined ? failureOf(state, end) : (run.status?.failure ?? failureOf(state, end));
  const completionTime = known?.completionTime ?? state.at ?? timeText(now);
  const restarts = attempts - 1;
  if (maxRestarts !== -1 && restarts >= maxRestarts) return failed(facts, failure, completionTime, end);
  const at = Date.parse(completionTime) + Math.min(firstRestartMs * 2 ** Math.min(restarts, 30), longestRestartMs);
  if (at <= now && state.settled) return { act: 'start', attempt: attempts + 1, rerun: false };
  const standing: Standing = {
    phase: 'Retrying',
    message: `attempt ${attempts} failed (${failure.reason}); the next one begins at ${timeText(at)}`,
  };
  const entry = record(facts, 'Failed', { completionTime, exitCode: failure.exitCode });
  return {
    act: 'settle',
    status: { ...followed(facts, standing), failure, history: withRecords(history, [entry]) },
    againInMs: Math.max(at - now, 1000),
    failedPod: known === undefined ? end?.podName : undefined,
    finished: false,
  };
}

function failed(facts: RunFacts, failure: RunFailure, completionTime: string, end: RunnerEnd | undefined): Decision {
  const entry = record(facts, 'Failed', { completionTime, exitCode: failure.exitCode });
  return {
    act: 'settle',
    status: {
      ...followed(facts, failedStanding(failure)),
      completionTime,
      failure,
      ...resultOf(end?.report),
      history: withRecords(facts.run.status?.history ?? [], [entry]),
    },
    againInMs: undefined,
    failedPod: end?.podName,
    finished: true,
  };
}

/** What conditions say of a run that failed for good. */
export function failedStanding({ reason, message }: RunFailure): Standing {
  const words = message === undefined ? {} : { message };
  return {
    phase: 'Failed',
    message: message === undefined ? reason : `${reason}: ${message}`,
    succeeded: { status: 'False', reason, ...words },
  };
}

const phaseOfState: Readonly<Record<LiveState, RunPhase>> = {
  pending: 'Pending',
  starting: 'Pending',
  running: 'Running',
  retrying: 'Retrying',
  suspended: 'Suspended',
};
type LiveState = Exclude<JobState['state'], 'succeeded' | 'failed'>;

function live(facts: RunFacts, state: LiveState): Decision {
  const [end] = endsOf(facts.pods);
  const phase = phaseOfState[state];
  const status = followed(facts, { phase, message: liveMessage(phase, facts.pods) });
  const retried = phase === 'Retrying' && end !== undefined && end.exitCode !== 0 ? { failure: podFailureOf(end) } : {};
  return {
    act: 'settle',
    status: { ...status, ...retried },
    againInMs: undefined,
    failedPod: undefined,
    finished: false,
  };
}

/** Why the pod of an attempt does not get on. */
export function liveMessage(phase: RunPhase, pods: readonly RunnerPod[]): string | undefined {
  const waiting = phase === 'Pending' ? waitingIn(pods) : undefined;
  return waiting === undefined ? undefined : `${waiting.reason}: ${waiting.message}`;
}

/** The status with what a Job shows whatever its state. */
function followed({ run, attempts, job, notes, now }: RunFacts, standing: Standing): InferenceRunStatus {
  const { status = {} } = run;
  const counts = countsOf(job?.status);
  const synced = notes.length === 0 ? {} : { synced: { ...noted, message: notes.join('; ') } };
  return {
    ...withoutOutcome(status),
    ...generationOf(run),
    phase: standing.phase,
    conditions: conditionsOf(status.conditions, { ...synced, ...standing }, now),
    attempts,
    startTime: status.startTime ?? job?.status?.startTime ?? timeText(now),
    ...(job === undefined ? {} : { jobStatus: attemptJobReference(job.metadata) }),
    ...(counts === undefined ? {} : { counts }),
    ...(status.failure === undefined ? {} : { failure: status.failure }),
  };
}

const noted = { status: 'True', reason: runReasons.reconcileSuccess } as const;

/** Pods of a Job as far as it counts them; undefined where it counts none yet: that is not worth a write. */
export function countsOf(job: StoredJobStatus | undefined): InferenceRunStatus['counts'] {
  if (job === undefined) return undefined;
  const { active, ready, succeeded: done, failed: bad, terminating } = job;
  const counts = {
    ...(active === undefined ? {} : { active }),
    ...(ready === undefined ? {} : { ready }),
    ...(done === undefined ? {} : { succeeded: done }),
    ...(bad === undefined ? {} : { failed: bad }),
    ...(terminating === undefined ? {} : { terminating }),
  };
  return Object.keys(counts).length === 0 ? undefined : counts;
}

function record(
  facts: RunFacts,
  phase: 'Succeeded' | 'Failed',
  end: { readonly completionTime: string | undefined; readonly exitCode: number | undefined },
): ExecutionRecord {
  const { run, job } = facts;
  const { contractHash, jobStatus } = run.status ?? {};
  const startTime = job?.status?.startTime;
  return {
    jobName: jobNameOf(facts),
    uid: job?.metadata.uid ?? jobStatus?.uid ?? '',
    phase,
    ...(startTime === undefined ? {} : { startTime }),
    ...(end.completionTime === undefined ? {} : { completionTime: end.completionTime }),
    ...(end.exitCode === undefined ? {} : { exitCode: end.exitCode }),
    ...(contractHash === undefined ? {} : { contractHash }),
  };
}

function jobNameOf({ run, job }: RunFacts): string {
  return job?.metadata.name ?? run.status?.jobStatus?.name ?? '';
}

function resultOf(report: RunnerReport | undefined): { readonly result?: RunnerReport } {
  return report === undefined ? {} : { result: report };
}

function generationOf({ metadata }: InferenceRun): { readonly observedGeneration?: number } {
  return metadata.generation === undefined ? {} : { observedGeneration: metadata.generation };
}
