import { join } from 'node:path';
import { riskiest } from '../../../charts-src/diff/effect';
import { pathText } from '../../../charts-src/diff/field-changes';
import { objectsIn } from '../../../charts-src/diff/placed-object';
import { lossOf } from '../../../charts-src/diff/removal';
import { filesOnDisk } from '../../../charts-src/diff/rendered-files';
import { updateFindings } from '../../../charts-src/diff/update-findings';
import { type Manifest, nameOf, toManifest } from '../../../charts-src/kubernetes/manifest';
import { type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { objectRows } from './observed/object-rows';
import { observedEffect } from './observed/observation';
import { nodes, settledPods } from './observed/pods';
import type { Row } from './observed/row';
import { workloadRows } from './observed/workload-rows';

let running: RunningCluster;
let cluster: TestCluster;
let namespace: string;

beforeAll(async () => {
  // The controllers that make pods and bind claims don't run in the cluster that test files share.
  running = await startCluster({ controllerManager: 'all', audit: 'off' });
  cluster = new TestCluster(running);
  namespace = await cluster.namespace('diff');
  for (const name of nodes()) await cluster.create({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
  await cluster.create({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'growing' },
    provisioner: 'example.com/disk',
    allowVolumeExpansion: true,
  });
  const claims = objectRows.filter(({ before }) => before.kind === 'PersistentVolumeClaim');
  for (const index of claims.keys()) {
    await cluster.create({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `volume-${index}` },
      spec: {
        storageClassName: 'growing',
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        csi: { driver: 'example.com', volumeHandle: `volume-${index}` },
      },
    });
  }
}, 180_000);

afterAll(async () => {
  await cluster.close();
  await running.stop();
});

const clusterScoped = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'StorageClass',
  'CSIDriver',
  'PriorityClass',
  'Namespace',
]);

/** A row with its objects in the test's namespace. */
function placed({ before, after, ...row }: Row): Row {
  const inNamespace = (manifest: Row['before']) =>
    clusterScoped.has(manifest.kind) ? manifest : { ...manifest, metadata: { ...manifest.metadata, namespace } };
  return { ...row, before: inNamespace(before), after: inNamespace(after) };
}

describe.each([
  ['what runs pods', workloadRows],
  ['everything else', objectRows],
])('a change of %s has the effect that the command tells', (_, rows) => {
  it.each(rows.map((row) => [row.name, row.effect, row] as const))('%s: %s', async (_name, effect, row) => {
    const told = riskiest(updateFindings(row.before, row.after).map((finding) => finding.effect));
    expect({ told, observed: await observedEffect(cluster, placed(row)) }).toEqual({ told: effect, observed: effect });
  });
});

describe('the removal of an object takes with it what the command tells', () => {
  const apply = (manifest: Manifest) => cluster.apply(manifest, { fieldManager: 'gitops', force: true });
  const gone = async (manifest: Manifest) => {
    await cluster.remove(manifest);
    await waitFor(`${manifest.kind} to be gone`, async () => (await cluster.find(manifest)) === undefined);
  };

  it('Namespace: everything in it', async () => {
    const name = await cluster.namespace('removed');
    const namespaced: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    const content = await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: name } });
    await gone(namespaced);
    expect(await cluster.find(content)).toBeUndefined();
    expect(lossOf(namespaced).effect).toBe('forbidden');
  });

  it('PersistentVolumeClaim: the hold on its volume', async () => {
    const [row] = objectRows.filter(({ before }) => before.kind === 'PersistentVolumeClaim');
    if (row === undefined) throw new Error('no row has a claim');
    const claim = placed({ ...row, before: { ...row.before, metadata: { name: 'removed' } } }).before;
    await cluster.create({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'removed' },
      spec: {
        storageClassName: 'growing',
        persistentVolumeReclaimPolicy: 'Retain',
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        csi: { driver: 'example.com', volumeHandle: 'removed' },
        claimRef: { namespace, name: 'removed' },
      },
    });
    await apply(claim);
    const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'removed' } };
    const phase = (wanted: string) =>
      waitFor(`the volume to be ${wanted}`, async () => {
        expect(await cluster.get(volume)).toMatchObject({ status: { phase: wanted } });
        return true;
      });
    await phase('Bound');
    await gone(claim);
    await phase('Released');
    expect(lossOf(claim).effect).toBe('forbidden');
  });

  it.each(['Deployment', 'StatefulSet', 'DaemonSet'])('%s: its pods', async (kind) => {
    const row = workloadRows.find(({ before }) => before.kind === kind);
    if (row === undefined) throw new Error(`no row has a ${kind}`);
    const { before } = placed(row);
    await apply(before);
    expect((await settledPods(cluster, before, true)).length).toBeGreaterThan(0);
    await gone(before);
    await waitFor('the pods to be gone', async () => {
      const query = { labelSelector: `app=${before.metadata.name}` };
      return (await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, namespace, query)).length === 0;
    });
    expect(lossOf(before).effect).toBe('recreate');
  });
});

describe('what the API server fills in is known', () => {
  const dist = objectsIn(filesOnDisk(join(__dirname, '../../../dist')), 'dist');
  /** What the API server allocates to each object of its own. */
  const allocated = /^spec\.(clusterIPs?|ipFamil\w+|selector$|template\.metadata\.labels.*(controller-uid|job-name))/;

  it.each([
    'Deployment',
    'StatefulSet',
    'Job',
    'Service',
    'PersistentVolumeClaim',
    'NetworkPolicy',
    'Role',
    'RoleBinding',
    'ClusterRoleBinding',
    'PodDisruptionBudget',
    'ConfigMap',
    'ServiceAccount',
  ])('for every %s of dist/', async (kind) => {
    const objects = dist.filter(({ manifest }) => manifest.kind === kind);
    expect(objects.length).toBeGreaterThan(0);
    for (const [index, { manifest }] of objects.entries()) {
      // Environments have objects of the same names.
      const { labels = {}, annotations = {} } = manifest.metadata;
      const metadata = { name: `filled-${index}`, labels, annotations };
      const inNamespace = clusterScoped.has(kind) ? {} : { namespace };
      const sent: Manifest = { ...manifest, metadata: { ...metadata, ...inNamespace } };
      const { status: _, metadata: stored, ...rest } = await cluster.create(sent);
      const received = toManifest({
        ...rest,
        metadata: {
          name: stored.name,
          ...inNamespace,
          labels: stored.labels ?? {},
          annotations: stored.annotations ?? {},
        },
      });
      const differences = updateFindings(sent, received)
        .map(({ path, before, after }) => ({ field: pathText(path), before, after }))
        .filter(({ field }) => !allocated.test(field));
      expect({ object: nameOf(sent), differences }).toEqual({ object: nameOf(sent), differences: [] });
    }
  });
});
