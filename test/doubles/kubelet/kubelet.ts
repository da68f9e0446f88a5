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
  /**
   * What becomes of a pod: one thing, or one after the other. The signal is aborted when the pod goes, or the double stops.
   *
   * @default all serve
   */
  readonly fateOf?: (pod: Stored<V1Pod>, gone: AbortSignal) => PodFate | AsyncIterable<PodFate>;
  /** Pods that are looked after. @default those of InferenceServices */
  readonly labelSelector?: string;
  /** Milliseconds between two states of a pod. @default 50 */
  readonly stepMs?: number;
  /** Only the last state of each pod is written. @default false */
  readonly onlyLastState?: boolean;
}

/** Name of the node that pods are bound to. There is no Node object: nothing else looks at nodes here. */
const nodeName = 'double';

/**
 * A double of scheduler and kubelet for pods of InferenceServices and Jobs, on a machine without nodes: binds each pod, and reports the states
 * that its containers would go through. No container runs; the pod's address is loopback.
 *
 * Limits: probes, resources, volumes and images are not looked at; containers don't restart; a pod that is deleted is gone at once.
 */
export class Kubelet {
  private readonly stopping = new AbortController();
  private readonly working = new Set<Promise<void>>();
  /** Pods by key that are on their way, with the uid of each, and what ends its way. */
  private readonly known = new Map<string, { readonly uid: string; readonly gone: AbortController }>();
  private readonly reflected: Promise<void>;

  constructor(private readonly options: KubeletOptions) {
    const log = createLogger({ level: 'fatal', encoder: 'json', timeEncoding: 'epoch', stacktraceLevel: 'fatal' });
    const store = new Store<Stored<V1Pod>>((error) => {
      throw error;
    });
    const take = (pod: Stored<V1Pod>) => this.take(pod);
    store.subscribe({ added: take, updated: take, deleted: (pod) => this.forget(keyOf(pod)) });
    const reflector = new Reflector({
      resource: pods,
      selection: { labelSelector: options.labelSelector ?? inferenceServiceLabel },
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
    for (const key of [...this.known.keys()]) this.forget(key);
    await Promise.allSettled([...this.working, this.reflected]);
  }

  private take(pod: Stored<V1Pod>): void {
    const { deletionTimestamp, uid = '' } = pod.metadata;
    const key = keyOf(pod);
    if (deletionTimestamp === undefined && this.known.get(key)?.uid === uid) return;
    this.forget(key);
    const gone = new AbortController();
    const going = deletionTimestamp !== undefined;
    const work = (going ? this.remove(pod) : this.run(pod, gone.signal)).catch((error: unknown) => {
      // Deleted meanwhile, replaced, or we are stopping: nothing is left to report.
      if (!this.stopping.signal.aborted && !(error instanceof ApiError)) throw error;
    });
    if (!going) this.known.set(key, { uid, gone });
    this.working.add(work);
    void work.finally(() => this.working.delete(work));
  }

  private forget(key: string): void {
    this.known.get(key)?.gone.abort();
    this.known.delete(key);
  }

  private async run(pod: Stored<V1Pod>, gone: AbortSignal): Promise<void> {
    const fates = this.options.fateOf?.(pod, gone) ?? { fate: 'serves' };
    let bound = pod.spec?.nodeName !== undefined;
    for await (const fate of 'fate' in fates ? [fates] : fates) {
      if (gone.aborted) return;
      if (fate.fate !== 'unschedulable' && !bound) {
        await this.bind(pod);
        bound = true;
      }
      await this.walk(pod, fate, gone);
    }
  }

  private async walk(pod: Stored<V1Pod>, fate: PodFate, gone: AbortSignal): Promise<void> {
    const { client, stepMs = 50, onlyLastState = false } = this.options;
    const states = statesOf(pod, fate, () => Date.now());
    for (const state of onlyLastState ? states.slice(-1) : states) {
      await client.mergePatch(
        pods,
        pod.metadata,
        { metadata: { uid: pod.metadata.uid }, status: state() },
        { subresource: 'status' },
      );
      if (gone.aborted) return;
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
