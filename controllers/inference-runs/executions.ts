import type { ExecutionRecord, InferenceRunStatus, RunFailure } from '../../definitions/inference/inference-run-status';
import type { RunnerReport } from '../../definitions/inference/runner-report';
import type { StoredCronJob, StoredJob } from '../../definitions/kubernetes/batch-resources';
import { endsOf } from './attempt-evidence';
import { failureOf } from './attempt-failure';
import { jobStateOf, type JobState } from './job-state';
import { mountedConfigMaps, type RunnerPod } from './observed-objects';

/** A Job that the CronJob of a run made, with its pods. */
export interface Execution {
  readonly job: StoredJob;
  readonly pods: readonly RunnerPod[];
}

/** What executions of a schedule tell. */
export interface Executions {
  /** Ended ones, newest first. */
  readonly records: readonly ExecutionRecord[];
  /** Running ones, newest first. */
  readonly active: readonly (Execution & { readonly state: JobState })[];
  /** Result and failure of the one that ended last. */
  readonly last: { readonly result?: RunnerReport; readonly failure?: RunFailure } | undefined;
}

/** Digits of the Contract's hash at the end of the name of a schedule's ConfigMap. */
const hashInName = /-([0-9a-f]{8})$/;

/**
 * What executions of a schedule tell.
 *
 * @param status of the run, which knows executions whose Jobs are gone and whole hashes of Contracts
 */
export function executionsOf(executions: readonly Execution[], status: InferenceRunStatus): Executions {
  const newestFirst = executions
    .map((execution) => ({ ...execution, state: jobStateOf(execution.job.status) }))
    .toSorted((one, other) => startOf(other.job).localeCompare(startOf(one.job)));
  const ended = newestFirst.filter(({ state }) => isEnded(state));
  const [last] = ended;
  return {
    records: ended.map((execution) => recordOf(execution, status)),
    active: newestFirst.filter(({ state }) => !isEnded(state)),
    last: last === undefined ? undefined : outcomeOf(last),
  };
}

function isEnded({ state }: JobState): boolean {
  return state === 'succeeded' || state === 'failed';
}

function recordOf(
  { job, pods, state }: Execution & { readonly state: JobState },
  status: InferenceRunStatus,
): ExecutionRecord {
  const { name, uid = '' } = job.metadata;
  const [end] = endsOf(pods);
  const startTime = job.status?.startTime;
  const completionTime = 'at' in state ? state.at : undefined;
  const contractHash = hashOf(job, status);
  const known = status.history?.find((record) => record.uid === uid);
  const exitCode = state.state === 'succeeded' ? 0 : (end?.exitCode ?? known?.exitCode);
  return {
    jobName: name,
    uid,
    phase: state.state === 'succeeded' ? 'Succeeded' : 'Failed',
    ...(startTime === undefined ? {} : { startTime }),
    ...(completionTime === undefined ? {} : { completionTime }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(contractHash === undefined ? {} : { contractHash }),
  };
}

/** The Contract that an execution was given; of one that is not the present one the digits in its ConfigMap's name. */
function hashOf(job: StoredJob, { contractHash, history = [] }: InferenceRunStatus): string | undefined {
  const digits = mountedConfigMaps(job.spec).flatMap((name) => hashInName.exec(name)?.[1] ?? [])[0];
  if (digits === undefined) return undefined;
  const whole = [contractHash, ...history.map((record) => record.contractHash)];
  return whole.find((hash) => hash !== undefined && hash.startsWith(digits)) ?? digits;
}

function outcomeOf({ pods, state }: Execution & { readonly state: JobState }): Executions['last'] {
  const [end] = endsOf(pods);
  const result = end?.report === undefined ? {} : { result: end.report };
  return state.state === 'failed' ? { ...result, failure: failureOf(state, end) } : result;
}

function startOf({ metadata, status }: StoredJob): string {
  return status?.startTime ?? metadata.creationTimestamp ?? '';
}

/** Jobs of a run that its CronJob made. */
export function jobsOf(jobs: readonly StoredJob[], cronJob: StoredCronJob | undefined): readonly StoredJob[] {
  if (cronJob === undefined) return [];
  return jobs.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ kind, uid }) => kind === 'CronJob' && uid === cronJob.metadata.uid),
  );
}
