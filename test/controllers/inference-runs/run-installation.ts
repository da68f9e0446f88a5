import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1ConfigMap, V1CronJob, V1Job, V1Pod } from '@kubernetes/client-node';
import { dump } from 'js-yaml';
import * as z from 'zod';
import { environment } from '../../../charts-src/environments/environment';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import type { InferenceRunsSettings } from '../../../definitions/config/inference-runs';
import { inferenceRunStatus, type InferenceRunStatus } from '../../../definitions/inference/inference-run-status';
import { inferenceDefinitions } from '../../../definitions/inference/kinds';
import { runController, runLabels } from '../../../definitions/names/inference';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { ApiConnection } from '../../../controllers/runtime/api-connection';
import { KubernetesClient } from '../../../controllers/runtime/client';
import { realClock } from '../../../controllers/runtime/clock';
import { readKubeconfig } from '../../../controllers/runtime/kubeconfig-file';
import { createMetrics } from '../../../controllers/runtime/metrics';
import type { AuditLevel } from '../../cluster/audit-policy';
import { type ClusterOptions, type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';
import type { ObjectReference } from '../../cluster/unstructured-object';
import { waitFor } from '../../cluster/wait-for';
import { Kubelet } from '../../doubles/kubelet/kubelet';
import type { PodFate } from '../../doubles/kubelet/pod-life';
import { bundledProgram } from '../../program/bundled-program';
import { type ControllerProcess, startController } from '../registry-sync/controller-process';

/** An object of ours as tests write it. */
export interface Written extends ObjectReference {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  readonly spec?: object;
}

const storedRun = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    generation: z.number(),
    resourceVersion: z.string(),
    finalizers: z.array(z.string()).optional(),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.looseObject({}).optional(),
  status: inferenceRunStatus.optional(),
});
/** A run as the API server gives it back. */
export type StoredRun = z.output<typeof storedRun>;

export interface MakeOptions {
  /** Namespaces that are there before roles are applied. */
  readonly namespaces?: readonly string[];
  readonly controllerManager?: ClusterOptions['controllerManager'];
  readonly checksOwners?: ClusterOptions['checksOwners'];
  readonly audit?: AuditLevel;
  /** `none`: pods stay as they are made. @default they live as {@link RunInstallation.fates} say */
  readonly kubelet?: 'none';
  /** Settings of the controller as an environment writes them. */
  readonly inferenceRuns?: NonNullable<Parameters<typeof environment>[0]['inferenceRuns']>;
}

const namespace = 'kserve-controller-system';
const image = 'registry.example.com/runner:1';

/** The controller of inference runs as it is deployed, on an API server of its own, with the controllers of Jobs and CronJobs. */
export class RunInstallation {
  /** What becomes of the next pods of a run, in their order, by the run's name; the last one of all that follow. @default they run */
  readonly fates = new Map<string, PodFate[]>();
  /** Namespaces in which the API server is to refuse things: by a quota. */
  readonly refusing = new Set<string>();

  /** Set by a test that takes permissions away. */
  expectsRefusals = false;

  private constructor(
    readonly servers: RunningCluster,
    readonly cluster: TestCluster,
    readonly program: string,
    private readonly account: { readonly username: string; readonly directory: string; readonly token: string },
    private readonly cleanups: (() => Promise<unknown>)[],
  ) {}

  /** Starts an API server and applies what is rendered: CRDs, ServiceAccount, roles. */
  static async make(options: MakeOptions = {}): Promise<RunInstallation> {
    const {
      controllerManager = 'workloads',
      checksOwners = false,
      audit = 'writes',
      inferenceRuns = { watch: 'all', runners: { serviceAccount: { create: false } } },
    } = options;
    const cleanups: (() => Promise<unknown>)[] = [];
    try {
      const crds = inferenceDefinitions.map(customResourceDefinition);
      const servers = await startCluster({ controllerManager, checksOwners, audit, crds });
      cleanups.push(() => servers.stop());
      const cluster = new TestCluster(servers);
      cleanups.push(() => cluster.close());
      const components = renderEnvironment(
        environment({ name: 'test', namespaces: [{ name: namespace }], inferenceRuns }),
      );
      const manifests = components.flatMap(({ directory, manifests }) => (directory === 'crds' ? [] : manifests));
      for (const name of options.namespaces ?? []) {
        await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      }
      for (const manifest of manifests.filter(({ kind }) => kind !== 'Deployment')) {
        await cluster.apply(manifest, { fieldManager: 'gitops' });
      }
      const bundled = await bundledProgram();
      cleanups.push(bundled.remove);
      const account = await cluster.serviceAccount(namespace, 'kserve-controller');
      const installation = new RunInstallation(servers, cluster, bundled.program, account, cleanups);
      if (options.kubelet !== 'none') await installation.startKubelet();
      return installation;
    } catch (error) {
      await closeAll(cleanups);
      throw error;
    }
  }

