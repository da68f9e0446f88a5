import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { goInstalled } from '../cluster/binaries/go-build';
import type { ObjectReference } from '../cluster/unstructured-object';
import { itWithGo } from '../charts-src/import/go-toolchain';
import { waitFor } from '../cluster/wait-for';
import { Argo, type ArgoReport } from './engines/argo';
import type { Commit } from './engines/git-server';
import { type GitopsCluster, startGitopsCluster } from './engines/gitops-cluster';
import { changeObjects, objectsOf } from './engines/rendered-objects';

const root = 'slipway-production-root';
const components = [
  ...[
    'catalog',
    'crds',
    'inference-runs',
    'namespaces',
    'registry',
    'registry-sync',
    'registry-ui',
    'serving',
    'serving-runtimes',
  ],
  'storage-initializer',
] as const;
const syncedAndHealthy = Object.fromEntries(
  [root, ...components.map((component) => `slipway-production-${component}`)].map((name) => [name, 'Synced, Healthy']),
);

const deployment = reference('apps/v1', 'Deployment', 'registry-sync');
const service = reference('v1', 'Service', 'model-registry-service');
const configMap = reference('v1', 'ConfigMap', 'registry-sync-config');
const budget = reference('policy/v1', 'PodDisruptionBudget', 'registry-sync');
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kserve-controller-system' } };

function reference(apiVersion: string, kind: string, name: string): ObjectReference {
  return { apiVersion, kind, metadata: { name, namespace: 'kubeflow' } };
}

/** Starting a cluster, and the programs when nobody has built them. */
const startTimeout = 1_200_000;
/** A sync of everything on a busy machine. */
const syncTimeout = 180_000;

let gitops: GitopsCluster;
let argo: Argo;
let first: ArgoReport;

beforeAll(async () => {
  if (!(await goInstalled())) return;
  gitops = await startGitopsCluster({ namespace: 'argocd', name: 'argocd-application-controller' }, ['argo-cd']);
  argo = await Argo.as(gitops.identity);
  for (const component of ['gitops-argocd-settings', 'gitops-argocd']) {
    for (const manifest of await objectsOf(gitops.rendered, component)) await gitops.cluster.apply(manifest);
  }
  first = await argo.sync(gitops.rendered, root);
}, startTimeout);
afterAll(() => gitops?.stop());

