import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Secret } from '@kubernetes/client-node';
import type { KubernetesClient } from '../../controllers/runtime/client';
import type { ApiResource } from '../../definitions/kubernetes/api-resource';
import type { Stored } from '../../definitions/kubernetes/core-resources';
import type { InferenceService } from '../../definitions/serving/inference-service';
import { OrphanGuard } from '../cluster/orphan-guard';
import type { FetchView } from './fetch-view';
import { ModelFetch } from './model-fetch';
import { isFor, localCommand, localEnv, type LocalPlaces, type StorageContainer } from './storage-container';
import { storageVariables } from './storage-secret';

const secrets: ApiResource<Stored<V1Secret>> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
};

/** Annotation with the name of the Secret that storage is read with. */
const secretNameAnnotation = 'serving.kserve.io/storageSecretName';

/** What models are fetched with. */
export interface ModelFetchesOptions {
  readonly container: StorageContainer;
  readonly places: LocalPlaces;
  readonly client: KubernetesClient;
  readonly say: (line: string) => void;
}

/**
 * The storage initializers of all InferenceServices, one for each: KServe's webhook would put the container into their pods, with
 * variables made of their Secret, and the kubelet would run it. Here both are stand-ins; the program is the real one.
 *
 * Limits: one URI of `predictor.model`, fetched once however many replicas there are; keys of the Secret that the InferenceService
 * names, not of its ServiceAccount.
 */
export class ModelFetches {
  private readonly fetches = new Map<string, { readonly name: string; readonly fetch: ModelFetch }>();
  private readonly guard: OrphanGuard;
  private stopped = false;

  private constructor(
    private readonly directory: string,
    private readonly options: ModelFetchesOptions,
  ) {
    this.guard = new OrphanGuard(directory);
  }

  static async open(options: ModelFetchesOptions): Promise<ModelFetches> {
    return new ModelFetches(await mkdtemp(join(tmpdir(), 'slipway-models-')), options);
  }

  /** Starts what InferenceServices need that are new, and ends what belongs to those that are gone. */
  async follow(objects: readonly InferenceService[]): Promise<void> {
    const there = new Set(objects.map(({ metadata }) => metadata.uid));
    for (const [uid, { fetch }] of this.fetches) {
      if (there.has(uid)) continue;
      this.fetches.delete(uid);
      await fetch.stop();
    }
    for (const object of objects) {
      const uri = modelUri(object);
      if (uri !== undefined && isFor(uri, this.options.container)) await this.startOnce(object, uri);
    }
  }

  /** Whether all files of a model are there: a server only starts then. */
  isServable({ metadata }: InferenceService): boolean {
    const found = this.fetches.get(metadata.uid ?? '');
    return found === undefined || found.fetch.view.state === 'fetched';
  }

  /** How far each is, by `<namespace>/<name>`. */
  views(): ReadonlyMap<string, FetchView> {
    return new Map([...this.fetches.values()].map(({ name, fetch }) => [name, fetch.view]));
  }

  /** Directory with the files of a model. */
  filesOf({ metadata }: InferenceService): string | undefined {
    return this.fetches.get(metadata.uid ?? '')?.fetch.models;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const { fetch } of this.fetches.values()) await fetch.stop();
    this.fetches.clear();
    await rm(this.directory, { recursive: true, force: true });
    await this.guard.release();
  }

  private async startOnce(object: InferenceService, uri: string): Promise<void> {
    const { uid = '', name, namespace = '', deletionTimestamp } = object.metadata;
    if (deletionTimestamp !== undefined || this.fetches.has(uid)) return;
    const { container, places, say } = this.options;
    const credentials = await this.credentials(object);
    // Somebody may have ended it all meanwhile.
    if (this.stopped) return;
    const pod = `${name}-predictor-${uid.slice(0, 5)}`;
    const fields = { 'metadata.namespace': namespace, 'metadata.name': pod };
    const fetch = new ModelFetch({
      command: localCommand(container, places),
      env: { ...localEnv(container, places, fields), ...credentials, HOSTNAME: pod },
      uri,
      directory: join(this.directory, pod),
      guard: this.guard,
      onFailure: (lastLine) => say(`model        ${name}: ${lastLine}`),
    });
    this.fetches.set(uid, { name: `${namespace}/${name}`, fetch });
    await fetch.start();
    say(`model        ${uri} of ${name} is fetched to ${fetch.models} (stand-in for a pod's init container)`);
  }

  /** Of the Secret that the InferenceService names. KServe goes on without one that is not there, and so do we. */
  private async credentials({ metadata }: InferenceService): Promise<Readonly<Record<string, string>>> {
    const name = metadata.annotations?.[secretNameAnnotation];
    if (name === undefined || metadata.namespace === undefined) return {};
    const secret = await this.options.client.get(secrets, { name, namespace: metadata.namespace });
    return secret === undefined ? {} : storageVariables(secret);
  }
}

function modelUri({ spec }: InferenceService): string | undefined {
  return spec.predictor?.model?.storageUri;
}