  private async startKubelet(): Promise<void> {
    const config = await readKubeconfig([this.servers.adminKubeconfig], realClock);
    const metrics = createMetrics({ process: false });
    const connection = new ApiConnection({ config, clock: realClock, metrics, userAgent: 'kubelet-double' });
    this.cleanups.push(() => connection.close());
    const kubelet = new Kubelet({
      client: new KubernetesClient(connection),
      stepMs: 20,
      labelSelector: `${runLabels.managedBy}=${runController}`,
      fateOf: ({ metadata }) => this.nextFate(metadata.labels?.[runLabels.run] ?? ''),
    });
    this.cleanups.push(() => kubelet.stop());
  }

  private nextFate(run: string): PodFate {
    const fates = this.fates.get(run) ?? [];
    const [next = { fate: 'serves' }, ...others] = fates;
    if (others.length > 0) this.fates.set(run, others);
    return next;
  }

  /** Name of the controller's ServiceAccount in the audit log. */
  get user(): string {
    return this.account.username;
  }

  /** Starts one more controller process; it ends with {@link close} at the latest. */
  async start(
    options: {
      readonly settings?: InferenceRunsSettings;
      readonly env?: Readonly<Record<string, string>>;
      readonly args?: readonly string[];
      /** Flags of Node. @default none */
      readonly nodeFlags?: readonly string[];
      /** Plain HTTP address of a proxy before the API server. @default straight to it */
      readonly proxy?: string;
    } = {},
  ): Promise<ControllerProcess> {
    const controller = await startController({
      component: 'inference-runs',
      program: this.program,
      server: this.cluster.url,
      serviceAccountDirectory: this.account.directory,
      config: dump({
        runnerImage: image,
        runnerServiceAccount: 'default',
        reconcilesPerSecond: 1000,
        ...options.settings,
      }),
      args: [
        '--leader-elect=false',
        ...(options.proxy === undefined ? [] : [`--kubeconfig=${await this.kubeconfig(options.proxy)}`]),
        ...(options.args ?? []),
      ],
      nodeFlags: options.nodeFlags ?? [],
      env: { POD_NAMESPACE: namespace, POD_NAME: 'kserve-controller-0', ...options.env },
    });
    this.cleanups.push(() => controller.end('SIGKILL'));
    return controller;
  }

