import { configMaps } from '../../definitions/kubernetes/core-resources';
import { inferenceRuns, type InferenceRun } from '../../definitions/inference/inference-run';
import type { InferenceRunStatus } from '../../definitions/inference/inference-run-status';
import { jobs, type StoredJob } from '../../definitions/kubernetes/batch-resources';
import { queueLabelPrefix, runController, runEvents } from '../../definitions/names/inference';
import type { EventRecorder } from '../runtime/events';
import { keyOf, refOf } from '../runtime/object-key';
import { adoptJob, labelled } from './adopt-upstream';
import { podsOf } from './attempt-pods';
import { decide, type Decision } from './decide';
import { deleteOne } from './finalize';
import { runGenerationIn } from './frozen-contract';
import { logTailOf } from './log-tail';
import { managementOf } from './management';
import { isFinished } from './metrics';
import { attemptOf, controllerUidOf } from './observed-objects';
import { configOf } from './plan';
import { restoreContract } from './restore-contract';
import { conditionsOf } from './run-conditions';
import type { RunPass } from './run-pass';
import { startAttempt, takeUp, type Started } from './start-attempt';
import type { WriteStatus } from './write-status';

export interface OneShotParts {
  readonly writeStatus: WriteStatus;
  readonly events: EventRecorder;
}

/**
 * One pass over a run without schedule: looks, decides, does.
 *
 * @returns milliseconds after which time alone changes something
 */
export async function reconcileOneShot(pass: RunPass, parts: OneShotParts): Promise<number | undefined> {
  const { run, context } = pass;
  const management = managementOf(run);
  const adopted = await adoptJob(pass);
  if (adopted !== undefined) {
    const { status } = await takeUp(pass, { attempt: 1, rerun: false }, adopted);
    return reconcileOneShot({ ...pass, run: await parts.writeStatus(pass, status), maybeUpstreams: false }, parts);
  }
  const attempts = run.status?.attempts ?? 0;
  const job = await currentJob(pass, attempts);
  const config = configOf(pass);
  const decision = decide({
    run,
    attempts,
    job,
    pods: job === undefined ? [] : await podsOf(pass, job),
    autoDelete: 'block' in config ? undefined : config.spec,
    notes: notesOf(run, 'block' in config ? config.block.message : undefined),
    now: context.clock.now(),
  });
  if (decision.act === 'settle') return settle(pass, parts, decision, job);
  if (!management.writes) {
    const words = `annotation management-policy is ${management.policy}: nothing is created or deleted`;
    await parts.writeStatus(pass, heldStatus(run, words, context.clock.now()));
    return undefined;
  }
  if (decision.act === 'start') return finishStart(pass, parts, await startAttempt(pass, decision));
  await deleteRun(pass, parts, decision.why);
  return undefined;
}

async function finishStart(
  pass: RunPass,
  { writeStatus }: OneShotParts,
  { status, retry }: Started,
): Promise<undefined> {
  await writeStatus(pass, status);
  if (retry !== undefined) throw retry;
}

async function settle(
  pass: RunPass,
  { writeStatus }: OneShotParts,
  { status, failedPod, finished, againInMs }: Extract<Decision, { act: 'settle' }>,
  job: StoredJob | undefined,
): Promise<number | undefined> {
  const { run } = pass;
  if (managementOf(run).writes && job !== undefined && !finished) {
    await restoreContract(pass, job.metadata.name);
    await holdBack(pass, job);
  }
  const logTail = failedPod === undefined ? undefined : await logTailOf(pass, failedPod);
  await writeStatus(pass, withTail(status, logTail));
  if (finished && managementOf(run).writes) await removeEarlier(pass);
  return againInMs;
}

function withTail(status: InferenceRunStatus, logTail: string | undefined): InferenceRunStatus {
  return status.failure === undefined || logTail === undefined
    ? status
    : { ...status, failure: { ...status.failure, logTail } };
}

/**
 * The Job of the last attempt. One that the store does not show is looked for: it may have lost its labels, and only a genuine 404 makes an
 * attempt a lost one.
 */
