import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { production } from '../../../charts-src/environments/production';
import { healthExpressions } from '../../../charts-src/gitops/health-expressions';
import { placed } from '../../../charts-src/gitops/order';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import { healthRules } from '../../../definitions/names/conditions';
import { allDefinitions } from '../../../definitions/kinds';
import { goInstalled } from '../../cluster/binaries/go-build';
import { type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';
import { WorkloadStandIn } from '../../gitops/engines/workload-stand-in';
import { itWithGo, needsGo } from '../import/go-toolchain';
import { buildTimeout, goProgram } from '../../tools/go-programs';
import { callsOf, follow, guideBlocks, reader, type Reader } from './guide';

// A cluster of its own: the guides take names for themselves that other tests use too.
let running: RunningCluster | undefined;
let cluster: TestCluster;
let pods: WorkloadStandIn | undefined;
let kubectl: string;
let home: string;
let someone: Reader;

beforeAll(async () => {
  if (!(await goInstalled())) return;
  kubectl = await goProgram('kubectl');
  // Pods get ready here, and nothing runs in them that would answer a webhook.
  running = await startCluster({ audit: 'off', controllerManager: 'workloads', asksWebhooks: false });
  cluster = new TestCluster(running);
  const projects = ['argo-cd', 'flux', 'cert-manager', 'prometheus-operator', 'external-secrets'] as const;
  for (const project of projects) await cluster.installForeignCrds(project);
  pods = new WorkloadStandIn(cluster);
  for (const name of ['argocd', 'flux-system']) {
    await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
}, buildTimeout);

afterAll(async () => {
  await pods?.stop();
  await cluster?.close();
  await running?.stop();
});

beforeEach(async () => {
  if (running === undefined) return;
  home = await mkdtemp(join(await realpath(tmpdir()), 'slipway-guide-'));
  someone = await reader(home, kubectl, running.adminKubeconfig);
});

afterEach(async () => {
  if (running !== undefined) await rm(home, { recursive: true, force: true });
});

const components = renderEnvironment(production()).filter(({ directory }) => !directory.startsWith('gitops-'));
const object = (apiVersion: string, kind: string, namespace: string, name: string) => ({
  apiVersion,
  kind,
  metadata: { namespace, name },
});
const application = (name: string) => object('argoproj.io/v1alpha1', 'Application', 'argocd', name);

itWithGo(
  `kubectl.md installs every component; a component that is deleted is gone ${needsGo}`,
  async () => {
    const { code, stdout, stderr } = await follow('kubectl', someone);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).not.toMatch(/warning|error/i);
    // What kubectl diff would print.
    expect(stdout).not.toContain('+++ ');
    for (const { directory, manifests } of components) {
      for (const manifest of manifests) {
        const found = await cluster.find(manifest);
        expect({ name: manifest.metadata.name, there: found !== undefined }).toEqual({
          name: manifest.metadata.name,
          there: directory !== 'registry-ui',
        });
      }
    }
  },
  300_000,
);

it('kubectl.md names every component of production, in the order of installation', async () => {
  const order = placed(components.map(({ directory }) => directory)).map(({ directory }) => directory);
  const named = (await guideBlocks('kubectl', 'sh')).flatMap((block) => [
    ...block.matchAll(/^for component in (.*);/gm),
  ]);
  const loops = named.map(([, names = '']) => names.split(' '));
  expect(loops.slice(0, -1).flat()).toEqual(order.slice(2));
  expect(loops.at(-1)).toEqual(order);
  expect(order.slice(0, 2)).toEqual(['namespaces', 'crds']);
});

itWithGo(
  `argo-cd.md brings settings, projects and the root; other settings stay ${needsGo}`,
  async () => {
    const settings = object('v1', 'ConfigMap', 'argocd', 'argocd-cm');
    const labels = { 'app.kubernetes.io/name': 'argocd-cm', 'app.kubernetes.io/part-of': 'argocd' };
    await cluster.apply(
      { ...settings, metadata: { ...settings.metadata, labels }, data: { url: 'https://argocd.example.com' } },
      { fieldManager: 'argocd-installer' },
    );
    // What Argo CD does once the root is there; nobody does here.
    const applications = renderEnvironment(production()).find(
      ({ directory }) => directory === 'gitops-argocd-applications',
    );
    for (const manifest of applications?.manifests ?? []) await cluster.apply(manifest, { fieldManager: 'argocd' });
    const { code, stderr } = await follow('argo-cd', someone);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/warning|error/i) as string });
    expect(await cluster.get(settings)).toMatchObject({
      data: {
        url: 'https://argocd.example.com',
        'resource.customizations.health.serving.kserve.io_InferenceService': expect.stringContaining(
          'Stopped',
        ) as string,
      },
    });
    expect(await cluster.get(application('slipway-production-root'))).toMatchObject({
      spec: { project: 'slipway-production-root' },
    });
    expect(await cluster.get(application('slipway-production-crds'))).toMatchObject({
      metadata: {
        annotations: { 'argocd.argoproj.io/deletion-approved': expect.stringMatching(/^\d{4}-.*Z$/) as string },
      },
    });
  },
  120_000,
);