  /** A kubeconfig of the controller's ServiceAccount for an address. */
  private async kubeconfig(server: string): Promise<string> {
    const file = join(this.account.directory, `kubeconfig-${randomUUID()}`);
    const users = [{ name: 'account', user: { token: this.account.token } }];
    // Without it client-node refuses plain HTTP.
    const clusters = [{ name: 'proxy', cluster: { server, 'insecure-skip-tls-verify': true } }];
    const contexts = [{ name: 'proxy', context: { cluster: 'proxy', user: 'account', namespace } }];
    await writeFile(
      file,
      dump({ apiVersion: 'v1', kind: 'Config', clusters, users, contexts, 'current-context': 'proxy' }),
    );
    return file;
  }

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
    const refused = asked.filter(
      ({ code, resource, namespace: where = '' }) => code === 403 && resource !== 'events' && !this.refusing.has(where),
    );
    const requests = new Set(refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`));
    if (requests.size > 0) throw new Error(`the controller has no permission for: ${[...requests].join(', ')}`);
  }

  run = async (object: ObjectReference): Promise<StoredRun | undefined> => {
    const found = await this.cluster.find(object);
    return found === undefined ? undefined : storedRun.parse(found);
  };

  status = async (object: ObjectReference): Promise<InferenceRunStatus> => (await this.run(object))?.status ?? {};

  /** Waits until the status says so. */
  until = (
    object: ObjectReference,
    what: string,
    reached: (status: InferenceRunStatus) => boolean,
    timeout = 20_000,
  ): Promise<InferenceRunStatus> =>
    waitFor(
      `${object.metadata.name} ${what}`,
      async () => {
        const status = await this.status(object);
        if (reached(status)) return status;
        throw new Error(`status is ${JSON.stringify({ ...status, contract: undefined })}`);
      },
      { timeout },
    );

  phase = (object: ObjectReference, phase: InferenceRunStatus['phase'], timeout?: number) =>
    this.until(object, `to be ${phase}`, (status) => status.phase === phase, timeout);

  gone = (object: ObjectReference, timeout?: number) =>
    waitFor(`${object.metadata.name} to be gone`, async () => (await this.cluster.find(object)) === undefined, {
      ...(timeout === undefined ? {} : { timeout }),
    });

  jobs = (where: string) => this.items<V1Job>(`/apis/batch/v1/namespaces/${where}/jobs`);
  cronJobs = (where: string) => this.items<V1CronJob>(`/apis/batch/v1/namespaces/${where}/cronjobs`);
  pods = (where: string) => this.items<V1Pod>(`/api/v1/namespaces/${where}/pods`);
  configMaps = async (where: string) => {
    const all = await this.items<V1ConfigMap>(`/api/v1/namespaces/${where}/configmaps`);
    return all.filter(({ metadata }) => metadata?.name !== 'kube-root-ca.crt');
  };

  private async items<T>(path: string): Promise<T[]> {
    const { body } = await this.cluster.request('GET', path);
    return (body as { items: T[] }).items;
  }

  /** Ends a pod that runs. */
  endPod = async (where: string, name: string, exitCode: number, message?: string): Promise<void> => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: where, name } };
    const now = new Date().toISOString();
    const terminated = {
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
      startedAt: now,
      finishedAt: now,
      containerID: 'double://0',
      ...(message === undefined ? {} : { message }),
    };
    const container = { name: 'inference', image: 'a', imageID: '', ready: false, restartCount: 0 };
    const status = {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      conditions: [{ type: 'Ready', status: 'False' }],
      containerStatuses: [{ ...container, state: { terminated } }],
    };
    await this.cluster.patch(pod, { status }, { subresource: 'status' });
  };

  /** Events on an object so far. */
  eventsOn = async ({ metadata }: ObjectReference) => {
    type Listed = { type: string; reason: string; note: string; regarding: { name: string } };
    const all = await this.items<Listed>(`/apis/events.k8s.io/v1/namespaces/${metadata.namespace ?? ''}/events`);
    return all.filter(({ regarding }) => regarding.name === metadata.name);
  };

  event = (object: ObjectReference, reason: string) =>
    waitFor(`event ${reason} on ${object.metadata.name}`, async () =>
      (await this.eventsOn(object)).find((event) => event.reason === reason),
    );

  /** What the controller wrote to the API server since a place in the audit log. */
  writesSince = async (mark: { readonly offset: number }) => {
    const asked = await this.cluster.audit.since(mark, { user: this.user });
    return asked.filter(({ verb, resource }) => !['get', 'list', 'watch'].includes(verb) && resource !== 'events');
  };
}

/** A config with upstream's kinds of storage and a foreign runner. */
export function configOf(where: string, name: string, spec: object = {}): Written {
  return {
    apiVersion: 'ai.krateo.io/v1',
    kind: 'InferenceConfig',
    metadata: { name, namespace: where },
    spec: {
      kserve: { modelName: 'iris', modelUrl: 'iris.ml.svc/v2/models/iris/infer', modelInputName: 'input-0' },
      image: 'registry.example.com/foreign:1',
      storage: { input: { custom: { table: 'in' } }, output: { custom: { table: 'out' } } },
      ...spec,
    },
  };
}

/** A run of a config of the same name. */
export function runOf(where: string, name: string, spec: object = {}, metadata: object = {}): Written {
  return {
    apiVersion: 'ai.krateo.io/v1',
    kind: 'InferenceRun',
    metadata: { name, namespace: where, ...metadata },
    spec: { configRef: { name }, ...spec },
  };
}

/** A report as a runner leaves it. */
export const reportText = (items: { readonly total: number; readonly failed?: number }): string =>
  JSON.stringify({
    v: 1,
    items: { total: items.total, succeeded: items.total - (items.failed ?? 0), failed: items.failed ?? 0, skipped: 0 },
    requests: 1,
    retries: 0,
    batches: 1,
    bytes: { in: 10, out: 10 },
    durationMs: 5,
  });

async function closeAll(cleanups: (() => Promise<unknown>)[]): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}