async function currentJob(pass: RunPass, attempts: number): Promise<StoredJob | undefined> {
  const { run, stores, client, context } = pass;
  if (attempts === 0) return undefined;
  const { uid = '', namespace = '' } = run.metadata;
  const isOurs = (job: StoredJob) => controllerUidOf(job) === uid;
  const known = stores.jobs.byRun.get(uid).find((job) => attemptOf(job) === attempts && isOurs(job));
  const name = run.status?.jobStatus?.name;
  if (known !== undefined || name === undefined || isFinished(run.status ?? {})) return known;
  const found = await client.get(jobs, { namespace, name }, { signal: context.signal });
  return found === undefined || !isOurs(found) ? undefined : labelled(pass, jobs, found, attempts);
}

/** What users are to know while an attempt goes on. */
function notesOf(run: InferenceRun, problem: string | undefined): readonly string[] {
  if (run.status === undefined || isFinished(run.status)) return [];
  return [
    ...(isEdited(run) ? ['spec changed, applies to the next attempt'] : []),
    ...(problem === undefined ? [] : [`${problem}; the attempt goes on with its Contract`]),
  ];
}

/** Whether the run was edited since its attempt began. */
function isEdited({ metadata: { generation = 1 }, status }: InferenceRun): boolean {
  // Most runs never are, and their Contracts need not be read.
  if (generation === 1) return false;
  const of = runGenerationIn(status?.contract);
  return of !== undefined && of !== generation;
}

/** Makes a Job wait or go on as the run says. A queue suspends Jobs by itself: where one is in charge, it is left to. */
async function holdBack({ run, client, context, stores }: RunPass, job: StoredJob): Promise<void> {
  const wanted = run.spec?.suspend === true;
  const isHeld = job.spec?.suspend === true;
  const isQueued = Object.keys(job.metadata.labels ?? {}).some((name) => name.startsWith(queueLabelPrefix));
  if (wanted === isHeld || (isQueued && !wanted)) return;
  const patch = { metadata: { uid: job.metadata.uid }, spec: { suspend: wanted } };
  const options = { fieldManager: runController, signal: context.signal };
  context.wrote(stores.jobs.store, await client.mergePatch(jobs, refOf(keyOf(job)), patch, options));
}

/** Jobs of earlier attempts have served when the run is finished. */
async function removeEarlier(pass: RunPass): Promise<void> {
  const { run, stores } = pass;
  const { uid = '' } = run.metadata;
  const last = run.status?.attempts ?? 0;
  const isEarlier = (attempt: number | undefined) => attempt !== undefined && attempt < last;
  for (const job of stores.jobs.byRun.get(uid).filter((one) => isEarlier(attemptOf(one)))) {
    await deleteOne(pass, jobs, job);
  }
  for (const configMap of stores.configMaps.byRun.get(uid).filter((one) => isEarlier(attemptOf(one)))) {
    await deleteOne(pass, configMaps, configMap);
  }
}

/** Deletes a finished run whose config wants that; another run of its name, or one that was changed meanwhile, stays. */
async function deleteRun(
  { run, client, context, stores }: RunPass,
  { events }: OneShotParts,
  why: string,
): Promise<void> {
  const { uid, resourceVersion } = run.metadata;
  await client.delete(inferenceRuns, refOf(keyOf(run)), {
    uid,
    resourceVersion,
    propagationPolicy: 'Background',
    signal: context.signal,
  });
  context.deleted(stores.runs, run);
  context.log.info({ why }, 'finished run deleted');
  events.record(run, { type: 'Normal', reason: runEvents.autoDeleted, note: `The run is deleted: ${why}.` });
}

/** Status of a run for which nothing may be done. */
function heldStatus(run: InferenceRun, message: string, now: number): InferenceRunStatus {
  const { status = {} } = run;
  const phase = status.phase ?? 'Pending';
  if (isFinished(status)) return status;
  return { ...status, phase, conditions: conditionsOf(status.conditions, { phase, message }, now) };
}
