import { dump } from 'js-yaml';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from '../../../charts-src/environments/environment';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import type { RegistrySyncSettings } from '../../../definitions/config/registry-sync';
import { registryKeys } from '../../../definitions/names/model-registry';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../../definitions/serving/kinds';
import { type ClusterOptions, type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { startModelRegistry, type ModelRegistry } from '../../doubles/model-registry/server';
import { bundledProgram } from '../../program/bundled-program';
import { startRegistrySync, type ControllerProcess } from './controller-process';

/** An InferenceService as tests write it. */
export interface TestInferenceService {
  readonly apiVersion: 'serving.kserve.io/v1beta1';
  readonly kind: 'InferenceService';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

/** One as the API server gives it back. */
export interface StoredInferenceService {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
  };
  readonly spec?: { readonly predictor?: { readonly model?: { readonly runtime?: string } } };
  readonly status?: { readonly url?: string };
}

/** An event as users see it with `kubectl describe`. */
export interface TestEvent {
  readonly type: string;
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly name: string };
}

export interface StartOptions {
  /** Replaces single settings of the rendered configuration. */
  readonly settings?: RegistrySyncSettings;
  readonly args?: readonly string[];
  /** Flags of Node. */
  readonly nodeFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Plain HTTP address of a proxy before the API server. @default straight to it */
  readonly apiServer?: string;
}

/**
 * Registry sync as it is deployed, on an API server of its own: another file's controller on a shared one would take up this file's
 * InferenceServices too.
 */
export class Installation {
  private constructor(
    /** The servers behind, to stop and start them. */
    readonly servers: RunningCluster,
    readonly cluster: TestCluster,
    readonly registry: ModelRegistry,
    /** Settings that the rendered configuration was made from. */
    private readonly settings: RegistrySyncSettings,
    private readonly program: string,
    private readonly account: { readonly username: string; readonly directory: string; readonly token: string },
    private readonly cleanups: (() => Promise<unknown>)[],
  ) {}

  /**
   * Starts API server and registry double, applies what is rendered: CRDs, ServiceAccount, roles, a Service that makes the
   * registry known. The registry has the registered model 1 `iris` with the version 2 `v1`, and the model 3 `wine`
   * without one: models and versions share one sequence of ids.
   */
  static async make(settings: RegistrySyncSettings = {}, options: ClusterOptions = {}): Promise<Installation> {
    const cleanups: (() => Promise<unknown>)[] = [];
    const closing = <T extends { close(): Promise<unknown> }>(started: T): T => {
      cleanups.push(() => started.close());
      return started;
    };
    try {
      const servers = await startCluster(options);
      cleanups.push(() => servers.stop());
      const cluster = closing(new TestCluster(servers));
      const registry = closing(await startModelRegistry());
      await seed(registry);
      await cluster.installCrds(servingDefinitions.map(customResourceDefinition));
      const trustedHosts = [new URL(registry.url).host, ...(settings.registry?.trustedHosts ?? [])];
      const complete = { ...settings, registry: { ...settings.registry, trustedHosts } };
      for (const manifest of rendered(registry, complete)) await cluster.apply(manifest, { fieldManager: 'gitops' });
      const account = await cluster.serviceAccount('kubeflow', 'registry-sync');
      const bundled = await bundledProgram();
      cleanups.push(bundled.remove);
      return new Installation(servers, cluster, registry, complete, bundled.program, account, cleanups);
    } catch (error) {
      await closeAll(cleanups);
      throw error;
    }
  }

  /** Name of the controller's ServiceAccount in the audit log. */
  get user(): string {
    return this.account.username;
  }

  /** Directory with the files that the controller's pod has mounted; a test may change them. */
  get serviceAccountDirectory(): string {
    return this.account.directory;
  }

  /** Starts one more controller process; it ends with {@link close} at the latest. */
  async start({
    settings = {},
    args = [],
    nodeFlags = [],
    env = {},
    apiServer,
  }: StartOptions = {}): Promise<ControllerProcess> {
    const config = {
      ...this.settings,
      ...settings,
      keys: { ...this.settings.keys, ...settings.keys },
      registry: { ...this.settings.registry, ...settings.registry },
    };
    const controller = await startRegistrySync({
      program: this.program,
      server: this.cluster.url,
      serviceAccountDirectory: this.account.directory,
      config: dump(config),
      args: [...(apiServer === undefined ? [] : [`--kubeconfig=${await this.kubeconfig(apiServer)}`]), ...args],
      nodeFlags,
      env,
    });
    this.cleanups.push(() => controller.end('SIGKILL'));
    return controller;
  }

