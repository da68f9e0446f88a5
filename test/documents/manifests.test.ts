import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { targets } from '../../charts-src/targets/targets';
import { customResourceDefinition } from '../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../definitions/serving/kinds';
import { startCluster, type RunningCluster } from '../cluster/start-cluster';
import { TestCluster } from '../cluster/test-cluster';
import { buildTimeout, goProgram } from '../tools/go-programs';
import type { Locator } from './entry';
import { documentBlock } from './texts';

/** Upstream's folders as the documents name them, and ours with the same objects. */
const folders = new Map(
  targets.map((make) => {
    const { name, upstream } = make();
    return [`manifests/kustomize/${upstream}`, `dist/targets/${name}`];
  }),
);

let servers: RunningCluster;
let cluster: TestCluster;
let kubectl: string;

beforeAll(async () => {
  // Of its own: what kubectl applies, other tests apply by other means.
  servers = await startCluster({ audit: 'off' });
  cluster = new TestCluster(servers);
  await cluster.installCrds(servingDefinitions.map(customResourceDefinition));
  await cluster.installForeignCrds('istio');
  await cluster.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kubeflow' } },
    { fieldManager: 'test' },
  );
  kubectl = await goProgram('kubectl');
}, buildTimeout);

afterAll(async () => {
  await cluster?.close();
  await servers?.stop();
});

/** Runs the block's command as it is written, but for the folder. */
function run(locator: Locator): Promise<{ readonly code: number; readonly output: string }> {
  const line = documentBlock(locator)
    .content.split('\n')
    .find((candidate) => candidate.startsWith('kubectl '));
  const [, ...words] = (line ?? '').split(' ');
  const args = words.map((word) => folders.get(word) ?? word);
  const root = resolve(__dirname, '..', '..');
  const env = { ...process.env, KUBECONFIG: cluster.adminKubeconfig };
  return new Promise((done) => {
    execFile(kubectl, args, { cwd: root, env }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}

const registry = (heading: string, index = 0): Locator => ({ document: '3-registry-on-kubernetes', heading, index });

/** Lines of kubectl's output that are no report of an object that was created or found as it was. */
const remarks = (output: string) =>
  output
    .trim()
    .split('\n')
    .filter((line) => !/ (created|configured|unchanged)$/.test(line));

describe('the manifests as the documents have them applied', () => {
  it('the registry with MySQL is applied from the folder of its target', async () => {
    const { code, output } = await run(registry('Deploy Model Registry'));
    expect({ code, remarks: remarks(output) }).toEqual({ code: 0, remarks: [] });
    expect(output).toContain('service/model-registry-service created');
    expect(output).toContain('deployment.apps/model-registry-deployment created');
  });

  it('the objects of Istio are applied beside it', async () => {
    const { code, output } = await run(registry('Deploy Model Registry', 1));
    expect({ code, remarks: remarks(output) }).toEqual({ code: 0, remarks: [] });
    expect(output).toContain('virtualservice.networking.istio.io/model-registry created');
  });

  it('the storage container is applied once for the cluster', async () => {
    const { code, output } = await run(registry('Enable CSI Driver'));
    expect({ code, remarks: remarks(output) }).toEqual({ code: 0, remarks: [] });
    expect(output).toContain('clusterstoragecontainer.serving.kserve.io/model-registry-storage-initializer created');
  });

  it('the controller is applied from the folder of its target', async () => {
    const { code, output } = await run(registry('Deploy Controller'));
    expect({ code, remarks: remarks(output) }).toEqual({ code: 0, remarks: [] });
    expect(output).toContain('deployment.apps/controller-controller-manager created');
  });

  it('the controller of the other document is the same one: applying it again changes nothing', async () => {
    const { code, output } = await run({ document: '1-registry-sync', heading: 'Kustomize Deployment', index: 0 });
    expect({ code, remarks: remarks(output) }).toEqual({ code: 0, remarks: [] });
    expect(output).not.toMatch(/ (created|configured)$/m);
  });
});
