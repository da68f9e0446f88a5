import type { V1Pod } from '@kubernetes/client-node';
import { pods, type Stored } from '../../../definitions/kubernetes/core-resources';
import { inferenceServiceLabel } from '../../../definitions/names/serving';
import { ApiError } from '../../../controllers/runtime/api-error';
import type { KubernetesClient } from '../../../controllers/runtime/client';
import { realClock, realRandom } from '../../../controllers/runtime/clock';
import { createLogger } from '../../../controllers/runtime/log';
import { createMetrics } from '../../../controllers/runtime/metrics';
import { keyOf } from '../../../controllers/runtime/object-key';
import { Reflector } from '../../../controllers/runtime/reflector';
import { Store } from '../../../controllers/runtime/store';
import { type PodFate, statesOf } from './pod-life';

export interface KubeletOptions {
  readonly client: KubernetesClient;
  /** What becomes of a pod. @default all serve */
  readonly fateOf?: (pod: Stored<V1Pod>) => PodFate;
  /** Milliseconds between two states of a pod. @default 50 */
  readonly stepMs?: number;
  /** Only the last state of each pod is written. @default false */
  readonly onlyLastState?: boolean;
}

/** Name of the node that pods are bound to. There is no Node object: nothing else looks at nodes here. */
const nodeName = 'double';

/**
 * A double of scheduler and kubelet for pods of InferenceServices, on a machine without nodes: binds each pod, and reports the states
 * that its containers would go through. No container runs; the pod's address is loopback.
 *
 * Limits: probes, resources, volumes and images are not looked at; containers don't restart; a pod that is deleted is gone at once.
 */
export class Kubelet {
  private readonly stopping = new AbortController();
  private readonly working = new Set<Promise<void>>();
  /** Pods by key that are on their way, with the uid of each. */
  private readonly known = new Map<string, string>();
  private readonly reflected: Promise<void>;

  constructor(private readonly options: KubeletOptions) {
    const log = createLogger({ level: 'fatal', encoder: 'json', timeEncoding: 'epoch', stacktraceLevel: 'fatal' });
    const store = new Store<Stored<V1Pod>>((error) => {
      throw error;
    });
    const take = (pod: Stored<V1Pod>) => this.take(pod);
    store.subscribe({ added: take, updated: take, deleted: (pod) => this.known.delete(keyOf(pod)) });
    const reflector = new Reflector({
      resource: pods,
      selection: { labelSelector: inferenceServiceLabel },
      store,
      client: options.client,
      clock: realClock,
      random: realRandom,
      log,
      metrics: createMetrics({ process: false }),
    });
    this.reflected = reflector.run(this.stopping.signal);
  }

  /** Ends; pods stay as they are. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled([...this.working, this.reflected]);
  }

  private take(pod: Stored<V1Pod>): void {
    const { deletionTimestamp, uid = '' } = pod.metadata;
    const key = keyOf(pod);
    if (deletionTimestamp === undefined && this.known.get(key) === uid) return;
    const work = (deletionTimestamp === undefined ? this.run(pod) : this.remove(pod)).catch((error: unknown) => {
      // Deleted meanwhile, replaced, or we are stopping: nothing is left to report.
      if (!this.stopping.signal.aborted && !(error instanceof ApiError)) throw error;
    });
    this.known.set(key, uid);
    this.working.add(work);
    void work.finally(() => this.working.delete(work));
  }

  private async run(pod: Stored<V1Pod>): Promise<void> {
    const { client, fateOf, stepMs = 50, onlyLastState = false } = this.options;
    const fate = fateOf?.(pod) ?? { fate: 'serves' };
    if (fate.fate !== 'unschedulable' && pod.spec?.nodeName === undefined) await this.bind(pod);
    const states = statesOf(pod, fate, () => Date.now());
    for (const state of onlyLastState ? states.slice(-1) : states) {
      await client.mergePatch(
        pods,
        pod.metadata,
        { metadata: { uid: pod.metadata.uid }, status: state() },
        { subresource: 'status' },
      );
      if (this.stopping.signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, stepMs));
    }
  }

  private async bind({ metadata: { name, namespace = '' } }: Stored<V1Pod>): Promise<void> {
    const target = { apiVersion: 'v1', kind: 'Node', name: nodeName };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
    await this.options.client.post(`/api/v1/namespaces/${namespace}/pods/${name}/binding`, binding);
  }

  /** A pod on a node is gone when its kubelet says so. */
  private async remove(pod: Stored<V1Pod>): Promise<void> {
    await this.options.client.delete(pods, pod.metadata, { uid: pod.metadata.uid, gracePeriodSeconds: 0 });
  }
}
