import type { InferenceRun } from '../../definitions/inference/inference-run';
import type { InferenceRunStatus } from '../../definitions/inference/inference-run-status';
import { apiVersionOf } from '../../definitions/kubernetes/api-resource';
import { cronJobs, jobs } from '../../definitions/kubernetes/batch-resources';
import type { BlockReason } from '../../definitions/names/inference';
import { blockReasons, runReasons } from '../../definitions/names/inference';
import { rerunOf } from './rerun';
import { conditionsOf } from './run-conditions';

interface Named {
  readonly name: string;
  readonly uid?: string;
  readonly namespace?: string;
}

const referenceTo = (resource: { group: string; version: string; kind: string }, { name, uid, namespace }: Named) => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
  ...(uid === undefined ? {} : { uid }),
});

/** `status.jobStatus` for a Job, with the kind that upstream leaves out. */
export const attemptJobReference = (job: Named) => referenceTo(jobs, job);
/** `status.jobStatus` for a CronJob. */
export const cronJobReference = (cronJob: Named) => referenceTo(cronJobs, cronJob);

/** A time as Kubernetes writes it, from milliseconds since the epoch. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A status without what only the end of an attempt can say. */
export function withoutOutcome(status: InferenceRunStatus): InferenceRunStatus {
  const { completionTime: _1, result: _2, failure: _3, counts: _4, ...rest } = status;
  return rest;
}

/** What a new attempt starts from. */
export interface StartedAttempt {
  readonly attempt: number;
  readonly rerun: boolean;
  readonly job: Named;
  /** Base64 of the Contract. */
  readonly contract: string;
  readonly contractHash: string | undefined;
  readonly configGeneration: number | undefined;
}

/** Status of a run whose attempt has just got its Job. */
export function startedStatus(run: InferenceRun, started: StartedAttempt, now: number): InferenceRunStatus {
  const { status = {}, metadata } = run;
  const { attempt, rerun, job, contract, contractHash, configGeneration } = started;
  // An annotation that was there from the start asks for nothing; one that comes while an attempt runs asks for the next.
  const observed = rerun || attempt === 1 ? rerunOf(run) : status.observedRerun;
  return {
    ...withoutOutcome(status),
    phase: 'Pending',
    conditions: conditionsOf(status.conditions, { phase: 'Pending' }, now),
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
    contract,
    ...(contractHash === undefined ? {} : { contractHash }),
    ...(configGeneration === undefined ? {} : { configGeneration }),
    attempts: attempt,
    ...(observed === undefined ? {} : { observedRerun: observed }),
    startTime: rerun || status.startTime === undefined ? timeText(now) : status.startTime,
    jobStatus: attemptJobReference(job),
  };
}

/** Why a run can't be started now. */
export interface Block {
  readonly reason: BlockReason;
  readonly message: string;
}

/** Status of a run that can't be started. What attempts before have left stays. */
export function blockedStatus(run: InferenceRun, { reason, message }: Block, now: number): InferenceRunStatus {
  const { status = {}, metadata } = run;
  const text = `${reason}: ${message}`;
  const synced = {
    status: 'False',
    reason: reason === blockReasons.invalidSchedule ? reason : runReasons.reconcileError,
    message: text,
  } as const;
  return {
    ...status,
    phase: 'Blocked',
    conditions: conditionsOf(status.conditions, { phase: 'Blocked', message: text, synced }, now),
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
    failure: { reason, message },
  };
}
