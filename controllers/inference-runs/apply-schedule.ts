import type { StoredCronJob } from '../../definitions/kubernetes/batch-resources';
import { cronJobs } from '../../definitions/kubernetes/batch-resources';
import { configMaps } from '../../definitions/kubernetes/core-resources';
import { blockReasons, runEvents, scheduledAttempt } from '../../definitions/names/inference';
import { ensureChild } from '../runtime/apply-child';
import { ApiError } from '../runtime/api-error';
import type { EventRecorder } from '../runtime/events';
import { refOf } from '../runtime/object-key';
import { contractConfigMap, contractConfigMapName } from './contract-config-map';
import { buildContract } from './contract';
import { contractText } from './contract-text';
import { runnerCronJob } from './cron-job';
import { ensureContract } from './ensure-contract';
import { deleteOne } from './finalize';
import { frozen, type FrozenContract } from './frozen-contract';
import { runCronJobName } from './job-name';
import { controllerUidOf, mountedConfigMaps } from './observed-objects';
import { planOf, type Plan } from './plan';
import { ownerOf, runWriter, type RunPass } from './run-pass';
import type { Block } from './run-status';
import { parseSchedule } from './schedule';
import { runnerDefaults, tooLargeContract } from './start-attempt';

/**
 * Milliseconds that the ConfigMap of a former Contract is kept: the CronJob controller may just be making a Job of the template that names
 * it.
 */
const formerContractMs = 15_000;

/** What the CronJob of a run was made to be, or why it was not. */
export type AppliedSchedule =
  | { readonly cronJob: StoredCronJob | undefined; readonly contract: FrozenContract; readonly configMap: string }
  | {
      readonly block: Block;
      /** What to fail the pass with once the status is written: it is tried again after a while. */
      readonly retry?: Error;
    };

/**
 * Makes ConfigMap and CronJob as run and config want them: whatever differs is put right. Executions that run are not touched, they have
 * ConfigMaps of their own Contracts.
 *
 * @throws ChildNotOurs when a name is taken by an object of somebody else
 */
export async function applySchedule(pass: RunPass, events: EventRecorder): Promise<AppliedSchedule> {
  const { run } = pass;
  const { schedule = '', timeZone } = run.spec ?? {};
  const parsed = parseSchedule(schedule, timeZone);
  if ('problem' in parsed) return { block: { reason: blockReasons.invalidSchedule, message: parsed.problem } };
  const planned = await planOf(pass);
  if ('block' in planned) return planned;
  try {
    return await applyPlan(pass, planned.plan, events);
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 403 && error.status !== 422)) throw error;
    const block = { reason: blockReasons.jobRefused, message: error.message };
    return error.status === 403 ? { block, retry: error } : { block };
  }
}

async function applyPlan(pass: RunPass, plan: Plan, events: EventRecorder): Promise<AppliedSchedule> {
  const { run, client, stores, settings, context } = pass;
  const { config } = plan;
  const contract = buildContract({ run, ...plan, attempt: scheduledAttempt });
  const text = contractText(contract);
  const tooLarge = tooLargeContract(text);
  if (tooLarge !== undefined) return { block: tooLarge };
  const name = contractConfigMapName(run, contract, scheduledAttempt);
  await ensureContract(pass, contractConfigMap({ run, config, contract, name }));
  const { store } = stores.cronJobs;
  const key = `${run.metadata.namespace ?? ''}/${runCronJobName(run)}`;
  const outcome = await ensureChild<StoredCronJob>({
    ...runWriter,
    client,
    resource: cronJobs,
    store,
    owner: ownerOf(run),
    context,
    desired: runnerCronJob({ run, config, contractConfigMapName: name, defaults: runnerDefaults(settings) }),
    live: store.get(key),
  });
  const cronJob =
    outcome === 'unchanged' ? store.get(key) : await client.get(cronJobs, refOf(key), { signal: context.signal });
  if (outcome === 'created') {
    const note = `CronJob ${refOf(key).name} executes the run: ${run.spec?.schedule ?? ''}.`;
    events.record(run, { type: 'Normal', reason: runEvents.cronJobCreated, note });
  } else if (outcome === 'applied') {
    const note = `CronJob ${refOf(key).name} was brought up to date; executions that run are as they were.`;
    events.record(run, { type: 'Normal', reason: runEvents.cronJobUpdated, note });
  }
  if (outcome !== 'unchanged') context.log.info({ cronJob: refOf(key).name, outcome }, 'cron job written');
  return { cronJob, contract: frozen(contract, text), configMap: name };
}

/** The CronJob of a run, as last seen. */
export function liveCronJob({ run, stores }: RunPass): StoredCronJob | undefined {
  const { uid = '' } = run.metadata;
  return stores.cronJobs.byRun.get(uid).find((cronJob) => controllerUidOf(cronJob) === uid);
}

/**
 * Deletes ConfigMaps of former Contracts that no Job mounts any more.
 *
 * @param current name of the ConfigMap that the CronJob mounts now
 * @returns milliseconds until the others may go
 */
export async function removeFormer(pass: RunPass, current: string): Promise<number | undefined> {
  const { run, stores, context } = pass;
  const { uid = '' } = run.metadata;
  const all = stores.configMaps.byRun.get(uid).filter((configMap) => controllerUidOf(configMap) === uid);
  const mounted = new Set(stores.jobs.byRun.get(uid).flatMap(({ spec }) => mountedConfigMaps(spec)));
  const former = all.filter(({ metadata: { name } }) => name !== current && !mounted.has(name));
  if (former.length === 0) return undefined;
  const since = all.find(({ metadata }) => metadata.name === current)?.metadata.creationTimestamp;
  const left = since === undefined ? formerContractMs : Date.parse(since) + formerContractMs - context.clock.now();
  if (left > 0) return left;
  for (const configMap of former) await deleteOne(pass, configMaps, configMap);
  return undefined;
}
