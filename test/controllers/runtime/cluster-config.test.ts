import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiConnection } from '../../../controllers/runtime/api-connection';
import { KubernetesClient } from '../../../controllers/runtime/client';
import { realClock } from '../../../controllers/runtime/clock';
import { loadClusterConfig, type ClusterConfig } from '../../../controllers/runtime/cluster-config';
import { readKubeconfig } from '../../../controllers/runtime/kubeconfig-file';
import { createMetrics } from '../../../controllers/runtime/metrics';
import { testCluster } from '../../cluster/test-cluster';
import { ManualClock } from './manual-clock';
import { configMaps } from './runtime-client';

const cluster = testCluster();
let namespace: string;
let directory: string;

beforeAll(async () => {
  namespace = await cluster.namespace('config');
  directory = await mkdtemp(join(tmpdir(), 'slipway-config-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What the API server makes of a configuration. */
async function answerTo(config: ClusterConfig): Promise<string> {
  const metrics = createMetrics({ process: false });
  const connection = new ApiConnection({ config, clock: realClock, metrics, userAgent: 'slipway/test' });
  try {
    await new KubernetesClient(connection).list(configMaps, { namespace });
    return 'allowed';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await connection.close();
  }
}

function inPod(serviceAccountDirectory: string) {
  const { hostname, port } = new URL(cluster.url);
  return {
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    SLIPWAY_SERVICE_ACCOUNT_DIRECTORY: serviceAccountDirectory,
  };
}

it('works in a pod with the files of its ServiceAccount', async () => {
  const account = await cluster.serviceAccount(namespace, 'pod');
  const config = await loadClusterConfig({ env: inPod(account.directory), clock: realClock });
  expect(config).toMatchObject({ server: cluster.url, namespace, source: 'the ServiceAccount of the pod' });
  expect(await answerTo(config)).toContain(`User "${account.username}" cannot list`);
});

it('reads a token that was replaced, at the latest after five seconds', async () => {
  const clock = new ManualClock();
  const account = await cluster.serviceAccount(namespace, 'rotated');
  const config = await loadClusterConfig({ env: inPod(account.directory), clock });
  const first = await config.authenticate();
  expect(first).toEqual({ authorization: `Bearer ${account.token}` });
  await writeFile(join(account.directory, 'token'), 'second\n');
  await clock.advance(4_999);
  expect(await config.authenticate()).toEqual(first);
  await clock.advance(1);
  expect(await config.authenticate()).toEqual({ authorization: 'Bearer second' });
});

it('says what is missing in a pod without ServiceAccount', async () => {
  await expect(loadClusterConfig({ env: inPod(directory), clock: realClock })).rejects.toThrow(
    new RegExp(`^reading the ServiceAccount in ${directory}: ENOENT.*is automountServiceAccountToken off\\?$`),
  );
});

it('says where it looked when there is no configuration', async () => {
  await expect(loadClusterConfig({ env: { HOME: directory }, clock: realClock })).rejects.toThrow(
    'give --kubeconfig FILE, set KUBECONFIG, or write ~/.kube/config',
  );
});

it('works with a kubeconfig', async () => {
  const config = await readKubeconfig([cluster.adminKubeconfig], realClock);
  expect(config.server).toBe(cluster.url);
  expect(await answerTo(config)).toBe('allowed');
});

it('merges kubeconfig files, the first one winning', async () => {
  const account = await cluster.serviceAccount(namespace, 'merged');
  const overlay = join(directory, 'overlay.yaml');
  await writeFile(overlay, 'apiVersion: v1\nkind: Config\npreferences: {}\nclusters: []\nusers: []\ncontexts: []\n');
  expect(await answerTo(await readKubeconfig([account.kubeconfig, overlay], realClock))).toContain(account.username);
});

it('names the file that can not be read', async () => {
  const missing = join(directory, 'missing.yaml');
  await expect(readKubeconfig([missing], realClock)).rejects.toThrow(`reading kubeconfig ${missing}: ENOENT`);
});

it('names what a kubeconfig refers to and does not define', async () => {
  const broken = join(directory, 'broken.yaml');
  await writeFile(
    broken,
    'apiVersion: v1\nkind: Config\ncurrent-context: nowhere\nclusters: []\nusers: []\ncontexts: []\n',
  );
  await expect(readKubeconfig([broken], realClock)).rejects.toThrow(
    `reading kubeconfig ${broken}: current-context "nowhere" is not defined`,
  );
});