  /**
   * Ends everything that was started, the last first.
   *
   * @throws when the API server refused the controller anything: its roles allow all that it asks for, whatever a test does. Events are
   * left out: those in a namespace that is going are refused too.
   */
  async close(): Promise<void> {
    try {
      if (!this.expectsRefusals && this.servers.audit !== 'off') await this.refuseRefusals();
    } finally {
      await closeAll(this.cleanups);
    }
  }

  /** Set by a test that takes permissions away, or restarts the API server: it refuses everything until it has read its roles. */
  expectsRefusals = false;

  private async refuseRefusals(): Promise<void> {
    const asked = await this.cluster.audit.since({ offset: 0 }, { user: this.user });
    const refused = asked.filter(({ code, resource }) => code === 403 && resource !== 'events');
    const requests = new Set(refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`));
    if (requests.size > 0) throw new Error(`the controller has no permission for: ${[...requests].join(', ')}`);
  }

  stored = async (object: TestInferenceService): Promise<StoredInferenceService | undefined> =>
    (await this.cluster.find(object)) as unknown as StoredInferenceService | undefined;

  /** Waits for the id label. */
  linked = (object: TestInferenceService): Promise<StoredInferenceService> =>
    waitFor(`${object.metadata.name} to be linked`, async () => {
      const found = await this.stored(object);
      return found?.metadata.labels?.[registryKeys.inferenceServiceId] === undefined ? undefined : found;
    });

  /** Waits until the object is no more. */
  gone = (object: TestInferenceService) =>
    waitFor(`${object.metadata.name} to be gone`, async () => (await this.stored(object)) === undefined);

  /** Records whose name ends in this uid: one, when all is well. */
  recordsOf = (uid: string) =>
    this.registry.entities().inferenceServices.filter(({ name }) => String(name).endsWith(`/${uid}`));

  recordOf = (uid: string) => this.recordsOf(uid)[0];

  /** Warnings and notices on an object so far. */
  eventsOn = async ({ metadata }: Pick<TestInferenceService, 'metadata'>): Promise<TestEvent[]> => {
    const path = `/apis/events.k8s.io/v1/namespaces/${metadata.namespace}/events`;
    const { body } = await this.cluster.request('GET', path);
    return (body as { items: TestEvent[] }).items.filter(({ regarding }) => regarding.name === metadata.name);
  };

  /** Waits for an event of this reason. */
  event = (object: TestInferenceService, reason: string): Promise<TestEvent> =>
    waitFor(`event ${reason} on ${object.metadata.name}`, async () =>
      (await this.eventsOn(object)).find((event) => event.reason === reason),
    );

  private async kubeconfig(server: string): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'slipway-kubeconfig-'));
    this.cleanups.push(() => rm(directory, { recursive: true, force: true }));
    const path = join(directory, 'kubeconfig');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      // Without it client-node refuses plain HTTP.
      clusters: [{ name: 'proxy', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'controller', user: { token: this.account.token } }],
      contexts: [{ name: 'test', context: { cluster: 'proxy', user: 'controller', namespace: 'kubeflow' } }],
      'current-context': 'test',
    };
    await writeFile(path, dump(config), { mode: 0o600 });
    return path;
  }
}

/** An InferenceService of model 1, with what a test is about. */
export function inferenceServiceOf(
  namespace: string,
  name: string,
  parts: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly spec?: object;
  } = {},
): TestInferenceService {
  const { labels = {}, annotations, spec } = parts;
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: {
      name,
      namespace,
      labels: { [registryKeys.registeredModelId]: '1', ...labels },
      ...(annotations && { annotations }),
    },
    spec: spec ?? { predictor: { model: { modelFormat: { name: 'sklearn' }, runtime: 'kserve-sklearnserver' } } },
  };
}

function rendered(registry: ModelRegistry, settings: RegistrySyncSettings) {
  const components = renderEnvironment(
    environment({
      name: 'test',
      namespaces: [{ name: 'kubeflow' }],
      externalRegistry: { address: registry.url },
      registrySync: { settings },
    }),
  );
  return components.flatMap(({ directory, manifests }) => (directory === 'crds' ? [] : manifests));
}

async function closeAll(cleanups: (() => Promise<unknown>)[]): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

async function seed(registry: ModelRegistry): Promise<void> {
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${registry.url}/api/model_registry/v1alpha3/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status !== 201) throw new Error(`seeding ${path}: ${answer.status} ${await answer.text()}`);
  };
  await post('registered_models', { name: 'iris' });
  await post('model_versions', { name: 'v1', registeredModelId: '1' });
  await post('registered_models', { name: 'wine' });
  registry.clearLog();
}
