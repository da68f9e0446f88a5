import type { InferenceRun } from '../../definitions/inference/inference-run';
import type { ExecutionRecord, InferenceRunStatus, RunFailure } from '../../definitions/inference/inference-run-status';
import type { StoredCronJob } from '../../definitions/kubernetes/batch-resources';
import { blockReasons, failureReasons, runReasons, type RunPhase } from '../../definitions/names/inference';
import { countsOf, liveMessage } from './decide';
import { executionsOf, type Execution, type Executions } from './executions';
import type { FrozenContract } from './frozen-contract';
import type { JobState } from './job-state';
import { nextTime } from './next-time';
import { conditionsOf, type Standing } from './run-conditions';
import { withRecords } from './run-history';
import { cronJobReference, timeText, type Block } from './run-status';
import { parseSchedule } from './schedule';

/** What is known of a scheduled run whose CronJob is there. */
export interface ScheduledFacts {
  readonly run: InferenceRun;
  readonly cronJob: StoredCronJob;
  readonly executions: readonly Execution[];
  /** Contract of the next execution; absent when it can't be made now: then executions keep the one before. */
  readonly contract: FrozenContract | undefined;
  /** Why it can't be made. */
  readonly block: Block | undefined;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number;
}

/** Status of a scheduled run. A failed execution changes nothing but the history and what `Succeeded` says. */
export function scheduledStatus({
  run,
  cronJob,
  executions,
  contract,
  block,
  now,
}: ScheduledFacts): InferenceRunStatus {
  const { status = {}, metadata } = run;
  const seen = executionsOf(executions, status);
  const history = withRecords(status.history ?? [], seen.records);
  const [current] = seen.active;
  const phase = phaseOf(run, current?.state);
  const standing: Standing = {
    phase,
    message: current === undefined ? undefined : liveMessage(phase, current.pods),
    ...(block === undefined ? {} : { synced: outdated(block) }),
    ...(phase === 'Scheduled' ? lastResult(history, seen.last?.failure ?? status.failure) : {}),
  };
  const counts = countsOf(current?.job.status);
  const { completionTime: _1, counts: _2, failure, result, ...kept } = status;
  return {
    ...kept,
    phase,
    conditions: conditionsOf(status.conditions, standing, now),
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
    ...(contract === undefined ? {} : recorded(contract)),
    jobStatus: cronJobReference(cronJob.metadata),
    ...(counts === undefined ? {} : { counts }),
    ...startOf(status, history),
    ...(seen.last ?? { ...(failure === undefined ? {} : { failure }), ...(result === undefined ? {} : { result }) }),
    schedule: scheduleOf(run, cronJob, seen, now),
    ...(history.length === 0 ? {} : { history }),
  };
}

const phaseOfState: Readonly<Record<JobState['state'], RunPhase>> = {
  pending: 'Pending',
  starting: 'Pending',
  running: 'Running',
  retrying: 'Retrying',
  suspended: 'Suspended',
  succeeded: 'Scheduled',
  failed: 'Scheduled',
};

function phaseOf({ spec }: InferenceRun, state: JobState | undefined): RunPhase {
  if (state !== undefined) return phaseOfState[state.state];
  return spec?.suspend === true ? 'Suspended' : 'Scheduled';
}

function recorded({ contract, contractHash, configGeneration }: FrozenContract): Partial<InferenceRunStatus> {
  return {
    contract,
    ...(contractHash === undefined ? {} : { contractHash }),
    ...(configGeneration === undefined ? {} : { configGeneration }),
  };
}

/** Executions go on as they were: what users changed since is not in them. */
function outdated({ reason, message }: Block) {
  const text = `${reason}: ${message}; executions keep their former Contract`;
  return {
    status: 'False',
    reason: reason === blockReasons.invalidSchedule ? reason : runReasons.reconcileError,
    message: text,
  } as const;
}

function lastResult([last]: readonly ExecutionRecord[], failure: RunFailure | undefined): Pick<Standing, 'succeeded'> {
  if (last === undefined) return {};
  if (last.phase === 'Succeeded') return { succeeded: { status: 'True', reason: runReasons.jobComplete } };
  const { reason = failureReasons.runnerError, message } = failure ?? {};
  const words = message === undefined ? 'it failed' : message;
  return { succeeded: { status: 'False', reason, message: `execution ${last.jobName}: ${words}` } };
}

function startOf(
  { startTime }: InferenceRunStatus,
  history: readonly ExecutionRecord[],
): { readonly startTime?: string } {
  const first = startTime ?? history.at(-1)?.startTime;
  return first === undefined ? {} : { startTime: first };
}

function scheduleOf(run: InferenceRun, { metadata, status }: StoredCronJob, { active }: Executions, now: number) {
  const next = nextExecution(run, status?.lastScheduleTime ?? metadata.creationTimestamp, now);
  return {
    ...(status?.lastScheduleTime === undefined ? {} : { lastScheduleTime: status.lastScheduleTime }),
    ...(status?.lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime: status.lastSuccessfulTime }),
    ...(next === undefined ? {} : { nextScheduleTime: timeText(next.getTime()) }),
    ...(active.length === 0 ? {} : { active: active.map(({ job }) => job.metadata.name) }),
  };
}

/** @param before the execution before, or the creation of the CronJob */
function nextExecution({ spec }: InferenceRun, before: string | undefined, now: number): Date | undefined {
  if (spec?.schedule === undefined || spec.suspend === true) return undefined;
  const parsed = parseSchedule(spec.schedule, spec.timeZone);
  if ('problem' in parsed) return undefined;
  // Of a calendar the next time counts, whatever was missed; a fixed distance counts from the execution before.
  const isCalendar = parsed.schedule.kind === 'calendar';
  return nextTime(parsed.schedule, new Date(isCalendar || before === undefined ? now : Date.parse(before)));
}
