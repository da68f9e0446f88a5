import { environments } from '../../../charts-src/environments/environments';
import { environment } from '../../../charts-src/environments/environment';
import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import { testCluster } from '../../cluster/test-cluster';

const cluster = testCluster();
const rendered = environments.map((make) => {
  const chosen = make();
  return [chosen.name, renderEnvironment(chosen).flatMap(({ manifests }) => manifests)] as const;
});

beforeAll(async () => {
  await cluster.installForeignCrds('prometheus-operator');
}, 120_000);

/** The namespaces that an environment takes for granted. */
async function requireNamespaces(manifests: readonly Manifest[]) {
  const names = new Set(manifests.flatMap(({ metadata }) => metadata.namespace ?? []));
  for (const name of names) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await cluster.apply(namespace, { fieldManager: 'test' });
  }
}

describe.each(rendered)('the environment %s', (_, manifests) => {
  it('applies under strict validation and without a warning; a second apply changes no resource version', async () => {
    await requireNamespaces(manifests);
    const versions = async () => {
      const found: (string | undefined)[] = [];
      for (const manifest of manifests) {
        const stored = await cluster.apply(manifest, { fieldManager: 'gitops' });
        // The server writes the status of definitions by itself: their specification counts.
        const version = manifest.kind === 'CustomResourceDefinition' ? 'generation' : 'resourceVersion';
        found.push(`${manifest.kind} ${manifest.metadata.name} ${String(Reflect.get(stored.metadata, version))}`);
      }
      return found;
    };
    const first = await versions();
    expect(await versions()).toEqual(first);
    expect(cluster.warnings).toEqual([]);
  });

  it('renders pods that a namespace enforcing "restricted" accepts', async () => {
    const namespace = await cluster.namespace('restricted', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
    expect(deployments).not.toHaveLength(0);
    for (const deployment of deployments) {
      const { template } = deployment['spec'] as unknown as {
        template: { metadata: object; spec: { serviceAccountName: string } };
      };
      await cluster.create({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: template.spec.serviceAccountName, namespace },
      });
      const body = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...template.metadata, name: 'pod', namespace },
        spec: template.spec,
      };
      const path = `/api/v1/namespaces/${namespace}/pods`;
      const answer = await cluster.request('POST', path, { body, query: { dryRun: 'All', fieldValidation: 'Strict' } });
      expect(answer).toMatchObject({ status: 201, warnings: [] });
    }
  });
});

describe('an environment', () => {
  it.each([
    [
      'a wrong number',
      { registrySync: { replicas: 9 } },
      'environment mine: registrySync.replicas: got 9, must be at most 5',
    ],
    [
      'an unknown option',
      { registrysync: {} },
      'unknown key registrysync, allowed: images, name, namespaces, registry, registrySync',
    ],
    [
      'a moving tag',
      { images: { slipway: { tag: 'latest' } } },
      'images.slipway.tag: got "latest", expected the tag of a release',
    ],
    [
      'a wrong setting',
      { registrySync: { settings: { workers: 0 } } },
      'registrySync.settings.workers: got 0, must be at least 1',
    ],
  ])('with %s is refused, naming option, value and what is allowed', (_, options, message) => {
    expect(() => environment({ name: 'mine', ...options })).toThrow(message);
  });

  it('changes by one line when an option changes by one, plus the checksum that moves with it', () => {
    const lines = (workers: number) =>
      JSON.stringify(
        renderEnvironment(environment({ name: 'mine', registrySync: { settings: { workers } } })),
        null,
        1,
      ).split('\n');
    const [before, after] = [lines(2), lines(3)];
    const changed = after.filter((line, index) => line !== before[index]);
    expect(after).toHaveLength(before.length);
    expect(changed).toEqual([
      expect.stringContaining('workers: 3'),
      expect.stringContaining('slipway.dev/config-checksum'),
    ]);
  });

  it('brings a budget and spreads its replicas from two on', () => {
    const kinds = (replicas: number) =>
      renderEnvironment(environment({ name: 'mine', registrySync: { replicas } })).flatMap(({ manifests }) =>
        manifests.map(({ kind }) => kind),
      );
    expect(kinds(1)).not.toContain('PodDisruptionBudget');
    expect(kinds(2)).toContain('PodDisruptionBudget');
  });
});
