import type { InferenceConfig } from '../../definitions/inference/inference-config';
import type { InferenceRunStatus } from '../../definitions/inference/inference-run-status';
import { jobs, type StoredJob } from '../../definitions/kubernetes/batch-resources';
import {
  blockReasons,
  contractMaxBytes,
  failureReasons,
  runController,
  runLabels,
} from '../../definitions/names/inference';
import { ApiError } from '../runtime/api-error';
import { ChildNotOurs } from '../runtime/child-ownership';
import type { ObjectToSend } from '../runtime/client';
import { keyOf, refOf } from '../runtime/object-key';
import { contractConfigMap } from './contract-config-map';
import { buildContract } from './contract';
import { contractText } from './contract-text';
import { ensureContract } from './ensure-contract';
import { failedStanding } from './decide';
import { frozen, readContract } from './frozen-contract';
import { runnerJob } from './job';
import { attemptJobName } from './job-name';
import { attemptOf, controllerUidOf } from './observed-objects';
import { planOf } from './plan';
import { rerunOf } from './rerun';
import { conditionsOf } from './run-conditions';
import type { RunPass } from './run-pass';
import { blockedStatus, startedStatus, timeText, type Block } from './run-status';

/** What became of a start. */
export interface Started {
  readonly status: InferenceRunStatus;
  /** What to fail the pass with once the status is written: the start is tried again after a while. */
  readonly retry?: Error;
}

export interface Start {
  readonly attempt: number;
  readonly rerun: boolean;
}

/**
 * Begins an attempt: ConfigMap with the Contract, then the Job, then the status.
 *
 * Guarantee: one Job for each attempt, wherever a process was killed in between: names are computed, and what an earlier pass made is
 * taken up with the Contract it was made with.
 *
 * @throws ApiError for what has nothing to do with the run
 */
export async function startAttempt(pass: RunPass, start: Start): Promise<Started> {
  const { run, stores, context } = pass;
  const made = stores.jobs.byRun.get(run.metadata.uid ?? '').find((job) => attemptOf(job) === start.attempt);
  if (made !== undefined && controllerUidOf(made) === run.metadata.uid) return takeUp(pass, start, made);
  const planned = await planOf(pass);
  const now = context.clock.now();
  if ('block' in planned) return { status: blockedStatus(run, planned.block, now) };
  const { config } = planned.plan;
  const rerun = start.rerun || start.attempt === 1 ? rerunOf(run) : run.status?.observedRerun;
  const contract = buildContract({ run, ...planned.plan, attempt: start.attempt, rerun });
  const text = contractText(contract);
  const tooLarge = tooLargeContract(text);
  if (tooLarge !== undefined) return { status: blockedStatus(run, tooLarge, now) };
  try {
    const name = attemptJobName(run, start.attempt);
    await ensureContract(pass, contractConfigMap({ run, config, contract, name }));
    const job = await createJob(pass, desiredJob(pass, config, start.attempt));
    context.log.info({ job: job.metadata.name, attempt: start.attempt }, 'job created');
    return { status: startedStatus(run, { ...start, job: job.metadata, ...frozen(contract, text) }, now) };
  } catch (error) {
    return refused(pass, error);
  }
}

/** A Contract that no ConfigMap holds. */
export function tooLargeContract(text: string): Block | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes <= contractMaxBytes) return undefined;
  const message = `the Contract has ${bytes} bytes, at most ${contractMaxBytes} are allowed: move data out of config and parameters`;
  return { reason: blockReasons.contractTooLarge, message };
}

/** Status of an attempt whose Job an earlier pass has made, or upstream: one whose status it could not write. */
export async function takeUp(pass: RunPass, start: Start, job: StoredJob): Promise<Started> {
  const { run, client, context } = pass;
  const found = await readContract(client, refOf(keyOf(job)), context.signal);
  const { contract = '', contractHash, configGeneration } = found ?? {};
  const started = { ...start, job: job.metadata, contract, contractHash, configGeneration };
  return { status: startedStatus(run, started, context.clock.now()) };
}

function desiredJob({ run, settings }: RunPass, config: InferenceConfig, attempt: number): ObjectToSend<StoredJob> {
  const contractConfigMapName = attemptJobName(run, attempt);
  return runnerJob({ run, config, contractConfigMapName, attempt, defaults: runnerDefaults(settings) });
}

/** What runners get where their config says nothing. */
export function runnerDefaults({ runnerServiceAccount, runnerImage = '' }: RunPass['settings']) {
  return { runnerImage, ...(runnerServiceAccount === undefined ? {} : { serviceAccountName: runnerServiceAccount }) };
}

async function createJob(pass: RunPass, desired: ObjectToSend<StoredJob>): Promise<StoredJob> {
  const { client, run, stores, context } = pass;
  const { signal } = context;
  try {
    const job = await client.create(jobs, desired, { fieldManager: runController, signal });
    context.wrote(stores.jobs.store, job);
    return job;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    const live = await client.get(jobs, refOf(keyOf(desired)), { signal });
    // Gone meanwhile, or the conflict was about something else: the next pass will tell.
    if (live === undefined) throw error;
    if (controllerUidOf(live) !== run.metadata.uid) throw new ChildNotOurs(`jobs/${keyOf(live)}`, live);
    if (live.metadata.labels?.[runLabels.managedBy] === runController) context.wrote(stores.jobs.store, live);
    return live;
  }
}

/** What the API server's refusal means for the run. */
function refused({ run, context }: RunPass, error: unknown): Started {
  const now = context.clock.now();
  if (error instanceof ChildNotOurs) return { status: conflictStatus({ run }, error, now) };
  if (!(error instanceof ApiError) || (error.status !== 403 && error.status !== 422)) throw error;
  const block = { reason: blockReasons.jobRefused, message: error.message };
  // A quota can be raised, and room be made in it, without anything that is watched; an invalid Job stays so until somebody edits.
  return { status: blockedStatus(run, block, now), ...(error.status === 403 ? { retry: error } : {}) };
}

/** Status of a run whose name is taken: it failed, and nothing of the other object was touched. */
export function conflictStatus({ run }: Pick<RunPass, 'run'>, conflict: ChildNotOurs, now: number): InferenceRunStatus {
  const { status = {}, metadata } = run;
  const failure = { reason: failureReasons.nameConflict, message: conflict.message };
  return {
    ...status,
    phase: 'Failed',
    conditions: conditionsOf(status.conditions, failedStanding(failure), now),
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
    completionTime: timeText(now),
    failure,
  };
}
