import { isDeepStrictEqual } from 'node:util';
import type { Effect } from '../../../../charts-src/diff/effect';
import type { Manifest } from '../../../../charts-src/kubernetes/manifest';
import type { TestCluster } from '../../../cluster/test-cluster';
import type { UnstructuredObject } from '../../../cluster/unstructured-object';
import { waitFor } from '../../../cluster/wait-for';
import { type Pod, runsPods, settledPods } from './pods';
import type { Row } from './row';

/** Applies as Argo CD and Flux do. */
const gitops = { fieldManager: 'gitops', force: true };

/** Answers by which the API server refuses an update: invalid, and forbidden by an admission plugin. */
const refusals = [422, 403];

/**
 * What a change really does: both forms are applied to a cluster, one after the other, and its objects and pods
 * are looked at. A refused update is tried again as Argo CD and Flux do with an object that they are told to create anew.
 */
export async function observedEffect(cluster: TestCluster, { before, after }: Row): Promise<Effect> {
  await cluster.apply(before, gitops);
  const pods = await podsOnceReady(cluster, before);
  if (before.kind === 'PersistentVolumeClaim') await bound(cluster, before);
  const old = await cluster.get(before);
  try {
    await cluster.apply(after, gitops);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return mayBeCreatedAnew(after) ? createdAnew(cluster, old, after) : 'forbidden';
  }
  const now = await cluster.get(after);
  if (isDeepStrictEqual(content(old), content(now))) return 'none';
  return runsPods(after) ? podEffect(pods, await settledPods(cluster, after, false)) : 'in place';
}

/** A suspended Job has no pods to wait for. */
async function podsOnceReady(cluster: TestCluster, workload: Manifest): Promise<Pod[]> {
  return runsPods(workload) ? settledPods(cluster, workload, workload.kind !== 'Job') : [];
}

function podEffect(before: readonly Pod[], after: readonly Pod[]): Effect {
  const revisions = new Set(before.map(({ revision }) => revision));
  const kept = after.filter(({ uid }) => before.some((pod) => pod.uid === uid));
  const isNew = after.some(({ revision }) => !revisions.has(revision));
  if (before.length > 0 && kept.length === 0) return 'recreate';
  return isNew ? 'rolling restart' : 'in place';
}

async function bound(cluster: TestCluster, claim: Manifest): Promise<void> {
  await waitFor(`the claim ${claim.metadata.name} to be bound`, async () => {
    expect(await cluster.get(claim)).toMatchObject({ status: { phase: 'Bound' } });
    return true;
  });
}

function mayBeCreatedAnew({ metadata: { annotations = {} } }: Manifest): boolean {
  return (
    annotations['argocd.argoproj.io/hook'] !== undefined &&
    annotations['kustomize.toolkit.fluxcd.io/force'] !== undefined
  );
}

async function createdAnew(cluster: TestCluster, old: UnstructuredObject, after: Manifest): Promise<Effect> {
  await cluster.remove(after);
  await waitFor(
    `${after.kind} ${after.metadata.name} to be gone`,
    async () => (await cluster.find(after)) === undefined,
  );
  const created = await cluster.apply(after, gitops);
  return created.metadata.uid === old.metadata.uid ? 'in place' : 'recreate';
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'status' in error && refusals.some((status) => status === error.status);
}

/** What of an object its author decides. */
function content({ metadata, status: _, ...rest }: UnstructuredObject) {
  const { labels = {}, annotations = {} } = metadata;
  const own = Object.entries(annotations).filter(([name]) => !/^(deployment|deprecated\.daemonset|pv)\./.test(name));
  return { ...rest, labels, annotations: Object.fromEntries(own) };
}
