import { registryKeys } from '../../../definitions/names/model-registry';
import { waitFor } from '../../cluster/wait-for';
import {
  inferenceServiceOf,
  type Installation,
  type TestInferenceService,
} from '../../controllers/registry-sync/installation';
import { inParallel } from './in-parallel';
import type { RegistryProcess } from './registry';

const collection = '/apis/serving.kserve.io/v1beta1';
/** Requests at a time while objects are prepared; the client has 64 connections. */
const writers = 32;

/** Path of an InferenceService. */
export function pathOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${collection}/namespaces/${namespace}/inferenceservices/${name}`;
}

/** InferenceServices of the bench: equal ones, spread over ten namespaces. */
export class Load {
  private readonly namespaces: string[] = [];
  private readonly made: TestInferenceService[] = [];

  constructor(private readonly installation: Installation) {}

  get objects(): readonly TestInferenceService[] {
    return this.made;
  }

  /** Creates what is missing to this many, with the status of a service that is ready. */
  async growTo(count: number): Promise<void> {
    while (this.namespaces.length < 10) this.namespaces.push(await this.installation.cluster.namespace('bench'));
    const missing = Array.from({ length: count - this.made.length }, (_, index) => this.made.length + index);
    const fresh = missing.map((number) => isvc(this.namespaces[number % 10] ?? '', `iris-${number}`));
    await inParallel(fresh, writers, async (object) => {
      await this.installation.cluster.create(object);
      await this.installation.cluster.patch(object, { status: status(object) }, { subresource: 'status' });
    });
    this.made.push(...fresh);
  }

  /** One more, first in a namespace of its own or second in a given one. */
  async createOne(name: string, namespace?: string): Promise<TestInferenceService> {
    const object = isvc(namespace ?? (await this.installation.cluster.namespace('bench')), name);
    await this.installation.cluster.create(object);
    return object;
  }

  /** Takes away what a controller has written. */
  async reset(): Promise<void> {
    const metadata = {
      finalizers: [],
      labels: { [registryKeys.inferenceServiceId]: null },
      annotations: { [registryKeys.record]: null },
    };
    await inParallel(this.made, writers, (object) => this.installation.cluster.patch(object, { metadata }));
  }

  /**
   * Waits until every object has its id label. The API server is only asked once all records are there: it is what limits
   * the controller, and the plain client has nobody beside it.
   */
  async allLinked(registry: RegistryProcess): Promise<void> {
    const timeout = 600_000;
    const recorded = async () => (await registry.records()) >= this.made.length;
    await waitFor('all records to be made', recorded, { timeout, interval: 50 });
    const query = { labelSelector: `!${registryKeys.inferenceServiceId}`, limit: 1 };
    const linked = async () => {
      const { body } = await this.installation.cluster.request('GET', `${collection}/inferenceservices`, { query });
      return (body as { items: readonly unknown[] }).items.length === 0;
    };
    await waitFor('all InferenceServices to be linked', linked, { timeout, interval: 20 });
  }
}

function isvc(namespace: string, name: string): TestInferenceService {
  return inferenceServiceOf(namespace, name, {
    labels: { [registryKeys.modelVersionId]: '2', 'app.kubernetes.io/part-of': 'bench' },
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

function status({ metadata: { name, namespace } }: TestInferenceService): object {
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' });
  return {
    url: `https://${name}-${namespace}.example.com`,
    address: { url: `http://${name}.${namespace}.svc.cluster.local` },
    conditions: ['IngressReady', 'PredictorReady', 'Ready'].map(condition),
  };
}
