import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../controllers/image/bundle';
import { ApiConnection } from '../../controllers/runtime/api-connection';
import { KubernetesClient } from '../../controllers/runtime/client';
import { realClock } from '../../controllers/runtime/clock';
import { readKubeconfig } from '../../controllers/runtime/kubeconfig-file';
import { createMetrics } from '../../controllers/runtime/metrics';
import { servingWebhookPort } from '../../definitions/names/serving-webhooks';
import { inferenceGroup, runController, runLabels } from '../../definitions/names/inference';
import { clusterStorageContainers } from '../../definitions/serving/cluster-storage-container';
import { localRegistryAddress } from '../../charts-src/environments/local';
import { freePort } from '../cluster/free-port';
import { startCluster } from '../cluster/start-cluster';
import { Kubelet } from '../doubles/kubelet/kubelet';
import type { PodFate } from '../doubles/kubelet/pod-life';
import { startModelRegistry, type ModelRegistry } from '../doubles/model-registry/server';
import { startVersitygw } from '../storage-servers/versitygw';
import { startChaos } from './chaos';
import { childrenLeftOf } from './children';
import { ClusterApplier } from './cluster-applier';
import { exampleModelUri, publishExampleModel } from './example-model';
import { localComponents } from './local-manifests';
import { nameOf, readManifests, type Manifest } from './manifests';
import { ModelFetches } from './model-fetches';
import { runDeployment, type LogLine, type RunningController } from './node-stand-in';
import type { ModelFailure } from './options';
import { applyPatiently } from './patient-apply';
import { serviceAddresses } from './storage-container';
import { startRunSurroundings } from './example-runs';
import { Runners } from './runners';
import { storageSecret } from './storage-secret';
import { surroundingsOf } from './surroundings';

/** A platform that runs on this machine. */
export interface Platform {
  readonly client: KubernetesClient;
  readonly registry: ModelRegistry;
  /** Resolves when a controller ends, which none should, with its name and how. */
  readonly ended: Promise<string>;
  /** Model files of the pods. */
  readonly models: ModelFetches;
  /** Whether pods come to be and serve here, by stand-ins; else that is up to the cluster. */
  readonly podsAreOurs: boolean;
  /** What the example's run wrote, each time. */
  readonly predictions: readonly string[];
  /** What `examples/` holds. */
  readonly examples: readonly Manifest[];
  /** Applies an object as a GitOps tool does. */
  apply(manifest: Manifest): Promise<void>;
  /** Stops and removes everything that was started, in the reverse order. */
  stop(): Promise<void>;
}

export interface PlatformOptions {
  /** Context of the kubeconfig to use instead of starting an API server. */
  readonly context?: string;
  /** Seed of faults between the controllers and what they talk to. @default none */
  readonly chaosSeed?: number;
  /** What goes wrong with the example's model. @default nothing */
  readonly fail?: ModelFailure;
  /** Told of each step. */
  readonly say: (line: string) => void;
  /** Told of each line of a controller's log. */
  readonly onLog: (controller: string, line: LogLine) => void;
}

/** Components that somebody else's serving takes the place of. */
const servingComponents = ['serving', 'serving-runtimes'];

/** What becomes of a pod whose model's server ends. */
const crash: PodFate = {
  fate: 'crashes',
  reason: 'Error',
  exitCode: 1,
  message: 'iris-model.json: not a model that this server understands (told to fail by --fail crash)',
};

