import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import { goInstalled } from '../cluster/binaries/go-build';
import { type Manifest, parseManifests } from '../platform/manifests';
import { type ObjectReference, type UnstructuredObject, parseObject } from '../cluster/unstructured-object';
import { itWithGo } from '../charts-src/import/go-toolchain';
import { waitFor } from '../cluster/wait-for';
import { FluxControllers, fluxCrds } from './engines/flux-controllers';
import type { Commit } from './engines/git-server';
import { type GitopsCluster, componentFile, startGitopsCluster } from './engines/gitops-cluster';
import { changeObjects, objectsOf } from './engines/rendered-objects';

const root = 'slipway-production';
const kustomizations = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' };
const source = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  metadata: { name: root, namespace: 'flux-system' },
};

const deployment = reference('apps/v1', 'Deployment', 'registry-sync');
const service = reference('v1', 'Service', 'model-registry-service');
const configMap = reference('v1', 'ConfigMap', 'registry-sync-config');
const budget = reference('policy/v1', 'PodDisruptionBudget', 'registry-sync');

function reference(apiVersion: string, kind: string, name: string): ObjectReference {
  return { apiVersion, kind, metadata: { name, namespace: 'kubeflow' } };
}

/** Starting a cluster, and the programs when nobody has built them. */
const startTimeout = 1_200_000;
/** A sync of everything on a busy machine. */
const syncTimeout = 180_000;

const statusSchema = z.object({
  status: z.object({
    observedGeneration: z.int(),
    lastAppliedRevision: z.string().optional(),
    lastHandledReconcileAt: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string() })),
    inventory: z.object({ entries: z.array(z.object({ id: z.string() })) }).optional(),
  }),
});

let gitops: GitopsCluster;
let flux: FluxControllers;
let pushed: Commit;

beforeAll(async () => {
  if (!(await goInstalled())) return;
  gitops = await startGitopsCluster({ namespace: 'flux-system', name: 'flux' }, []);
  const { cluster, git, identity } = gitops;
  await cluster.installCrds(await fluxCrds());
  flux = await FluxControllers.start(identity);
  // The repository's address is the one thing of the rendered objects that can't be here what it is in production.
  pushed = await git.commit('address', async (worktree) => {
    const file = componentFile(worktree, 'gitops-flux');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/url: .*\.git$/m, `url: ${git.url}`));
  });
  for (const manifest of await objectsOf(pushed, 'gitops-flux')) await cluster.apply(manifest);
  await everythingReadyAt(pushed);
}, startTimeout);
afterAll(async () => {
  await flux?.stop();
  await gitops?.stop();
});

function statusOf(object: UnstructuredObject) {
  return statusSchema.parse(object).status;
}

/** Waits until every Kustomization is Ready at a commit, and returns them. */
async function everythingReadyAt({ sha }: Commit): Promise<UnstructuredObject[]> {
  const wanted = { lastAppliedRevision: `main@sha1:${sha}`, ready: 'True' };
  try {
    return await waitFor(
      `every Kustomization to be Ready at ${sha}`,
      async () => {
        const found = await gitops.cluster.list(kustomizations);
        for (const one of found) {
          const { lastAppliedRevision, conditions } = statusOf(one);
          const ready = conditions.find(({ type }) => type === 'Ready');
          const state = { lastAppliedRevision, ready: ready?.status };
          expect({ ...state, name: one.metadata.name, message: ready?.message }).toMatchObject(wanted);
        }
        return found;
      },
      { timeout: 120_000, interval: 250 },
    );
  } catch (error) {
    throw new Error(`${String(error)}\n${await flux.lastLines()}`, { cause: error });
  }
}

