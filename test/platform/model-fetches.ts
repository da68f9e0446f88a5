import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { causeText } from '../../controllers/runtime/cause-text';
import type { KubernetesClient } from '../../controllers/runtime/client';
import { secrets, type Stored } from '../../definitions/kubernetes/core-resources';
import { inferenceServiceLabel } from '../../definitions/names/serving';
import { OrphanGuard } from '../cluster/orphan-guard';
import type { PodFate } from '../doubles/kubelet/pod-life';
import type { FetchView } from './fetch-view';
import { ModelFetch, modelsIn } from './model-fetch';
import { localCommand, localEnv, storageContainer, type LocalPlaces } from './storage-container';

type Pod = Stored<V1Pod>;

/** What models are fetched with. */
export interface ModelFetchesOptions {
  readonly places: LocalPlaces;
  readonly client: KubernetesClient;
  /** What becomes of a pod when its model is there. @default it serves */
  readonly servers?: PodFate;
  readonly say: (line: string) => void;
}

/** A fetch, and for which pod it is. */
interface PodFetch {
  /** `<namespace>/<name>` of the InferenceService. */
  readonly inferenceService: string;
  readonly fetch: ModelFetch;
  readonly models: string;
}

/**
 * What becomes of the pods of InferenceServices where there are no nodes: the init container that admission has put into each is run, with
 * its command line and variables, and a pod is reported to serve once that has succeeded. No model server runs.
 *
 * Limits: of init containers only the one that fetches the model; variables of a value, a Secret's key, or a field of the pod.
 */
export class ModelFetches {
  private readonly fetches = new Map<string, PodFetch>();
  /** Of pods that are gone, while their processes end. */
  private readonly ending = new Set<Promise<void>>();
  private readonly guard: OrphanGuard;

  private constructor(
    private readonly directory: string,
    private readonly options: ModelFetchesOptions,
  ) {
    this.guard = new OrphanGuard(directory);
  }

  static async open(options: ModelFetchesOptions): Promise<ModelFetches> {
    return new ModelFetches(await mkdtemp(join(tmpdir(), 'slipway-models-')), options);
  }

  /** What becomes of a pod, one thing after the other. */
  async *fatesOf(pod: Pod, gone: AbortSignal): AsyncGenerator<PodFate, void> {
    const { servers = { fate: 'serves' }, say } = this.options;
    const container = storageContainer(pod);
    if (container !== undefined) {
      yield { fate: 'fetches' };
      const fetch = await this.fetchFor(pod, container).catch((error: unknown) => causeText(error));
      if (typeof fetch === 'string') {
        say(`model        ${pod.metadata.name}: ${fetch}`);
        yield { fate: 'download fails', exitCode: 1, message: fetch };
        return;
      }
      if (gone.aborted) return this.forget(pod);
      gone.addEventListener('abort', () => this.forget(pod), { once: true });
      for await (const { exitCode, lastLine } of fetch.ends()) {
        if (exitCode === 0) break;
        say(`model        ${pod.metadata.name}: ${lastLine}`);
        yield { fate: 'download fails', exitCode, message: lastLine };
      }
      if (fetch.view.state !== 'fetched') return;
    }
    yield servers;
  }

  /** How far each is, by `<namespace>/<name>` of the InferenceService: of several pods, the one that came last. */
  views(): ReadonlyMap<string, FetchView> {
    return new Map([...this.fetches.values()].map(({ inferenceService, fetch }) => [inferenceService, fetch.view]));
  }

  /** Directory with the files of an InferenceService's model once all of them are there. */
  filesOf({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string | undefined {
    const found = [...this.fetches.values()].find(
      ({ inferenceService, fetch }) => inferenceService === `${namespace}/${name}` && fetch.view.state === 'fetched',
    );
    return found?.models;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.ending, ...[...this.fetches.values()].map(({ fetch }) => fetch.stop())]);
    this.fetches.clear();
    await rm(this.directory, { recursive: true, force: true });
    await this.guard.release();
  }

  private async fetchFor({ metadata }: Pod, container: V1Container): Promise<ModelFetch> {
    const { places, client, say } = this.options;
    const { uid = '', name, namespace = '', labels = {} } = metadata;
    const directory = join(this.directory, uid);
    const models = modelsIn(directory);
    const env = await localEnv(container, places, {
      fields: { 'metadata.namespace': namespace, 'metadata.name': name },
      secretValue: async (secret, key) => {
        const value = (await client.get(secrets, { name: secret, namespace }))?.data?.[key];
        return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
      },
    });
    const command = localCommand(container, places, models);
    const fetch = new ModelFetch({ command, env: { ...env, HOSTNAME: name }, directory, guard: this.guard });
    const inferenceService = `${namespace}/${labels[inferenceServiceLabel] ?? ''}`;
    this.fetches.set(uid, { inferenceService, fetch, models });
    const [uri = ''] = container.args ?? [];
    say(`model        ${uri} of ${name} is fetched to ${models} (stand-in for a pod's init container)`);
    return fetch;
  }

  private forget({ metadata: { uid = '' } }: Pod): void {
    const ending = this.fetches.get(uid)?.fetch.stop();
    this.fetches.delete(uid);
    if (ending === undefined) return;
    this.ending.add(ending);
    void ending.finally(() => this.ending.delete(ending));
  }
}
