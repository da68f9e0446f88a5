import { updateFindings } from '../../../charts-src/diff/update-findings';
import { riskiest } from '../../../charts-src/diff/effect';
import { type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';
import { objectRows } from './observed/object-rows';
import { observedEffect } from './observed/observation';
import { nodes } from './observed/pods';
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
