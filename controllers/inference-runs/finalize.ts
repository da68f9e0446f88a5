import { apiVersionOf, type ApiResource, type KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { cronJobs, jobs } from '../../definitions/kubernetes/batch-resources';
import { configMaps } from '../../definitions/kubernetes/core-resources';
import { inferenceRuns } from '../../definitions/inference/inference-run';
import { runFinalizer } from '../../definitions/names/inference';
import { ApiError } from '../runtime/api-error';
import { hasFinalizer, withoutFinalizer } from '../runtime/finalizers';
import { keyOf, refOf } from '../runtime/object-key';
import { unlabelledOf } from './adopt-upstream';
import { managementOf } from './management';
import { conditionsOf } from './run-conditions';
import type { RunPass } from './run-pass';
import type { WriteStatus } from './write-status';

/** Milliseconds that the pods of a deleted run have to end, before the run goes without waiting for them. */
const podsEndMs = 20_000;

/**
 * Lets a deleted run go: its Jobs, CronJob and ConfigMaps first, then, when its pods have ended or had their time, the finalizer.
 *
 * @returns milliseconds after which to look again; undefined: the run is gone
 */
export async function finalize(pass: RunPass, writeStatus: WriteStatus): Promise<number | undefined> {
  const { run, stores, context } = pass;
  if (!hasFinalizer(run, runFinalizer)) return undefined;
  if (!managementOf(run).deletes) {
    await release(pass);
    await dropFinalizer(pass);
    return undefined;
  }
  await deleteMade(pass);
  const pods = stores.pods.byRun.get(run.metadata.uid ?? '');
  const now = context.clock.now();
  const until = Date.parse(run.metadata.deletionTimestamp ?? '') + podsEndMs;
  if (pods.length === 0 || now >= until) {
    await dropFinalizer(pass);
    return undefined;
  }
  const { status = {} } = run;
  const conditions = conditionsOf(status.conditions, { phase: 'Deleting' }, now);
  await writeStatus(pass, { ...status, phase: 'Deleting', conditions });
  return Math.max(until - now, 1000);
}

/** CronJob first: it must not make another Job. Dependents go in the background; the policy has to be said, Jobs orphan their pods by default. */
async function deleteMade(pass: RunPass): Promise<void> {
  const { run, stores } = pass;
  const uid = run.metadata.uid ?? '';
  const unlabelled = await unlabelledOf(pass);
  for (const cronJob of distinct(stores.cronJobs.byRun.get(uid), unlabelled.cronJob)) {
    await deleteOne(pass, cronJobs, cronJob);
  }
  for (const job of distinct(stores.jobs.byRun.get(uid), unlabelled.job)) await deleteOne(pass, jobs, job);
  for (const configMap of stores.configMaps.byRun.get(uid)) await deleteOne(pass, configMaps, configMap);
}

function distinct<T extends KubernetesObject>(known: readonly T[], found: T | undefined): readonly T[] {
  if (found === undefined || known.some(({ metadata }) => metadata.uid === found.metadata.uid)) return known;
  return [...known, found];
}

/** Deletes an object of the run with what depends on it; another object of its name stays. */
export async function deleteOne(
  { client, context }: Pick<RunPass, 'client' | 'context'>,
  resource: ApiResource,
  { metadata }: KubernetesObject,
): Promise<void> {
  if (metadata.deletionTimestamp !== undefined) return;
  try {
    await client.delete(resource, refOf(keyOf({ metadata })), {
      uid: metadata.uid,
      propagationPolicy: 'Background',
      signal: context.signal,
    });
  } catch (error) {
    // The uid is another one: ours is gone.
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}

/** Takes the run out of the owners of what was made for it, or the garbage collector would delete what is to stay. */
async function release(pass: RunPass): Promise<void> {
  const { run, stores } = pass;
  const uid = run.metadata.uid ?? '';
  const unlabelled = await unlabelledOf(pass);
  for (const each of distinct(stores.cronJobs.byRun.get(uid), unlabelled.cronJob)) await disown(pass, cronJobs, each);
  for (const each of distinct(stores.jobs.byRun.get(uid), unlabelled.job)) await disown(pass, jobs, each);
  for (const each of stores.configMaps.byRun.get(uid)) await disown(pass, configMaps, each);
}

async function disown<T extends KubernetesObject>(
  { run, client, context }: RunPass,
  resource: ApiResource<T>,
  object: T,
): Promise<void> {
  const references = object.metadata.ownerReferences ?? [];
  const ownerReferences = references.filter(({ uid }) => uid !== run.metadata.uid);
  if (ownerReferences.length === references.length) return;
  const { resourceVersion } = object.metadata;
  const patch = { metadata: { ownerReferences } };
  await client.mergePatch<T>(resource, refOf(keyOf(object)), patch, { resourceVersion, signal: context.signal });
  context.log.info({ object: `${apiVersionOf(resource)} ${resource.kind} ${object.metadata.name}` }, 'orphaned');
}

async function dropFinalizer({ run, client, context, stores }: RunPass): Promise<void> {
  await client.mergePatch(inferenceRuns, refOf(keyOf(run)), withoutFinalizer(run, runFinalizer), {
    signal: context.signal,
  });
  context.deleted(stores.runs, run);
  context.log.info('run let go');
}