/** Starts the platform: API server, storage, registry double, manifests, controllers, pods, examples. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { context, chaosSeed, fail, say, onLog } = options;
  const cleanups: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    const cluster = await connect(context, say, cleanups);
    const client = new KubernetesClient(cluster.connection);
    const applier = new ClusterApplier(cluster.connection, { keepExisting: context !== undefined });
    if (context !== undefined) cleanups.push(() => applier.removeCreated());
    const { podsAreOurs, servedBy } = await surroundingsOf(client, cluster.address.server);
    if (servedBy !== undefined) say(`serving      Deployment ${servedBy} serves InferenceServices here: left to it`);

    const storage = await startVersitygw();
    cleanups.push(() => storage.stop());
    say(`storage      ${storage.endpoint} (versitygw, an S3 server)`);

    const port = await free(Number(new URL(localRegistryAddress).port));
    const registry = await startModelRegistry({ port: port ?? 0 });
    cleanups.push(() => registry.close());
    await publishExampleModel(registry.url, storage, fail === 'download');
    say(
      `registry     ${registry.url} (a double, see test/doubles/model-registry), registered model 1 "iris", version 2 "v1" at ${exampleModelUri}`,
    );

    // With faults their process ends now and then, and another run on this machine must not take the port for its own meanwhile.
    const usualPort = chaosSeed === undefined ? await free(servingWebhookPort) : undefined;
    const webhookPort = usualPort ?? (await freePort());
    const addresses = { registry: registry.url, webhooks: `https://127.0.0.1:${webhookPort}` };
    const components = (await localComponents(addresses, say)).filter(
      ({ name }) => servedBy === undefined || !servingComponents.includes(name),
    );
    const manifests = [
      ...components.flatMap((component) => component.manifests),
      ...readManifests('dist/kubeflow/storage-initializer'),
    ];
    const applied = manifests.filter(({ kind }) => {
      // On somebody's cluster the Deployment would start a second controller beside the process below.
      if (kind === 'Deployment') return context === undefined;
      // Nodes there would fetch with an image that nobody has published, and the API server asks no process of this machine.
      return podsAreOurs || (!isWebhooks(kind) && kind !== clusterStorageContainers.kind);
    });
    const [webhooks, others] = [
      applied.filter(({ kind }) => isWebhooks(kind)),
      applied.filter(({ kind }) => !isWebhooks(kind)),
    ];
    // Nothing is to be asked about before somebody answers.
    for (const manifest of [...others, ...webhooks]) await applier.apply(manifest);
    say(
      `manifests    ${applied.length} objects applied, server-side: ${components.map(({ name }) => name).join(', ')} of the environment local, and storage-initializer of kubeflow`,
    );

    const buildDirectory = await mkdtemp(join(tmpdir(), 'slipway-build-'));
    cleanups.push(() => rm(buildDirectory, { recursive: true, force: true }));
    const { program } = await bundle({ outDir: buildDirectory });
    const chaos = chaosSeed === undefined ? undefined : await startChaos(cluster.address, registry, chaosSeed, say);
    if (chaos !== undefined) cleanups.push(() => chaos.stop());
    const controllers: RunningController[] = [];
    for (const deployment of manifests.filter(({ kind }) => kind === 'Deployment')) {
      const controller = await runDeployment({
        deployment,
        manifests,
        cluster: chaos?.cluster ?? cluster.address,
        restarts: chaos !== undefined,
        client,
        program,
        webhookPort,
        onLog: (line) => onLog(deployment.metadata.name, line),
      });
      cleanups.push(() => controller.stop());
      controllers.push(controller);
      say(
        `controller   ${controller.name} runs as its ServiceAccount (process ${String(controller.pid())}, stand-in for a node)`,
      );
    }
    // Before those who answer them end.
    if (context !== undefined) cleanups.push(() => applier.removeAndWait(webhooks));

    const runs = await startRunSurroundings();
    cleanups.push(() => runs.stop());
    say(`runs         ${runs.description}`);
    const places = { node: process.execPath, program };
    const runners = await Runners.open({ places: { ...places, addresses: runs.addresses }, client, say });
    cleanups.push(() => runners.stop());
    const models = await ModelFetches.open({
      places: { ...places, addresses: serviceAddresses(manifests) },
      client,
      ...(fail === 'crash' ? { servers: crash } : {}),
      say,
    });
    cleanups.push(() => models.stop());
    if (podsAreOurs) {
      const kubelet = new Kubelet({ client, fateOf: (pod, gone) => models.fatesOf(pod, gone) });
      cleanups.push(() => kubelet.stop());
      const ofJobs = new Kubelet({
        client,
        labelSelector: `${runLabels.managedBy}=${runController}`,
        fateOf: (pod, gone) => runners.fatesOf(pod, gone),
      });
      cleanups.push(() => ofJobs.stop());
      say(
        'pods         run by a stand-in for nodes: models are fetched, runners run; what model servers would report is made up',
      );
    } else {
      say('pods         are left to the nodes of the cluster; webhooks are not registered: it can not reach them here');
    }

    await applier.apply(storageSecret('iris-model-storage', 'ml-models', storage));
    await applier.apply(runs.secret);
    // Without nodes of ours nobody has the runner's image; with faults or a failing model there is nothing for a run to ask.
    const withRuns = podsAreOurs && chaos === undefined && fail === undefined;
    const examples = readManifests('examples').filter(
      ({ apiVersion }) => withRuns || !apiVersion.startsWith(inferenceGroup),
    );
    // While the controllers still run: nobody else lets go what their finalizers hold, or the stand-in's pods.
    if (context !== undefined) {
      cleanups.push(async () => {
        const held = [
          ...(await applier.removeAndWait(examples)),
          ...(podsAreOurs ? await childrenLeftOf(client, examples) : []),
        ];
        if (held.length > 0) say(`left         ${held.join(', ')}: still there`);
      });
    }
    const ended = Promise.race(
      controllers.map(async (controller) => `${controller.name} ended with ${await controller.ended}`),
    );
    for (const example of examples) {
      const end = await Promise.race([applyPatiently(applier, example), ended]);
      if (end !== undefined) throw new Error(end);
      say(`example      ${nameOf(example)}`);
    }
    const apply = (manifest: Manifest) => applyPatiently(applier, manifest);
    return { client, registry, models, podsAreOurs, predictions: runs.predictions, examples, ended, apply, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface ConnectedCluster {
  readonly connection: ApiConnection;
  readonly address: { readonly server: string; readonly ca: string };
}

async function connect(
  context: string | undefined,
  say: (line: string) => void,
  cleanups: (() => Promise<unknown>)[],
): Promise<ConnectedCluster> {
  let kubeconfig = process.env['KUBECONFIG'] ?? join(process.env['HOME'] ?? '', '.kube', 'config');
  if (context === undefined) {
    const crds = readManifests('dist/local/crds');
    const cluster = await startCluster({ audit: 'off', controllerManager: 'workloads', crds, log: say });
    cleanups.push(() => cluster.stop());
    kubeconfig = cluster.adminKubeconfig;
  }
  const config = await readKubeconfig([kubeconfig], realClock, context);
  const metrics = createMetrics({ process: false });
  const connection = new ApiConnection({ config, clock: realClock, metrics, userAgent: 'slipway-start' });
  cleanups.push(() => connection.close());
  say(
    `cluster      ${config.server} (${context === undefined ? 'etcd, kube-apiserver and kube-controller-manager started here' : `context ${context}`})`,
  );
  const { ca } = config.tls;
  return { connection, address: { server: config.server, ca: Array.isArray(ca) ? ca.join('\n') : String(ca ?? '') } };
}

function isWebhooks(kind: string): boolean {
  return kind.endsWith('WebhookConfiguration');
}

/** A port if nobody has it. */
async function free(wanted: number): Promise<number | undefined> {
  const probe = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false)).listen(wanted, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return undefined;
  await new Promise((resolve) => probe.close(resolve));
  return wanted;
}
