import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '../cluster/start-cluster';
import { TestCluster } from '../cluster/test-cluster';
import { waitFor } from '../cluster/wait-for';
import { customResourceDefinition } from '../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../definitions/serving/kinds';
import { bundledProgram } from '../program/bundled-program';
import { runToEnd, startRegistrySync } from './registry-sync/controller-process';

let program: string;
let remove: () => Promise<void>;
let directory: string;

beforeAll(async () => {
  ({ program, remove } = await bundledProgram());
  directory = await mkdtemp(join(tmpdir(), 'slipway-main-'));
});

afterAll(async () => {
  await remove();
  await rm(directory, { recursive: true, force: true });
});

describe('the program', () => {
  it.each([
    ['no component', [], 'slipway: no component given, allowed: registry-sync'],
    ['an unknown component', ['serve'], 'slipway: unknown component "serve", allowed: registry-sync'],
    [
      'an unknown flag',
      ['registry-sync', '--metrics'],
      'slipway: unknown flag --metrics, allowed are --metrics-bind-address',
    ],
    [
      'an address that is none',
      ['registry-sync', '--health-probe-bind-address=here'],
      '"here" is no address, give host:port',
    ],
    [
      'a configuration file that is not there',
      ['registry-sync', '--config=/nowhere.yaml'],
      'reading /nowhere.yaml: ENOENT',
    ],
  ])('ends with 2 and one line for %s', async (_, args, message) => {
    const { code, output } = await runToEnd(program, args);
    expect(code).toBe('2');
    expect(output).toContain(message);
    expect(output.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [
      'an unknown key',
      'registryNamespace: kubeflow',
      'registry-sync.yaml: unknown key registryNamespace, allowed: allowedRegistryNamespaces, cleanupGraceSeconds',
    ],
    ['a wrong value', 'workers: 0', 'registry-sync.yaml: workers: got 0, must be at least 1'],
  ])('ends with 2 and one line for %s in the configuration', async (_, text, message) => {
    const file = join(directory, 'config.yaml');
    await writeFile(file, text);
    const { code, output } = await runToEnd(program, ['registry-sync', `--config=${file}`]);
    expect(code).toBe('2');
    expect(output).toContain(message);
  });

  it('ends with 2 for a contradiction between two spellings of a variable', async () => {
    const env = { URL_ANNOTATION: 'a.example/url', MODEL_REGISTRY_URL_ANNOTATION: 'b.example/url' };
    const { code, output } = await runToEnd(program, ['registry-sync'], env);
    expect(code).toBe('2');
    expect(output).toContain('are two spellings of one variable and contradict each other');
  });

  it('says where it looked when no API server is configured', async () => {
    const { code, output } = await runToEnd(program, ['registry-sync'], { HOME: directory });
    expect(code).toBe('1');
    expect(output).toContain('give --kubeconfig FILE, set KUBECONFIG, or write ~/.kube/config');
  });

  it('shows its help', async () => {
    const { code, output } = await runToEnd(program, ['--help']);
    expect(code).toBe('0');
    expect(output).toContain('registry-sync        keeps one Model Registry record in step');
  });
});

describe('the program and its surroundings', () => {
  let connection: RunningCluster;
  let cluster: TestCluster;

  // A cluster of its own: the shared one has the CustomResourceDefinitions that are missing here.
  beforeAll(async () => {
    connection = await startCluster({ audit: 'off' });
    cluster = new TestCluster(connection);
  }, 120_000);

  afterAll(async () => {
    await cluster.close();
    await connection.stop();
  });

  async function account() {
    const roles = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' };
    const found = await cluster.serviceAccount('default', 'slipway');
    await cluster.apply(
      {
        ...roles,
        metadata: { name: 'slipway-admin' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', name: 'slipway', namespace: 'default' }],
      },
      { fieldManager: 'test' },
    );
    return found;
  }

  it('names a port that somebody else has', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { directory: mounted } = await account();
    const server = new URL(cluster.url);
    const { code, output } = await runToEnd(
      program,
      ['registry-sync', `--health-probe-bind-address=127.0.0.1:${port}`],
      {
        KUBERNETES_SERVICE_HOST: server.hostname,
        KUBERNETES_SERVICE_PORT: server.port,
        SLIPWAY_SERVICE_ACCOUNT_DIRECTORY: mounted,
      },
    );
    await new Promise((resolve) => other.close(resolve));
    expect(code).toBe('1');
    expect(output).toContain(
      `listening for health probes on 127.0.0.1:${port}: EADDRINUSE: another process has the port`,
    );
  });

  it('waits for CustomResourceDefinitions that are not there, and is ready once they appear', async () => {
    const { directory: mounted } = await account();
    const controller = await startRegistrySync({
      program,
      server: cluster.url,
      serviceAccountDirectory: mounted,
      config: '{}',
    });
    const ready = async () => (await fetch(`${controller.health}/readyz`)).status;
    await waitFor('the log line about the missing definition', () =>
      controller.log.some((line) => line.includes('inferenceservices')),
    );
    expect(await ready()).toBe(503);
    expect((await fetch(`${controller.health}/healthz`)).status).toBe(200);
    await cluster.installCrds(servingDefinitions.map(customResourceDefinition));
    await waitFor('readiness', async () => (await ready()) === 200, { timeout: 40_000 });
    expect(await controller.end()).toBe('0');
  });

  it('waits for an API server that can not be reached and says so', async () => {
    const { directory: mounted } = await account();
    const controller = await startRegistrySync({
      program,
      server: 'https://127.0.0.1:9',
      serviceAccountDirectory: mounted,
      config: '{}',
    });
    await waitFor('a line about the API server', () => controller.log.some((line) => line.includes('ECONNREFUSED')));
    expect((await fetch(`${controller.health}/readyz`)).status).toBe(503);
    expect(await controller.end()).toBe('0');
  });
});
