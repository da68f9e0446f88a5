import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '../cluster/start-cluster';
import { TestCluster } from '../cluster/test-cluster';

const root = join(__dirname, '../..');
let servers: RunningCluster;
let cluster: TestCluster;

beforeAll(async () => {
  servers = await startCluster({ audit: 'off', controllerManager: 'housekeeping' });
  cluster = new TestCluster(servers);
}, 60_000);

afterAll(async () => {
  await cluster?.close();
  await servers?.stop();
});

const npmStart = (...args: string[]) =>
  new Promise<{ code: number; output: string }>((done) => {
    const program = join(root, 'node_modules/.bin/ts-node');
    const env = { ...process.env, NODE_OPTIONS: '', KUBECONFIG: servers.adminKubeconfig };
    execFile(program, ['-T', 'test/platform/main.ts', ...args], { cwd: root, env }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, output: stdout + stderr }),
    );
  });

const exists = async (apiVersion: string, kind: string, name: string, namespace?: string) =>
  (await cluster.find({ apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } })) !==
  undefined;

describe('npm start -- --once --context, on a cluster that is there already', () => {
  it('shows the whole life of the example, leaves what was there alone and takes away what it brought', async () => {
    const kubeflow = { name: 'kubeflow', labels: { owner: 'somebody' } };
    await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: kubeflow });
    await cluster.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'registry-sync-config', namespace: 'kubeflow' },
      data: { theirs: 'yes' },
    });
    const { code, output } = await npmStart('--once', '--context', 'admin');
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('the record is UNDEPLOYED') as string,
    });

    const namespace = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', metadata: kubeflow });
    expect(namespace.metadata).toMatchObject({ labels: { owner: 'somebody' } });
    const config = await cluster.get({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'registry-sync-config', namespace: 'kubeflow' },
    });
    expect(config).toMatchObject({ data: { theirs: 'yes' } });
    expect(await exists('v1', 'ServiceAccount', 'registry-sync', 'kubeflow')).toBe(false);
    expect(await exists('rbac.authorization.k8s.io/v1', 'ClusterRole', 'slipway-registry-sync')).toBe(false);
  }, 60_000);

  it('says which context is missing, and ends', async () => {
    const { code, output } = await npmStart('--once', '--context', 'elsewhere');
    expect(code).toBe(1);
    expect(output).toContain('elsewhere');
  }, 30_000);
});

describe('npm start -- --once --chaos', () => {
  it('shows the example live and go again and again while everything breaks, and nothing wrong in the end', async () => {
    const { code, output } = await npmStart('--once', '--chaos', '--seed', '11', '--context', 'admin');
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('chaos        --seed 11') as string,
    });
    expect(output.match(/reached {6}the record is UNDEPLOYED/g)?.length).toBe(5);
  }, 240_000);
});
