import type { StoredJob } from '../../definitions/kubernetes/batch-resources';
import { pods as podResource } from '../../definitions/kubernetes/core-resources';
import { endsOf } from './attempt-evidence';
import { jobStateOf } from './job-state';
import { controllerUidOf, type RunnerPod } from './observed-objects';
import type { RunPass } from './run-pass';

/** Label by which the Job controller marks pods, ours or not. */
const jobNameLabel = 'batch.kubernetes.io/job-name';

/**
 * Pods of a Job. The watch of pods can be behind that of Jobs, and upstream's pods have no label that it selects: where a Job has ended
 * and none of its pods shows how, they are asked for once.
 */
export async function podsOf({ run, stores, client, context }: RunPass, job: StoredJob): Promise<readonly RunnerPod[]> {
  const isOfJob = (pod: RunnerPod) => controllerUidOf(pod) === job.metadata.uid;
  const known = stores.pods.byRun.get(run.metadata.uid ?? '').filter(isOfJob);
  const { state } = jobStateOf(job.status);
  if ((state !== 'succeeded' && state !== 'failed') || !hadPods(job) || endsOf(known).length > 0) return known;
  const labelSelector = `${jobNameLabel}=${job.metadata.name}`;
  const { namespace } = job.metadata;
  const { items } = await client.list(podResource, { namespace, labelSelector, signal: context.signal });
  return items.filter(isOfJob);
}

/** The Job controller says that a Job has ended before it counts the last pods: those have only been noted then. */
function hadPods({ status = {} }: StoredJob): boolean {
  const { succeeded = 0, failed = 0, uncountedTerminatedPods: noted = {} } = status;
  return succeeded + failed + (noted.succeeded ?? []).length + (noted.failed ?? []).length > 0;
}
