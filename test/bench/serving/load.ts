import { waitFor } from '../../cluster/wait-for';
import type { TestCluster } from '../../cluster/test-cluster';
import { inferenceServiceOf, type WrittenInferenceService } from '../../controllers/serving/serving-installation';
import { inParallel } from '../registry-sync/in-parallel';

/** Requests at a time; the client of the bench has 64 connections. */
export const writers = 32;

const namespaces = Array.from({ length: 10 }, (_, number) => `bench-${number}`);
const inferenceServices = '/apis/serving.kserve.io/v1beta1';

/** Collections of children, in the order in which they are written. */
const children = [
  ['/api/v1', 'services'],
  ['/apis/apps/v1', 'deployments'],
  ['/apis/autoscaling/v2', 'horizontalpodautoscalers'],
] as const;
const route = ['/apis/networking.k8s.io/v1', 'ingresses'] as const;

interface CountedList {
  readonly items: readonly unknown[];
  readonly metadata: { readonly remainingItemCount?: number };
}

/** InferenceServices of the bench: equal ones, spread over ten namespaces; the same names in each round. */
export class Load {
  /** Services that the cluster has by itself. */
  private otherServices = 0;

  private constructor(private readonly cluster: TestCluster) {}

  static async make(cluster: TestCluster): Promise<Load> {
    const load = new Load(cluster);
    for (const name of namespaces) await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    load.otherServices = await load.count('/api/v1', 'services');
    return load;
  }

  /** Creates those with these numbers. */
  async create(objects: readonly WrittenInferenceService[]): Promise<void> {
    await inParallel(objects, writers, (object) => this.cluster.create(object));
  }

  /** Waits until every object has Service, Deployment and autoscaler. An Ingress comes when something serves behind it. */
  async childrenOf(count: number): Promise<void> {
    // The last one written is there last: the others need to be asked for once.
    for (const [base, plural] of [...children].reverse()) {
      const expected = count + (plural === 'services' ? this.otherServices : 0);
      const made = async () => (await this.count(base, plural)) >= expected;
      await waitFor(`${expected} ${plural}`, made, { timeout: 900_000, interval: 20 });
    }
  }

  /** Removes everything, with no controller at work. */
  async reset(): Promise<void> {
    for (const namespace of namespaces) {
      const { body } = await this.cluster.request(
        'GET',
        `${inferenceServices}/namespaces/${namespace}/inferenceservices`,
      );
      const { items } = body as { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
      await inParallel(items, writers, async ({ metadata: { name } }) => {
        const object = numbered(namespace, name);
        await this.cluster.patch(object, { metadata: { finalizers: [] } });
        await this.cluster.remove(object);
      });
      for (const [base, plural] of [...children, route]) {
        const { status } = await this.cluster.request('DELETE', `${base}/namespaces/${namespace}/${plural}`);
        if (status !== 200) throw new Error(`deleting ${plural} in ${namespace}: ${status}`);
      }
    }
  }

  private async count(base: string, plural: string): Promise<number> {
    const { body } = await this.cluster.request('GET', `${base}/${plural}`, { query: { limit: 1 } });
    const { items, metadata } = body as CountedList;
    return items.length + (metadata.remainingItemCount ?? 0);
  }
}

/** The InferenceServices from one number to before another one. */
export function objectsOf(from: number, to: number): readonly WrittenInferenceService[] {
  return Array.from({ length: to - from }, (_, index) => {
    const number = from + index;
    return numbered(namespaces[number % namespaces.length] ?? '', `iris-${number}`);
  });
}

function numbered(namespace: string, name: string): WrittenInferenceService {
  return inferenceServiceOf(namespace, name, {
    labels: { 'app.kubernetes.io/part-of': 'bench' },
    spec: {
      predictor: {
        minReplicas: 1,
        maxReplicas: 3,
        model: {
          modelFormat: { name: 'sklearn', version: '1' },
          runtime: 'kserve-sklearnserver',
          storageUri: `s3://models/${namespace}/${name}/1`,
          resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { cpu: '1', memory: '2Gi' } },
          env: [{ name: 'LOG_LEVEL', value: 'info' }],
        },
      },
    },
  });
}
