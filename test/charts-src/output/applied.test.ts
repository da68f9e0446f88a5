import * as z from 'zod';
import { environments } from '../../../charts-src/environments/environments';
import { isMap, type JsonMap, type Manifest, mapAt, mapsAt, nameOf } from '../../../charts-src/kubernetes/manifest';
import { podTemplateOf } from '../../../charts-src/kubernetes/pod-template';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import { renderTarget } from '../../../charts-src/output/render-target';
import { targets } from '../../../charts-src/targets/targets';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { allDefinitions } from '../../../definitions/kinds';
import { foreignProjects } from '../../cluster/foreign-crds';
import { type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';

// A cluster of its own: model servers for every namespace and webhooks are everybody's.
let running: RunningCluster | undefined;
let cluster: TestCluster;

const isWebhook = ({ kind }: Manifest) => kind.endsWith('WebhookConfiguration');

const rendered: readonly (readonly [name: string, manifests: readonly Manifest[]])[] = [
  ...environments.map((make) => {
    const environment = make();
    return [
      `environment ${environment.name}`,
      renderEnvironment(environment).flatMap(({ manifests }) => manifests),
    ] as const;
  }),
  ...targets.map((make) => {
    const target = make();
    return [`target ${target.name}`, renderTarget(target)] as const;
  }),
];

beforeAll(async () => {
  running = await startCluster({ audit: 'off' });
  cluster = new TestCluster(running);
  await cluster.installCrds(allDefinitions.map(customResourceDefinition));
  for (const project of foreignProjects) await cluster.installForeignCrds(project);
}, 300_000);

afterAll(async () => {
  await cluster?.close();
  await running?.stop();
});

/** The namespaces that are taken for granted. */
async function requireNamespaces(manifests: readonly Manifest[]) {
  const names = new Set(manifests.flatMap(({ metadata }) => metadata.namespace ?? []));
  for (const name of names) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await cluster.apply(namespace, { fieldManager: 'test' });
  }
}

/**
 * The server stores these anew at the first update after their creation, whatever the update says, and never again: claims, and
 * the kinds of Flux, whose definitions have a default for the status that a creation does not store.
 */
const storedAnew = new Set(['PersistentVolumeClaim', 'GitRepository', 'OCIRepository', 'Kustomization']);

const labelled = z.object({ metadata: z.record(z.string(), z.json()).default({}) });

/** The pod that a workload would make, with a StatefulSet's claims in place. */
function podOf(workload: Manifest, template: JsonMap, namespace: string) {
  const { metadata } = labelled.parse(template);
  const spec = mapAt(template, 'spec');
  const claims = mapsAt(mapAt(workload, 'spec'), 'volumeClaimTemplates').map((claim) => {
    const name = mapAt(claim, 'metadata')['name'] ?? null;
    return { name, persistentVolumeClaim: { claimName: name } };
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: 'pod', namespace },
    spec: { ...spec, volumes: [...mapsAt(spec, 'volumes'), ...claims] },
  };
}

describe.each(rendered)('the %s', (_, manifests) => {
  it('applies under strict validation and without a warning; a second apply changes no resource version', async () => {
    await requireNamespaces(manifests);
    const before = cluster.warnings.length;
    const versions = async (objects: readonly Manifest[]) => {
      const found: (string | undefined)[] = [];
      for (const manifest of objects) {
        const stored = await cluster.apply(manifest, { fieldManager: 'gitops' });
        // The server writes the status of definitions by itself: their specification counts.
        const version = manifest.kind === 'CustomResourceDefinition' ? 'generation' : 'resourceVersion';
        found.push(`${manifest.kind} ${manifest.metadata.name} ${String(Reflect.get(stored.metadata, version))}`);
      }
      return found;
    };
    for (const settling of manifests.filter(({ kind }) => storedAnew.has(kind))) {
      await cluster.apply(settling, { fieldManager: 'gitops' });
      await cluster.apply(settling, { fieldManager: 'gitops' });
    }
    // Nobody answers webhooks here: they come last, and go again.
    const webhooks = manifests.filter(isWebhook);
    for (const objects of [manifests.filter((one) => !isWebhook(one)), webhooks]) {
      const first = await versions(objects);
      expect(await versions(objects)).toEqual(first);
    }
    for (const webhook of webhooks) {
      expect(differences(webhook, await cluster.get(webhook), nameOf(webhook))).toEqual([]);
      await cluster.remove(webhook);
    }
    expect(cluster.warnings.slice(before)).toEqual([]);
  });

  it('is stored as it is rendered: nothing is cleared, nothing comes back in another form', async () => {
    for (const manifest of manifests.filter((one) => !isWebhook(one))) {
      const stored = await cluster.get(manifest);
      expect(differences(manifest, stored, `${manifest.kind} ${manifest.metadata.name}`)).toEqual([]);
    }
  });

  it('renders pods that a namespace enforcing "restricted" accepts', async () => {
    const namespace = await cluster.namespace('restricted', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    for (const workload of manifests) {
      const template = podTemplateOf(workload);
      if (template === undefined) continue;
      const body = podOf(workload, template, namespace);
      const account = mapAt(template, 'spec')['serviceAccountName'] ?? 'default';
      await cluster.apply(
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: z.string().parse(account), namespace } },
        { fieldManager: 'test' },
      );
      const path = `/api/v1/namespaces/${namespace}/pods`;
      const answer = await cluster.request('POST', path, { body, query: { dryRun: 'All', fieldValidation: 'Strict' } });
      expect(answer).toMatchObject({ status: 201, warnings: [] });
    }
  });
});

/** Where what is stored is not what was rendered; what the server adds does not count. */
function differences(rendered: unknown, stored: unknown, path: string): string[] {
  if (Array.isArray(rendered) && Array.isArray(stored)) {
    if (rendered.length !== stored.length) return [`${path}: ${rendered.length} rendered, ${stored.length} stored`];
    return rendered.flatMap((item, index) => differences(item, stored[index], `${path}[${index}]`));
  }
  if (isMap(rendered as JsonMap) && typeof stored === 'object' && stored !== null) {
    return Object.entries(rendered as JsonMap).flatMap(([key, value]) =>
      differences(value, Reflect.get(stored, key), `${path}.${key}`),
    );
  }
  return rendered === stored ? [] : [`${path}: rendered ${JSON.stringify(rendered)}, stored ${JSON.stringify(stored)}`];
}
