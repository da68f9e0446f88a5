import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Condition, V1Deployment, V1Pod } from '@kubernetes/client-node';
import { dump } from 'js-yaml';
import * as z from 'zod';
import { environment } from '../../../charts-src/environments/environment';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import type { ServingSettings } from '../../../definitions/config/serving';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../../definitions/serving/kinds';
import type { InferenceServiceStatus } from '../../../controllers/serving/status/stored-status';
import { ApiConnection } from '../../../controllers/runtime/api-connection';
import { KubernetesClient } from '../../../controllers/runtime/client';
import { realClock } from '../../../controllers/runtime/clock';
import { readKubeconfig } from '../../../controllers/runtime/kubeconfig-file';
import { createMetrics } from '../../../controllers/runtime/metrics';
import { type ClusterOptions, type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';
import type { ObjectReference } from '../../cluster/unstructured-object';
import { waitFor } from '../../cluster/wait-for';
import { Kubelet, type KubeletOptions } from '../../doubles/kubelet/kubelet';
import { bundledProgram } from '../../program/bundled-program';
import { type ControllerProcess, startController } from '../registry-sync/controller-process';

/** Options of the serving component as an environment writes them. */
type ServingOptions = NonNullable<Parameters<typeof environment>[0]['serving']>;

/** An InferenceService as tests write it. */
export interface WrittenInferenceService {
  readonly apiVersion: 'serving.kserve.io/v1beta1';
  readonly kind: 'InferenceService';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

const storedSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    generation: z.number(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).optional(),
    finalizers: z.array(z.string()).optional(),
    deletionTimestamp: z.string().optional(),
  }),
});

/** One as the API server gives it back. */
export type StoredInferenceService = z.output<typeof storedSchema> & { readonly status?: InferenceServiceStatus };

export interface MakeOptions {
  readonly serving?: ServingOptions;
  /** @default the controllers that make pods of Deployments */
  readonly controllerManager?: ClusterOptions['controllerManager'];
  /** What becomes of pods; `none`: pods stay as they are made. @default all serve */
  readonly kubelet?: Omit<KubeletOptions, 'client'> | 'none';
  readonly audit?: ClusterOptions['audit'];
  /** Whether the webhooks are registered, too. @default true */
  readonly webhooks?: boolean;
}

const namespace = 'kserve';

/** Serving as it is deployed, on an API server of its own. */
export class ServingInstallation {
  private constructor(
    readonly servers: RunningCluster,
    readonly cluster: TestCluster,
    readonly client: KubernetesClient,
    readonly manifests: readonly ObjectReference[],
    private readonly program: string,
    private readonly account: { readonly username: string; readonly directory: string; readonly token: string },
    private readonly cleanups: (() => Promise<unknown>)[],
  ) {}

  /** Starts an API server and applies what is rendered: CRDs, ServiceAccount, roles, settings, runtimes. */
  static async make(options: MakeOptions = {}): Promise<ServingInstallation> {
    const { controllerManager = 'workloads', kubelet = {}, audit = 'writes', webhooks = false } = options;
    const cleanups: (() => Promise<unknown>)[] = [];
    try {
      const servers = await startCluster({ controllerManager, audit });
      cleanups.push(() => servers.stop());
      const cluster = new TestCluster(servers);
      cleanups.push(() => cluster.close());
      await cluster.installCrds(servingDefinitions.map(customResourceDefinition));
      const manifests = rendered(options.serving ?? {});
      // Once registered the webhooks are asked, and nobody answers before the controller runs.
      const isWebhook = ({ kind }: ObjectReference) => kind.endsWith('WebhookConfiguration');
      const others = manifests.filter((manifest) => !isWebhook(manifest) && manifest.kind !== 'Deployment');
      for (const manifest of [...others, ...(webhooks ? manifests.filter(isWebhook) : [])]) {
        await cluster.apply(manifest, { fieldManager: 'gitops' });
      }
      const config = await readKubeconfig([servers.adminKubeconfig], realClock);
      const metrics = createMetrics({ process: false });
      const connection = new ApiConnection({ config, clock: realClock, metrics, userAgent: 'slipway-test' });
      cleanups.push(() => connection.close());
      const client = new KubernetesClient(connection);
      if (kubelet !== 'none') {
        const double = new Kubelet({ stepMs: 5, ...kubelet, client });
        cleanups.push(() => double.stop());
      }
      const account = await cluster.serviceAccount(namespace, 'kserve-controller-manager');
      const bundled = await bundledProgram();
      cleanups.push(bundled.remove);
      return new ServingInstallation(servers, cluster, client, manifests, bundled.program, account, cleanups);
    } catch (error) {
      await closeAll(cleanups);
      throw error;
    }
  }

  /** Name of the controller's ServiceAccount in the audit log. */
  get user(): string {
    return this.account.username;
  }

