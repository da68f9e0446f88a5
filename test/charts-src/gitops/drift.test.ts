import { kubeflow } from '../../../charts-src/environments/kubeflow';
import { production } from '../../../charts-src/environments/production';
import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { allDefinitions } from '../../../definitions/kinds';
import { goInstalled } from '../../cluster/binaries/go-build';
import { type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';
import type { UnstructuredObject } from '../../cluster/unstructured-object';
import { itWithGo, needsGo } from '../import/go-toolchain';
import { buildTimeout, goProgram } from '../../tools/go-programs';
import { type Application, gitopsOf } from './rendered-gitops';
import { type Question, verdicts } from './verdicts';

/** Whose definitions the environments take for granted. */
const projects = ['cert-manager', 'external-secrets', 'istio', 'prometheus-operator'] as const;

// A cluster of its own, in which nobody else applies the same objects.
let running: RunningCluster | undefined;
let cluster: TestCluster;

beforeAll(async () => {
  if (!(await goInstalled())) return;
  await goProgram('argo-lua');
  running = await startCluster({ audit: 'off' });
  cluster = new TestCluster(running);
  await cluster.installCrds(allDefinitions.map(customResourceDefinition));
  for (const project of projects) await cluster.installForeignCrds(project);
}, buildTimeout);

afterAll(async () => {
  await cluster?.close();
  await running?.stop();
});

interface Installed {
  readonly application: Application;
  readonly manifest: Manifest;
  readonly live: UnstructuredObject;
}

const isWebhook = ({ kind }: Manifest) => kind.endsWith('WebhookConfiguration');

/** An object as the API server has it after Argo CD has applied it. */
async function applied(manifest: Manifest): Promise<UnstructuredObject> {
  await cluster.apply(manifest, { fieldManager: 'argocd-controller' });
  return cluster.get(manifest);
}

/** Installs an environment as Argo CD does. */
async function install(make: typeof production): Promise<readonly Installed[]> {
  const { components, applications } = gitopsOf(make());
  const namespaces = new Set(
    components.flatMap(({ manifests }) => manifests.flatMap((one) => one.metadata.namespace ?? [])),
  );
  for (const name of namespaces) {
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, { fieldManager: 'test' });
  }
  const installed: Installed[] = [];
  const webhooks: Omit<Installed, 'live'>[] = [];
  for (const { directory, manifests } of components) {
    const application = applications.find(({ spec }) => spec.source.path.endsWith(`/${directory}`));
    if (application === undefined) throw new Error(`no Application of ${directory}`);
    for (const manifest of manifests) {
      if (isWebhook(manifest)) webhooks.push({ application, manifest });
      else installed.push({ application, manifest, live: await applied(manifest) });
    }
  }
  // Nobody answers them here: they come last, and go again before the next object is written.
  for (const { application, manifest } of webhooks) {
    installed.push({ application, manifest, live: await applied(manifest) });
    await cluster.remove(manifest);
  }
  return installed;
}

const drift = ({ application, manifest, live }: Installed): Question => ({
  tool: 'drift',
  application,
  object: manifest,
  live,
  kubeconfig: running?.adminKubeconfig ?? '',
});

/** Objects that Argo CD finds out of sync, and why. */
async function outOfSync(installed: readonly Installed[]): Promise<readonly string[]> {
  const found = await verdicts(installed.map(drift));
  return found.flatMap(({ status, message, error }, index) => {
    const { kind, metadata } = installed[index]?.manifest ?? { kind: '', metadata: { name: '' } };
    return status === 'Synced' ? [] : [`${kind} ${metadata.name}: ${error ?? message}`];
  });
}

describe.each([
  ['production', production],
  ['kubeflow', kubeflow],
])('the environment %s, installed', (_, make) => {
  itWithGo(
    `is in sync with its manifests in Argo CD’s eyes ${needsGo}`,
    async () => {
      expect(await outOfSync(await install(make))).toEqual([]);
    },
    300_000,
  );
});

itWithGo(
  `what somebody changes is found, and what others write is not ${needsGo}`,
  async () => {
    const installed = await install(production);
    const [deployment] = installed.filter(({ manifest }) => manifest.kind === 'Deployment');
    const [stateful] = installed.filter(({ manifest }) => manifest.kind === 'StatefulSet');
    if (deployment === undefined || stateful === undefined) throw new Error('no Deployment or no StatefulSet');
    const scaled = await cluster.patch(deployment.manifest, { spec: { replicas: 0 } });
    expect(await outOfSync([{ ...deployment, live: scaled }])).toEqual([
      expect.stringContaining(`Deployment ${deployment.manifest.metadata.name}`),
    ]);
    const spec = { ...stateful.application.spec, ignoreDifferences: [] };
    const unaware = { ...stateful, application: { ...stateful.application, spec } };
    expect(await outOfSync([unaware])).toHaveLength(1);
    expect(await outOfSync([stateful])).toEqual([]);
  },
  300_000,
);