itWithGo(
  `flux.md brings source and Kustomizations, and pushes dist with its commit ${needsGo}`,
  async () => {
    const { code, stderr } = await follow('flux', someone);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/warning|error/i) as string });
    const flux = renderEnvironment(production()).find(({ directory }) => directory === 'gitops-flux');
    for (const manifest of flux?.manifests ?? []) expect(await cluster.find(manifest)).toBeDefined();
    const source = object('source.toolkit.fluxcd.io/v1', 'GitRepository', 'flux-system', 'slipway-production');
    expect(await cluster.get(source)).toMatchObject({
      metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': expect.stringMatching(/^\d+$/) as string } },
    });
    expect(await callsOf(someone)).toEqual([
      expect.stringMatching(
        /^flux push artifact oci:\/\/\S+:stable --path=dist --source=https:\/\/git\.example\.com\/\S+ --revision=main@sha1:[0-9a-f]{40}$/,
      ),
    ]);
  },
  120_000,
);

it('flux.md shows the health check that is rendered', async () => {
  const [shown = ''] = await guideBlocks('flux', 'yaml');
  const rule = healthRules.find(({ kind }) => kind === 'InferenceService');
  if (rule === undefined) throw new Error('no health rule of InferenceService');
  expect(load(shown)).toEqual({ healthCheckExprs: [healthExpressions(rule, { strict: false })] });
});

itWithGo(
  `config-management-plugin.md builds the plugin, puts the sidecar in place and renders ${needsGo}`,
  async () => {
    const pod = {
      metadata: { labels: { app: 'repo-server' } },
      spec: {
        containers: [{ name: 'argocd-repo-server', image: 'quay.io/argoproj/argocd:v3.3.0' }],
        volumes: ['var-files', 'plugins'].map((name) => ({ name, emptyDir: {} })),
      },
    };
    const repoServer = object('apps/v1', 'Deployment', 'argocd', 'argocd-repo-server');
    await cluster.create({
      ...repoServer,
      spec: { selector: { matchLabels: { app: 'repo-server' } }, template: pod },
    });
    const { code, stdout, stderr } = await follow('config-management-plugin', someone);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/warning|error/i) as string });
    const definitions = allDefinitions.length;
    expect(stdout).toMatch(new RegExp(`^ +${definitions} kind: CustomResourceDefinition$`, 'm'));
    expect(await callsOf(someone)).toEqual([
      expect.stringContaining('docker build --tag registry.example.com/platform/slipway-plugin:0.1.0'),
      'docker push registry.example.com/platform/slipway-plugin:0.1.0',
    ]);
    expect(await cluster.get(repoServer)).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'slipway', securityContext: { runAsUser: 999, readOnlyRootFilesystem: true } },
              { name: 'argocd-repo-server' },
            ],
          },
        },
      },
    });
    expect(await cluster.get(application('slipway-staging'))).toMatchObject({
      spec: { source: { plugin: { name: 'slipway' } } },
    });
  },
  120_000,
);

/**
 * That of serving by test/documents, on its control plane; that of inference runs by test/charts-src/inference-runs; examples of the others
 * are held to the definitions by tests of these.
 */
const testedElsewhere = ['inference-runs.md', 'runner-contract.md', 'serving.md', 'storage-initializer.md'];

it('has a test for every guide', async () => {
  const guides = await readdir(join(__dirname, '..', '..', '..', 'docs', 'guides'));
  expect(guides.sort()).toEqual(
    ['argo-cd.md', 'config-management-plugin.md', 'flux.md', 'kubectl.md', ...testedElsewhere].sort(),
  );
});
