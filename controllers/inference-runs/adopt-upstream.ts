import type { ApiResource, KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { cronJobs, jobs, type StoredCronJob, type StoredJob } from '../../definitions/kubernetes/batch-resources';
import { configMaps } from '../../definitions/kubernetes/core-resources';
import { runController, runLabels } from '../../definitions/names/inference';
import { keyOf, refOf } from '../runtime/object-key';
import { attemptJobName, runCronJobName } from './job-name';
import { controllerUidOf } from './observed-objects';
import { objectLabels } from './run-labels';
import type { RunPass } from './run-pass';

/** Job or CronJob of a run by the computed name: upstream's carry no labels, so that no watch shows them. */
export async function unlabelledOf(
  pass: RunPass,
): Promise<{ readonly job?: StoredJob | undefined; readonly cronJob?: StoredCronJob | undefined }> {
  if (!pass.maybeUpstreams) return {};
  const { run, client, context } = pass;
  const { uid, namespace = '' } = run.metadata;
  const owned = async <T extends KubernetesObject>(resource: ApiResource<T>, name: string): Promise<T | undefined> => {
    const live = await client.get(resource, { namespace, name }, { signal: context.signal });
    return live !== undefined && controllerUidOf(live) === uid ? live : undefined;
  };
  return run.spec?.schedule === undefined
    ? { job: await owned(jobs, attemptJobName(run, 1)) }
    : { cronJob: await owned(cronJobs, runCronJobName(run)) };
}

/**
 * Takes over the Job that upstream's controller made for a run, with its ConfigMap: both get the labels by which they are seen from then
 * on. A CronJob needs no more than to be applied.
 *
 * @returns the Job; undefined when there is none of the run's
 */
export async function adoptJob(pass: RunPass): Promise<StoredJob | undefined> {
  const { job } = await unlabelledOf(pass);
  if (job === undefined) return undefined;
  const { run, client, context, stores } = pass;
  const ref = refOf(keyOf(job));
  const configMap = await client.get(configMaps, ref, { signal: context.signal });
  if (configMap !== undefined && controllerUidOf(configMap) === run.metadata.uid) {
    await labelled(pass, configMaps, configMap);
  }
  const adopted = await labelled(pass, jobs, job);
  context.wrote(stores.jobs.store, adopted);
  context.log.info({ job: ref.name }, 'job without our labels adopted');
  return adopted;
}

/** An object of the run with the labels of its first attempt. */
export async function labelled<T extends KubernetesObject>(
  { run, client, context }: RunPass,
  resource: ApiResource<T>,
  object: T,
  attempt = 1,
): Promise<T> {
  if (object.metadata.labels?.[runLabels.managedBy] === runController) return object;
  const config = { metadata: { name: run.spec?.configRef.name ?? '' } };
  const patch = { metadata: { uid: object.metadata.uid, labels: objectLabels(run, config, attempt) } };
  return client.mergePatch<T>(resource, refOf(keyOf(object)), patch, {
    fieldManager: runController,
    signal: context.signal,
  });
}