  /** Starts one more controller process; it ends with {@link close} at the latest. */
  async start(
    options: {
      settings?: ServingSettings;
      args?: readonly string[];
      nodeFlags?: readonly string[];
      /** Plain HTTP address of a proxy before the API server. @default straight to it */
      apiServer?: string;
    } = {},
  ): Promise<ControllerProcess> {
    const { settings = {} } = options;
    const controller = await startController({
      component: 'serving',
      program: this.program,
      server: this.cluster.url,
      serviceAccountDirectory: this.account.directory,
      // Test files run side by side on one machine: each takes a port that is free.
      config: dump({ ...settings, webhooks: { port: 0, ...settings.webhooks } }),
      args: [
        ...(options.apiServer === undefined ? [] : [`--kubeconfig=${await this.kubeconfig(options.apiServer)}`]),
        ...(options.args ?? []),
      ],
      nodeFlags: options.nodeFlags ?? [],
      env: { POD_NAMESPACE: namespace, POD_NAME: 'kserve-controller-manager-0' },
    });
    this.cleanups.push(() => controller.end('SIGKILL'));
    return controller;
  }

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
      contexts: [{ name: 'test', context: { cluster: 'proxy', user: 'controller', namespace } }],
      'current-context': 'test',
    };
    await writeFile(path, dump(config), { mode: 0o600 });
    return path;
  }

  /** Set by a test that takes permissions away, or restarts the API server. */
  expectsRefusals = false;

  /** Ends everything that was started. @throws when the API server refused the controller anything */
  async close(): Promise<void> {
    try {
      if (!this.expectsRefusals && this.servers.audit !== 'off') await this.refuseRefusals();
    } finally {
      await closeAll(this.cleanups);
    }
  }

  private async refuseRefusals(): Promise<void> {
    const asked = await this.cluster.audit.since({ offset: 0 }, { user: this.user });
    const refused = asked.filter(({ code, resource }) => code === 403 && resource !== 'events');
    const requests = new Set(refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`));
    if (requests.size > 0) throw new Error(`the controller has no permission for: ${[...requests].join(', ')}`);
  }

  stored = async (object: WrittenInferenceService): Promise<StoredInferenceService | undefined> => {
    const found = await this.cluster.find(object);
    // The CRD has validated the status.
    return found === undefined ? undefined : storedSchema.parse(found);
  };

  /** Waits until the status says so. */
  until = (
    object: WrittenInferenceService,
    what: string,
    reached: (status: InferenceServiceStatus, stored: StoredInferenceService) => boolean,
  ): Promise<StoredInferenceService> =>
    waitFor(`${object.metadata.name} ${what}`, async () => {
      const stored = await this.stored(object);
      if (stored === undefined) return undefined;
      if (stored.status !== undefined && reached(stored.status, stored)) return { stored };
      return undefined;
    }).then(({ stored }) => stored);

  /** Waits for a condition of a type with a status, and a reason if one is given, about the present generation. */
  condition = (object: WrittenInferenceService, type: string, status: string, reason?: string) =>
    this.until(object, `to have ${type}=${status}${reason === undefined ? '' : ` ${reason}`}`, (now, { metadata }) => {
      const found = now.conditions?.find((condition) => condition.type === type);
      return (
        now.observedGeneration === metadata.generation &&
        found?.status === status &&
        (reason === undefined || found.reason === reason)
      );
    });

  ready = (object: WrittenInferenceService) => this.condition(object, 'Ready', 'True');

  /** Waits until the object is no more. */
  gone = (object: ObjectReference) =>
    waitFor(`${object.metadata.name} to be gone`, async () => (await this.cluster.find(object)) === undefined);

  deployment = async (where: string, name: string): Promise<V1Deployment | undefined> =>
    (await this.cluster.find({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: where, name } })) as
      V1Deployment | undefined;

  pods = async (where: string): Promise<V1Pod[]> => {
    const { body } = await this.cluster.request('GET', `/api/v1/namespaces/${where}/pods`);
    return (body as { items: V1Pod[] }).items;
  };

  /** Events on an object so far. */
  eventsOn = async ({
    metadata,
  }: ObjectReference): Promise<{ readonly type: string; readonly reason: string; readonly note: string }[]> => {
    const path = `/apis/events.k8s.io/v1/namespaces/${metadata.namespace}/events`;
    const { body } = await this.cluster.request('GET', path);
    type Listed = { type: string; reason: string; note: string; regarding: { name: string; kind: string } };
    return (body as { items: Listed[] }).items.filter(({ regarding }) => regarding.name === metadata.name);
  };

  event = (object: ObjectReference, reason: string) =>
    waitFor(`event ${reason} on ${object.metadata.name}`, async () =>
      (await this.eventsOn(object)).find((event) => event.reason === reason),
    );
}

/** A condition of a status. */
export const conditionOf = (
  status: InferenceServiceStatus | undefined,
  type: string,
): Partial<V1Condition> | undefined =>
  status?.conditions?.find((condition) => condition.type === type) as Partial<V1Condition> | undefined;

/** An InferenceService of a scikit-learn model, or of another spec. */
export function inferenceServiceOf(
  where: string,
  name: string,
  parts: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly spec?: object;
  } = {},
): WrittenInferenceService {
  const { labels, annotations, spec } = parts;
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name, namespace: where, ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: spec ?? { predictor: { model: { modelFormat: { name: 'sklearn' }, storageUri: 's3://models/iris' } } },
  };
}

function rendered(serving: ServingOptions): readonly ObjectReference[] {
  const components = renderEnvironment(
    environment({ name: 'test', namespaces: [{ name: namespace }], serving, servingRuntimes: {} }),
  );
  return components.flatMap(({ directory, manifests }) => (directory === 'crds' ? [] : manifests));
}

async function closeAll(cleanups: (() => Promise<unknown>)[]): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}
