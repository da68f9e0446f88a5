import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, type RunningCluster } from '../cluster/start-cluster';
import { TestCluster } from '../cluster/test-cluster';
import { waitFor } from '../cluster/wait-for';
import { readManifests } from './manifests';
import { buildTimeout, goProgram } from '../tools/go-programs';

const root = join(__dirname, '../..');
let servers: RunningCluster;
let cluster: TestCluster;
let temporary: string;

beforeAll(async () => {
  await goProgram('versitygw');
  const crds = readManifests(join(root, 'dist/local/crds'));
  servers = await startCluster({ audit: 'off', controllerManager: 'workloads', crds });
  cluster = new TestCluster(servers);
  temporary = await mkdtemp(join(tmpdir(), 'slipway-platform-test-'));
}, buildTimeout);

afterAll(async () => {
  await cluster?.close();
  await servers?.stop();
  if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
});

const program = join(root, 'node_modules/.bin/ts-node');
const variables = () => ({
  ...process.env,
  NODE_OPTIONS: '',
  KUBECONFIG: servers.adminKubeconfig,
  TMPDIR: temporary,
});

const npmStart = (...args: string[]) =>
  new Promise<{ code: number; output: string }>((done) => {
    const options = { cwd: root, env: variables(), maxBuffer: 64 * 1024 * 1024 };
    execFile(program, ['-T', 'test/platform/main.ts', ...args], options, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, output: stdout + stderr }),
    );
  });

/** The end of what it printed stands in the failure: the cause is there, and a comparison would leave it out. */
function expectSuccess({ code, output }: { code: number; output: string }): void {
  if (code !== 0) throw new Error(`npm start ended with code ${code}; the end of its output:\n${output.slice(-8000)}`);
}

/** Starts it as in a terminal, where Ctrl-C goes to the whole group of processes. */
function startUntilCtrlC() {
  const started = spawn(program, ['-T', 'test/platform/main.ts', '--context', 'admin'], {
    cwd: root,
    env: variables(),
    detached: true,
  });
  let output = '';
  for (const stream of [started.stdout, started.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  return {
    output: () => output,
    ended: new Promise<string>((done) => started.once('close', (code, signal) => done(signal ?? String(code)))),
    ctrlC() {
      if (started.pid !== undefined && started.exitCode === null) process.kill(-started.pid, 'SIGINT');
    },
  };
}

/** Temporary files, without the cache that ts-node keeps for its next start. */
const leftBehind = async () => (await readdir(temporary)).filter((name) => !name.startsWith('v8-compile-cache-'));

/** Command lines with a text in them, of all processes of this machine. */
async function processesThatName(text: string): Promise<readonly string[]> {
  const lines = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^[0-9]+$/.test(name))
      .map((pid) => readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '')),
  );
  return lines.map((line) => line.replaceAll('\0', ' ')).filter((line) => line.includes(text));
}

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
    expectSuccess({ code, output });
    expect(output).toContain('the record is UNDEPLOYED');
    expect(output).toContain('reached      its model is fetched');
    expect(output).toContain('reached      it is Ready with a URL');
    expect(output).toMatch(
      /^ml-models\/iris-model: ready True, predictor True, replicas 1\/1, served at http:\/\/iris-model-ml-models\.example\.com, message -$/m,
    );
    expect(output).toMatch(
      /^ml-models\/iris-model: record \d+, state DEPLOYED, url http:\/\/iris-model-ml-models\.example\.com$/m,
    );
    expect(output).toMatch(
      /^ml-models\/iris-run-january: phase Succeeded, items 3\/3, job inf-iris-run-january-[0-9a-f]{8}, predictions \[0,1,2\]$/m,
    );
    expect(output).toContain('reached      the results of its run are in the table');
    expect(output).not.toContain('handler-password-of-npm-start');
    expect(output).toContain('reached      everything that was made for it is gone');
    expect(await leftBehind()).toEqual([]);

    const namespace = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', metadata: kubeflow });
    expect(namespace.metadata).toMatchObject({ labels: { owner: 'somebody' } });
    const config = await cluster.get({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'registry-sync-config', namespace: 'kubeflow' },
    });
    expect(config).toMatchObject({ data: { theirs: 'yes' } });
    expect(await exists('v1', 'Secret', 'iris-model-storage', 'ml-models')).toBe(false);
    expect(await exists('v1', 'ServiceAccount', 'registry-sync', 'kubeflow')).toBe(false);
    expect(await exists('rbac.authorization.k8s.io/v1', 'ClusterRole', 'slipway-registry-sync')).toBe(false);
    expect(await exists('rbac.authorization.k8s.io/v1', 'ClusterRole', 'kserve-manager-role')).toBe(false);
    for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])
      expect(await exists('admissionregistration.k8s.io/v1', kind, 'inferenceservice.serving.kserve.io')).toBe(false);
  }, 120_000);

  it.each([
    ['download', /message [^\n]*(?:No model found in s3:\/\/models\/iris)/i],
    ['crash', /message [^\n]*not a model that this server understands/],
  ])(
    'shows why the model fails that is told to: %s',
    async (failure, message) => {
      const { code, output } = await npmStart('--once', '--fail', failure, '--context', 'admin');
      expectSuccess({ code, output });
      expect(output).toContain('reached      the InferenceService says what failed');
      expect(output).toMatch(message);
      expect(output).not.toContain('ready True');
      expect(await leftBehind()).toEqual([]);
    },
    120_000,
  );

  it('says which context is missing, and ends', async () => {
    const { code, output } = await npmStart('--once', '--context', 'elsewhere');
    expect(code).toBe(1);
    expect(output).toContain('elsewhere');
  }, 60_000);
});

describe('npm start -- --context, until Ctrl-C', () => {
  it("has the example's model on disk as it was uploaded, shows where it came from, and leaves nothing behind", async () => {
    const run = startUntilCtrlC();
    try {
      const shown = await waitFor(
        'the model in the view',
        () => /^ml-models\/iris-model: model fetched, .*$/m.exec(run.output())?.[0],
        {
          timeout: 90_000,
        },
      );
      expect(shown).toMatch(
        /model fetched, files 1, bytes 305 B, rate [\d.]+ [kM]?B\/s, resolved to s3:\/\/models\/iris\/v1\/iris-model\.json$/,
      );
      const [, directory = ''] = / of iris-model-predictor-\S+ is fetched to (\S+)/.exec(run.output()) ?? [];
      expect(directory.startsWith(temporary)).toBe(true);
      expect(await readFile(join(directory, 'iris-model.json'), 'utf8')).toBe(
        await readFile(join(root, 'examples/iris-model.json'), 'utf8'),
      );
    } catch (error) {
      throw new Error(`of a run that printed:\n${run.output().slice(-8000)}`, { cause: error });
    } finally {
      run.ctrlC();
    }
    expect({ code: await run.ended, output: run.output() }).toMatchObject({ code: '0' });
    expect(run.output()).not.toContain('test-secret-key-of-versitygw');
    expect(await leftBehind()).toEqual([]);
    expect(await processesThatName(temporary)).toEqual([]);
  }, 120_000);
});

describe('npm start -- --once --chaos', () => {
  it('shows the example live and go again and again while everything breaks, and nothing wrong in the end', async () => {
    const { code, output } = await npmStart('--once', '--chaos', '--seed', '11', '--context', 'admin');
    expectSuccess({ code, output });
    expect(output).toContain('chaos        --seed 11');
    expect(output.match(/reached {6}the record is UNDEPLOYED/g)?.length).toBe(5);
  }, 900_000);
});
