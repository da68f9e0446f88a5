import * as z from 'zod';
import type { Manifest } from '../../../../charts-src/kubernetes/manifest';
import type { TestCluster } from '../../../cluster/test-cluster';
import { waitFor } from '../../../cluster/wait-for';

/** A pod, and the revision of the template it was made from. */
export interface Pod {
  readonly uid: string;
  readonly revision: string;
}

const workloadSchema = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({ replicas: z.number().default(nodes().length), suspend: z.boolean().default(false) }),
  status: z.object({ observedGeneration: z.number().optional(), active: z.number().default(0) }),
});
const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()),
  }),
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
});
const revisionLabels = ['pod-template-hash', 'controller-revision-hash', 'job-name'];

/** Nodes for the pods of DaemonSets. Nothing runs on them. */
export function nodes(): string[] {
  return ['diff-node-a', 'diff-node-b'];
}

/** Whether a kind has a controller that makes pods at once. */
export function runsPods({ kind }: Manifest): boolean {
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind);
}

/**
 * The pods of a workload once its controller has done what it can. `ready` plays the kubelet and has all of them ready
 * in the end; without, new pods never are, so that a rollout stops at its first step.
 */
export async function settledPods(cluster: TestCluster, workload: Manifest, ready: boolean): Promise<Pod[]> {
  return waitFor(`the pods of ${workload.kind} ${workload.metadata.name}`, async () => {
    const { metadata, spec, status } = workloadSchema.parse(await cluster.get(workload));
    const pods = await podsOf(cluster, workload);
    if (ready) await Promise.all(pods.filter((pod) => !isReady(pod)).map((pod) => makeReady(cluster, workload, pod)));
    if (workload.kind === 'Job') {
      const wanted = spec.suspend ? 0 : status.active;
      return pods.length === wanted && (spec.suspend || wanted > 0) && pods.map(asPod);
    }
    if (status.observedGeneration !== metadata.generation || (ready && !pods.every(isReady))) return false;
    const settled =
      workload.kind === 'Deployment' ? await replicaSetsSettled(cluster, workload) : pods.length === spec.replicas;
    return settled && (!ready || pods.length === spec.replicas) && pods.map(asPod);
  });
}

async function podsOf(cluster: TestCluster, { metadata }: Manifest) {
  const pods = await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, metadata.namespace, {
    labelSelector: `app=${metadata.name}`,
  });
  return pods.map((pod) => podSchema.parse(pod)).filter((pod) => pod.metadata.deletionTimestamp === undefined);
}

const replicaSetSchema = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({ replicas: z.number() }),
  status: z.object({ observedGeneration: z.number(), replicas: z.number() }),
});

async function replicaSetsSettled(cluster: TestCluster, { metadata }: Manifest): Promise<boolean> {
  const sets = await cluster.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet' }, metadata.namespace, {
    labelSelector: `app=${metadata.name}`,
  });
  return sets
    .map((set) => replicaSetSchema.parse(set))
    .every(
      (set) => set.status.observedGeneration === set.metadata.generation && set.status.replicas === set.spec.replicas,
    );
}

function asPod({ metadata }: z.infer<typeof podSchema>): Pod {
  const revision = revisionLabels.map((label) => metadata.labels[label]).find((value) => value !== undefined);
  return { uid: metadata.uid, revision: revision ?? '' };
}

function isReady({ status }: z.infer<typeof podSchema>): boolean {
  return status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

async function makeReady(cluster: TestCluster, { metadata }: Manifest, pod: z.infer<typeof podSchema>): Promise<void> {
  const reference = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod.metadata.name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) },
  };
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: '2020-01-01T00:00:00Z',
  }));
  await cluster.patch(reference, { status: { phase: 'Running', conditions } }, { subresource: 'status' });
}