/** Asks for a reconciliation as `flux reconcile` does, of the source first, and waits until all of them are through. */
async function reconcile(commit: Commit): Promise<void> {
  const { cluster } = gitops;
  const ask = async (object: ObjectReference) => {
    const asked = new Date().toISOString();
    await cluster.patch(object, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': asked } } });
    await waitFor(
      `${object.kind} ${object.metadata.name} to be reconciled`,
      async () => statusOf(await cluster.get(object)).lastHandledReconcileAt === asked,
      { timeout: 60_000, interval: 100 },
    );
  };
  await ask(source);
  await Promise.all((await cluster.list(kustomizations)).map(ask));
  await everythingReadyAt(commit);
}

/** resourceVersion of every object of the components. */
async function resourceVersions(commit: Commit): Promise<Record<string, string>> {
  const applied = (await gitops.cluster.list(kustomizations)).map(({ metadata }) =>
    metadata.name.slice(root.length + 1),
  );
  const objects = await Promise.all(applied.filter((name) => name !== '').map((name) => objectsOf(commit, name)));
  const live = await Promise.all(objects.flat().map((object) => gitops.cluster.get(object)));
  return Object.fromEntries(
    live.map(({ kind, metadata }) => [
      `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
      metadata.resourceVersion ?? '',
    ]),
  );
}

const eventSchema = z.object({ reason: z.string().optional(), message: z.string().optional() });

describe('Flux', () => {
  itWithGo('takes the commit from the git server and gets every component Ready', async () => {
    const all = await everythingReadyAt(pushed);
    const rendered = (await objectsOf(pushed, 'gitops-flux')).filter(({ kind }) => kind === 'Kustomization');
    expect(all.map(({ metadata }) => metadata.name).sort()).toEqual(
      rendered.map(({ metadata }) => metadata.name).sort(),
    );
    const repository = await gitops.cluster.get(source);
    expect(repository).toMatchObject({ status: { artifact: { revision: `main@sha1:${pushed.sha}` } } });
    // Ready was waited for, not only applied.
    expect(await gitops.cluster.get(deployment)).toMatchObject({ status: { readyReplicas: 2 } });
  });

  itWithGo('applies a component only when those that it depends on are Ready', async () => {
    const dependencySchema = z.object({
      spec: z.object({ dependsOn: z.array(z.object({ name: z.string() })).default([]) }),
    });
    const events = await gitops.cluster.audit.since({ offset: 0 }, { user: gitops.identity.username });
    const writes = events.filter(
      ({ verb, requestURI, code }) => verb === 'patch' && code < 300 && !requestURI.includes('dryRun'),
    );
    const all = await gitops.cluster.list(kustomizations);
    const timesOf = (name: string) => {
      const found = all.find(({ metadata }) => metadata.name === name);
      const ids = new Set(found && statusOf(found).inventory?.entries.map(({ id }) => id));
      const mine = writes.filter((event) => [...ids].some((id) => isOf(id, event)));
      return mine.map(({ time }) => time).sort();
    };
    for (const one of all) {
      for (const { name } of dependencySchema.parse(one).spec.dependsOn) {
        const [start] = timesOf(one.metadata.name);
        const last = timesOf(name).at(-1);
        expect([one.metadata.name, start, name, last].every((value) => value !== undefined)).toBe(true);
        expect({ [one.metadata.name]: `${start} after ${name}`, is: String(start) > String(last) }).toMatchObject({
          is: true,
        });
      }
    }
  });

  it(
    'leaves every object as it is when it looks again',
    async () => {
      const before = await resourceVersions(pushed);
      await reconcile(pushed);
      expect(await resourceVersions(pushed)).toEqual(before);
    },
    syncTimeout,
  );

  it(
    'heals a change made by hand, and says what it healed',
    async () => {
      const { cluster } = gitops;
      await cluster.patch(deployment, { spec: { replicas: 5 } });
      await cluster.patch(service, { metadata: { labels: { app: 'somebody-else' } } });
      await cluster.remove(configMap);
      await reconcile(pushed);

      expect(await cluster.get(deployment)).toMatchObject({ spec: { replicas: 2 } });
      expect(await cluster.get(service)).toMatchObject({ metadata: { labels: { app: 'model-registry-service' } } });
      expect(await cluster.find(configMap)).toBeDefined();
      // They are told aside, later than what they are about.
      await waitFor(
        'the events that say so',
        async () => {
          const events = await cluster.list({ apiVersion: 'v1', kind: 'Event' }, 'flux-system');
          const told = events.map((event) => eventSchema.parse(event).message ?? '').join('\n');
          for (const healed of [
            'Deployment/kubeflow/registry-sync configured',
            'Service/kubeflow/model-registry-service configured',
            'ConfigMap/kubeflow/registry-sync-config created',
          ]) {
            expect(told).toContain(healed);
          }
          return true;
        },
        { timeout: 60_000 },
      );
    },
    syncTimeout,
  );

  it(
    'prunes what a new commit has no longer, but no volume and no Namespace',
    async () => {
      const { cluster, git } = gitops;
      const volume = await renderedVolume();
      await cluster.create(persistentVolumeFor(volume));
      const with_ = await git.commit('a volume', (worktree) =>
        changeObjects(worktree, 'catalog', (all) => [...all, volume]),
      );
      await reconcile(with_);
      expect(await cluster.get(volume)).toMatchObject({ status: { phase: 'Bound' } });

      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kserve-controller-system' } };
      const without = await git.commit('less', async (worktree) => {
        await changeObjects(worktree, 'catalog', (all) => all.filter(({ kind }) => kind !== volume.kind));
        await changeObjects(worktree, 'registry-sync', (all) => all.filter(({ kind }) => kind !== budget.kind));
        await changeObjects(worktree, 'namespaces', (all) =>
          all.filter(({ metadata }) => ![metadata.name, metadata.namespace].includes(namespace.metadata.name)),
        );
      });
      await reconcile(without);
      expect(await cluster.find(budget)).toBeUndefined();
      expect(await cluster.get(volume)).toMatchObject({ status: { phase: 'Bound' } });
      expect(await cluster.get(namespace)).toMatchObject({ status: { phase: 'Active' } });
    },
    syncTimeout,
  );
});

/** Whether an inventory entry, `NAMESPACE_NAME_GROUP_KIND`, is the object of a request. */
function isOf(
  id: string,
  event: { namespace?: string; name?: string; group: string; resource?: string; subresource?: string },
): boolean {
  const { namespace = '', name = '', group, resource = '', subresource } = event;
  const kind = id.split('_').at(-1) ?? '';
  // Names of roles may hold colons, which an inventory writes twice as underscores; none of ours does.
  return (
    subresource === undefined &&
    id.startsWith(`${namespace}_${name}_${group}_`) &&
    [`${kind.toLowerCase()}s`, `${kind.toLowerCase().replace(/y$/, 'ie')}s`, `${kind.toLowerCase()}es`].includes(
      resource,
    )
  );
}

/** The PersistentVolumeClaim of the database that another environment keeps inside the cluster. */
async function renderedVolume(): Promise<Manifest> {
  const file = resolve(__dirname, '../../dist/kubeflow/registry/registry.yaml');
  const claim = parseManifests(await readFile(file, 'utf8')).find(({ kind }) => kind === 'PersistentVolumeClaim');
  if (claim === undefined) throw new Error(`${file} has no PersistentVolumeClaim`);
  return claim;
}

/** A volume that a claim without a class can be bound to; there is no storage behind it. */
function persistentVolumeFor(claim: Manifest) {
  const { name, namespace } = parseObject(claim).metadata;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'test-volume' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '10Gi' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace },
      hostPath: { path: '/nonexistent' },
    },
  };
}
