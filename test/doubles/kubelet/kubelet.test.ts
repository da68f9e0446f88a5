import type { V1Pod } from '@kubernetes/client-node';
import { ApiConnection } from '../../../controllers/runtime/api-connection';
import { KubernetesClient } from '../../../controllers/runtime/client';
import { realClock } from '../../../controllers/runtime/clock';
import { readKubeconfig } from '../../../controllers/runtime/kubeconfig-file';
import { createMetrics } from '../../../controllers/runtime/metrics';
import { type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { Kubelet } from './kubelet';
import type { PodFate } from './pod-life';

let servers: RunningCluster;
let cluster: TestCluster;
let connection: ApiConnection;
let kubelet: Kubelet;

/** Pods that were told that they go, by their fate. */
const told: string[] = [];

const fatesByLabel: Readonly<Record<string, (gone: AbortSignal) => PodFate | AsyncIterable<PodFate>>> = {
  crash: () => ({ fate: 'crashes', message: 'no such model', exitCode: 3, reason: 'Error' }),
  async *second(gone) {
    gone.addEventListener('abort', () => told.push('second'));
    yield { fate: 'download fails', message: 'no such bucket', exitCode: 1 };
    yield { fate: 'serves' };
  },
};

beforeAll(async () => {
  servers = await startCluster({ audit: 'off', controllerManager: 'workloads' });
  cluster = new TestCluster(servers);
  const config = await readKubeconfig([servers.adminKubeconfig], realClock);
  const metrics = createMetrics({ process: false });
  connection = new ApiConnection({ config, clock: realClock, metrics, userAgent: 'kubelet-double' });
  kubelet = new Kubelet({
    client: new KubernetesClient(connection),
    stepMs: 5,
    fateOf: ({ metadata }, gone) => fatesByLabel[metadata.labels?.['fate'] ?? '']?.(gone) ?? { fate: 'serves' },
  });
}, 120_000);

afterAll(async () => {
  await kubelet?.stop();
  await connection?.close();
  await cluster?.close();
  await servers?.stop();
});

const deployment = (namespace: string, labels: Record<string, string>) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'iris', namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'iris' } },
    template: {
      metadata: { labels: { app: 'iris', 'serving.kserve.io/inferenceservice': 'iris', ...labels } },
      spec: { initContainers: [{ name: 'fetch', image: 'a' }], containers: [{ name: 'kserve-container', image: 'b' }] },
    },
  },
});

const podsOf = async (namespace: string) => {
  const { body } = await cluster.request('GET', `/api/v1/namespaces/${namespace}/pods`);
  return (body as { items: V1Pod[] }).items;
};
const available = async (namespace: string) => {
  const { body } = await cluster.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/iris`);
  return (body as { status?: { availableReplicas?: number } }).status?.availableReplicas;
};

describe('the double of the kubelet', () => {
  it('makes a Deployment of labelled pods available, and lets deleted pods go', async () => {
    const namespace = await cluster.namespace('kubelet');
    await cluster.create(deployment(namespace, {}));
    await waitFor('both pods to be available', async () => (await available(namespace)) === 2);
    await cluster.remove({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'iris', namespace } });
    await waitFor('the pods to be gone', async () => (await podsOf(namespace)).length === 0);
  }, 60_000);

  it('reports a crash as a kubelet does', async () => {
    const namespace = await cluster.namespace('kubelet');
    await cluster.create(deployment(namespace, { fate: 'crash' }));
    const status = await waitFor('a pod that crashes', async () =>
      (await podsOf(namespace))
        .flatMap((pod) => pod.status?.containerStatuses ?? [])
        .find(({ state }) => state?.waiting?.reason === 'CrashLoopBackOff'),
    );
    expect(status.lastState?.terminated).toMatchObject({ exitCode: 3, message: 'no such model', reason: 'Error' });
    expect((await available(namespace)) ?? 0).toBe(0);
  }, 60_000);

  it('lets one thing after the other become of a pod, and says when the pod goes', async () => {
    const namespace = await cluster.namespace('kubelet');
    await cluster.create(deployment(namespace, { fate: 'second' }));
    await waitFor('both pods to be available', async () => (await available(namespace)) === 2);
    expect(told).toEqual([]);
    await cluster.remove({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'iris', namespace } });
    await waitFor('the pods to be gone', async () => (await podsOf(namespace)).length === 0);
    expect(told).toEqual(['second', 'second']);
  }, 60_000);
});