/** resourceVersion of every object that the Applications hold. */
async function resourceVersions({ cluster }: GitopsCluster, commit: Commit): Promise<Record<string, string>> {
  const objects = await Promise.all(components.map((component) => objectsOf(commit, component)));
  const live = await Promise.all(objects.flat().map((object) => cluster.get(object)));
  return Object.fromEntries(
    live.map(({ kind, metadata }) => [
      `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
      metadata.resourceVersion ?? '',
    ]),
  );
}

describe('a sync of the root Application', () => {
  itWithGo('ends with everything synced and healthy, and nothing said against it', () => {
    expect(first.complaints).toEqual([]);
    expect(first.states).toEqual(syncedAndHealthy);
    expect(first.drift).toEqual({});
    expect(new Set(Object.values(first.health))).toEqual(new Set(['Healthy']));
  });

  itWithGo('brings an Application about only when those of the waves before are healthy', async () => {
    const applications = await gitops.cluster.list(
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
      'argocd',
    );
    const waveOf = (name: string) =>
      Number(
        applications.find(({ metadata }) => metadata.name === name)?.metadata.annotations?.[
          'argocd.argoproj.io/sync-wave'
        ],
      );
    const [, ...synced] = first.applications.map(({ name }) => waveOf(name));
    expect(synced).toEqual([...synced].sort((a, b) => a - b));
    expect(first.of(root).operation?.waves).toEqual([...new Set(synced)].map((wave) => ({ phase: 'Sync', wave })));

    const events = await gitops.cluster.audit.since({ offset: 0 }, { user: gitops.identity.username });
    const writes = events.filter(
      ({ resource, requestURI }) => resource === 'applications' && !requestURI.includes('dryRun'),
    );
    const settled: string[] = [];
    const early = writes.flatMap(({ name = '', code, verb }) => {
      const isNew = verb === 'create' || code === 201;
      if (!isNew) settled.push(name);
      const before = first.applications.slice(1).filter((one) => waveOf(one.name) < waveOf(name));
      return isNew
        ? before.filter((one) => !settled.includes(one.name)).map((one) => `${name} before ${one.name}`)
        : [];
    });
    expect(early).toEqual([]);
    expect([...new Set(settled)].sort()).toEqual(
      expect.arrayContaining(
        first.applications
          .slice(1)
          .map(({ name }) => name)
          .sort(),
      ),
    );
  });

  itWithGo('judges kinds of ours by our health checks', async () => {
    const healthy = (name: string): unknown =>
      expect.objectContaining({
        name,
        health: 'Healthy',
        healthMessage: expect.stringContaining('no status') as string,
      });
    const { resources } = first.of('slipway-production-storage-initializer');
    expect(resources.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual([
      healthy('default'),
      healthy('model-registry-storage-initializer'),
    ]);
  });
});

describe('a sync of what is synced', () => {
  it(
    'leaves every object as it is, and writes nothing but what it found out',
    async () => {
      const before = await resourceVersions(gitops, gitops.rendered);
      const mark = await gitops.cluster.audit.mark();
      const report = await argo.sync(gitops.rendered, root);
      const events = await gitops.cluster.audit.since(mark, { user: gitops.identity.username });
      const written = events.filter(
        ({ verb, requestURI }) => /create|update|patch|delete/.test(verb) && !requestURI.includes('dryRun'),
      );
      expect(report.states).toEqual(syncedAndHealthy);
      expect(await resourceVersions(gitops, gitops.rendered)).toEqual(before);
      const resources = new Set(written.map(({ resource }) => resource));
      resources.delete('selfsubjectaccessreviews');
      expect([...resources]).toEqual(['applications']);
    },
    syncTimeout,
  );
});

describe('a comparison by the dry run of the API server', () => {
  itWithGo(
    'finds no difference either',
    async () => {
      const { cluster, rendered } = gitops;
      const annotations = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };
      for (const application of await cluster.list({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' })) {
        await cluster.patch(application, { metadata: { annotations } });
      }
      const mark = await cluster.audit.mark();
      const report = await argo.compare(rendered, root);
      expect({ states: report.states, drift: report.drift }).toEqual({ states: syncedAndHealthy, drift: {} });
      const asked = await cluster.audit.since(mark, { user: gitops.identity.username });
      expect(asked.filter(({ requestURI }) => requestURI.includes('dryRun')).length).toBeGreaterThan(20);

      for (const application of await cluster.list({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' })) {
        await cluster.patch(application, {
          metadata: { annotations: { 'argocd.argoproj.io/compare-options': null } },
        });
      }
    },
    syncTimeout,
  );
});

describe('a change made by hand', () => {
  it(
    'is reported object by object, and healed by the next sync',
    async () => {
      const { cluster, rendered } = gitops;
      await cluster.patch(deployment, { spec: { replicas: 5 } });
      await cluster.patch(service, { metadata: { labels: { app: 'somebody-else' } } });
      await cluster.remove(configMap);

      const report = await waitFor(
        'the drift to be seen',
        async () => {
          const seen = await argo.compare(rendered, root);
          return Object.keys(seen.drift).length >= 3 && seen;
        },
        { timeout: 60_000 },
      );
      expect(report.drift).toEqual({
        'Deployment kubeflow/registry-sync': { spec: { replicas: 2 } },
        'Service kubeflow/model-registry-service': { metadata: { labels: { app: 'model-registry-service' } } },
        'ConfigMap kubeflow/registry-sync-config': null,
      });
      expect(report.states).toMatchObject({
        'slipway-production-registry-sync': expect.stringContaining('OutOfSync') as string,
        'slipway-production-registry': expect.stringContaining('OutOfSync') as string,
        'slipway-production-catalog': 'Synced, Healthy',
      });

      const healed = await argo.sync(rendered, root);
      expect({ states: healed.states, drift: healed.drift }).toEqual({ states: syncedAndHealthy, drift: {} });
      expect(await cluster.get(deployment)).toMatchObject({ spec: { replicas: 2 } });
      expect(await cluster.get(service)).toMatchObject({ metadata: { labels: { app: 'model-registry-service' } } });
      expect(await cluster.find(configMap)).toBeDefined();
    },
    syncTimeout,
  );
});

describe('an InferenceService of a team', () => {
  const inferenceService = {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name: 'iris', namespace: 'kserve' },
    spec: { predictor: { model: { modelFormat: { name: 'sklearn' }, storageUri: 's3://models/iris' } } },
  };
  const argoObject = { apiVersion: 'argoproj.io/v1alpha1', metadata: { name: 'models', namespace: 'argocd' } };
  const destination = { namespace: 'kserve', server: 'https://kubernetes.default.svc' };

  itWithGo(
    'is as healthy as its status says',
    async () => {
      const { cluster, git } = gitops;
      const repoURL = 'https://git.example.com/team/models.git';
      await cluster.create({
        ...argoObject,
        kind: 'AppProject',
        spec: { sourceRepos: [repoURL], destinations: [destination] },
      });
      const source = { repoURL, path: 'models', directory: {} };
      const syncPolicy = { syncOptions: ['ServerSideApply=true'] };
      await cluster.create({
        ...argoObject,
        kind: 'Application',
        spec: { project: 'models', source, destination, syncPolicy },
      });
      const commit = await git.commit('a model', async (worktree) => {
        await mkdir(join(worktree, 'models'));
        await writeFile(join(worktree, 'models', 'iris.yaml'), dump(inferenceService));
      });

      const states = [(await argo.sync(commit, 'models', { seconds: 1 })).states['models']];
      for (const status of [
        { conditions: [{ type: 'Ready', status: 'True' }] },
        { conditions: [{ type: 'Ready', status: 'False' }], modelStatus: { transitionStatus: 'InvalidSpec' } },
        { conditions: [{ type: 'Stopped', status: 'True' }] },
      ]) {
        await cluster.patch(inferenceService, { status }, { subresource: 'status' });
        states.push((await argo.compare(commit, 'models')).states['models']);
      }
      expect(states).toEqual(['Synced, Progressing', 'Synced, Healthy', 'Synced, Degraded', 'Synced, Suspended']);
    },
    syncTimeout,
  );
});

describe('what a new commit has no longer', () => {
  it(
    'is pruned, a Namespace only when somebody confirms',
    async () => {
      const { cluster, git } = gitops;
      const commit = await git.commit('less', async (worktree) => {
        await changeObjects(worktree, 'registry-sync', (objects) => objects.filter(({ kind }) => kind !== budget.kind));
        await changeObjects(worktree, 'namespaces', (objects) =>
          objects.filter(({ metadata }) => ![metadata.name, metadata.namespace].includes(namespace.metadata.name)),
        );
      });

      const report = await argo.sync(commit, root, { seconds: 15 });
      expect(await cluster.find(budget)).toBeUndefined();
      expect(await cluster.get(namespace)).toMatchObject({ status: { phase: 'Active' } });
      expect(report.complaints.join()).toContain('pruning confirmation of v1/Namespace/kserve-controller-system');
      expect(report.of('slipway-production-namespaces')).toMatchObject({ sync: 'OutOfSync' });

      const application = { name: 'slipway-production-namespaces', namespace: 'argocd' };
      await cluster.patch(
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: application },
        {
          metadata: {
            annotations: { 'argocd.argoproj.io/deletion-approved': new Date(Date.now() + 60_000).toISOString() },
          },
        },
      );
      const confirmed = await argo.sync(commit, root);
      expect({ states: confirmed.states, complaints: confirmed.complaints }).toEqual({
        states: syncedAndHealthy,
        complaints: [],
      });
      expect(await cluster.find(namespace)).toBeUndefined();
    },
    syncTimeout,
  );
});
