import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../controllers/image/bundle';
import { ApiConnection } from '../../controllers/runtime/api-connection';
import { KubernetesClient } from '../../controllers/runtime/client';
import { realClock } from '../../controllers/runtime/clock';
import { readKubeconfig } from '../../controllers/runtime/kubeconfig-file';
import { createMetrics } from '../../controllers/runtime/metrics';
import { clusterStorageContainers } from '../../definitions/serving/cluster-storage-container';
import { local, localRegistryAddress } from '../../charts-src/environments/local';
import { renderEnvironment } from '../../charts-src/output/render-environment';
import { serializeManifests } from '../../charts-src/kubernetes/serialize';
import { startCluster } from '../cluster/start-cluster';
import { startModelRegistry, type ModelRegistry } from '../doubles/model-registry/server';
import { startVersitygw } from '../storage-servers/versitygw';
import { startChaos } from './chaos';
import { ClusterApplier } from './cluster-applier';
import { exampleModelUri, publishExampleModel } from './example-model';
import { nameOf, parseManifests, readManifests, type Manifest } from './manifests';
import { ModelFetches } from './model-fetches';
import { runDeployment, type LogLine, type RunningController } from './node-stand-in';
import { serviceAddresses, storageContainer } from './storage-container';
import { storageSecret } from './storage-secret';

/** A platform that runs on this machine. */
export interface Platform {
  readonly client: KubernetesClient;
  readonly registry: ModelRegistry;
  readonly controllers: readonly RunningController[];
  /** Model files of the InferenceServices. */
  readonly models: ModelFetches;
  /** What `examples/` holds. */
  readonly examples: readonly Manifest[];
  /** Applies an object as a GitOps tool does. */
  apply(manifest: Manifest): Promise<unknown>;
  /** Stops and removes everything that was started, in the reverse order. */
  stop(): Promise<void>;
}

export interface PlatformOptions {
  /** Context of the kubeconfig to use instead of starting an API server. */
  readonly context?: string;
  /** Seed of faults between the controllers and what they talk to. @default none */
  readonly chaosSeed?: number;
  /** Told of each step. */
  readonly say: (line: string) => void;
  /** Told of each line of a controller's log. */
  readonly onLog: (controller: string, line: LogLine) => void;
}

/** Starts the platform: API server, storage, registry double, manifests, controllers, examples. */
export async function startPlatform({ context, chaosSeed, say, onLog }: PlatformOptions): Promise<Platform> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    const cluster = await connect(context, say, cleanups);
    const client = new KubernetesClient(cluster.connection);
    const applier = new ClusterApplier(cluster.connection, { keepExisting: context !== undefined });
    if (context !== undefined) cleanups.push(() => applier.removeCreated());

    const storage = await startVersitygw();
    cleanups.push(() => storage.stop());
    say(`storage      ${storage.endpoint} (versitygw, an S3 server)`);

    const port = await freePort(Number(new URL(localRegistryAddress).port));
    const registry = await startModelRegistry({ port });
    cleanups.push(() => registry.close());
    await publishExampleModel(registry.url, storage);
    say(
      `registry     ${registry.url} (a double, see test/doubles/model-registry), registered model 1 "iris", version 2 "v1" at ${exampleModelUri}`,
    );

    const storageContainers = readManifests('dist/kubeflow/storage-initializer');
    const manifests = [...(await localManifests(registry.url, say)), ...storageContainers];
    for (const manifest of manifests) {
      // On somebody's cluster the Deployment would start a second controller beside the process below.
      // KServe there would fetch with an image that nobody has published.
      const runs = manifest.kind === 'Deployment' || manifest.kind === clusterStorageContainers.kind;
      if (context !== undefined && runs) continue;
      await applier.apply(manifest);
    }
    say(
      `manifests    ${manifests.length} objects applied, server-side: the environment local, and the storage initializer of kubeflow`,
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
        onLog: (line) => onLog(deployment.metadata.name, line),
      });
      cleanups.push(() => controller.stop());
      controllers.push(controller);
      say(
        `controller   ${controller.name} runs as its ServiceAccount (process ${String(controller.pid())}, stand-in for a node)`,
      );
    }

    const models = await ModelFetches.open({
      container: storageContainer(manifests, 'model-registry-storage-initializer'),
      places: { node: process.execPath, program, addresses: serviceAddresses(manifests) },
      client,
      say,
    });
    cleanups.push(() => models.stop());

    await applier.apply(storageSecret('iris-model-storage', 'ml-models', storage));
    const examples = readManifests('examples');
    // While the controllers still run: nobody else lets go what their finalizers hold.
    if (context !== undefined) {
      cleanups.push(async () => {
        const held = await applier.removeAndWait(examples);
        if (held.length > 0) say(`left         ${held.join(', ')}: still held by finalizers`);
      });
    }
    for (const example of examples) {
      await applier.apply(example);
      say(`example      ${nameOf(example)}`);
    }
    return { client, registry, controllers, models, examples, apply: (manifest) => applier.apply(manifest), stop };
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
    const cluster = await startCluster({ log: say });
    cleanups.push(() => cluster.stop());
    kubeconfig = cluster.adminKubeconfig;
  }
  const config = await readKubeconfig([kubeconfig], realClock, context);
  const metrics = createMetrics({ process: false });
  const connection = new ApiConnection({ config, clock: realClock, metrics, userAgent: 'slipway-start' });
  cleanups.push(() => connection.close());
  say(
    `cluster      ${config.server} (${context === undefined ? 'etcd and kube-apiserver started here' : `context ${context}`})`,
  );
  const { ca } = config.tls;
  return { connection, address: { server: config.server, ca: Array.isArray(ca) ? ca.join('\n') : String(ca ?? '') } };
}

/** The committed manifests when they name the registry's address, else the same environment rendered with the real one. */
async function localManifests(registryUrl: string, say: (line: string) => void): Promise<Manifest[]> {
  const components = renderEnvironment(local(registryUrl));
  if (registryUrl !== localRegistryAddress) {
    say(`manifests    port of ${localRegistryAddress} is taken: environment local rendered for ${registryUrl}`);
    return components.flatMap(({ manifests }) => parseManifests(serializeManifests(manifests)));
  }
  const files = components.map(({ directory }) => `dist/local/${directory}/${directory}.yaml`);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts.flatMap(parseManifests);
}

/** The wanted port if nobody has it, else any. */
async function freePort(wanted: number): Promise<number> {
  const probe = createServer();
  const free = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false)).listen(wanted, '127.0.0.1', () => resolve(true));
  });
  if (!free) return 0;
  await new Promise((resolve) => probe.close(resolve));
  return wanted;
}
