import { waitFor } from '../../../cluster/wait-for';
import { startFaultProxy } from '../../../faults/fault-proxy';
import { attemptJobName } from '../../../../controllers/inference-runs/job-name';
import { configOf, RunInstallation, runOf, type StoredRun, type Written } from '../run-installation';

let installation: RunInstallation;
let where: string;

beforeAll(async () => {
  installation = await RunInstallation.make();
}, 180_000);
afterAll(() => installation?.close(), 60_000);

const nameOfJob = ({ metadata: { name, uid } }: StoredRun) => attemptJobName({ metadata: { name, uid } }, 1);
const jobOf = (run: StoredRun) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { namespace: where, name: nameOfJob(run) },
});
const stored = async (run: Written) => {
  const found = await installation.run(run);
  if (found === undefined) throw new Error(`${run.metadata.name} is gone`);
  return found;
};
const ownedBy = (run: StoredRun) => [
  {
    apiVersion: 'ai.krateo.io/v1',
    kind: 'InferenceRun',
    name: run.metadata.name,
    uid: run.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  },
];
const podTemplate = {
  spec: { restartPolicy: 'Never', containers: [{ name: 'inference', image: 'registry.example.com/foreign:1' }] },
};

describe('a controller that was killed', () => {
  it.each([
    [
      'before it made the ConfigMap',
      (method: string, path: string) => method === 'PATCH' && path.includes('/configmaps/'),
    ],
    ['between ConfigMap and Job', (method: string, path: string) => method === 'POST' && path.endsWith('/jobs')],
    [
      'between Job and status',
      (method: string, path: string) =>
        method === 'PATCH' && path.endsWith('/status') && path.includes('/inferenceruns/'),
    ],
  ])(
    '%s is succeeded by one that completes the run with one Job (AT-20, C-23)',
    async (_moment, isStep) => {
      where = await installation.cluster.namespace('runs');
      const { url, ca } = installation.cluster;
      const proxy = await startFaultProxy({ target: url, ca });
      try {
        proxy.inject({ matches: ({ method, path }) => isStep(method, path), fault: { kind: 'hold' } });
        const first = await installation.start({ proxy: proxy.url });
        const run = runOf(where, 'killed', { parameters: { rows: '1' } });
        await installation.cluster.create(configOf(where, 'killed'));
        await installation.cluster.create(run);
        await waitFor('the step to be reached', () => proxy.requests.some(({ fault }) => fault === 'hold'));
        await first.end('SIGKILL');
        // What was made so far was made from this config.
        await installation.cluster.patch(configOf(where, 'killed'), {
          spec: { image: 'registry.example.com/foreign:2' },
        });
        installation.fates.set('killed', [{ fate: 'ends', exitCode: 0 }]);
        const second = await installation.start();
        const status = await installation.phase(run, 'Succeeded');
        expect(status.attempts).toBe(1);
        const jobs = await installation.jobs(where);
        expect(jobs).toHaveLength(1);
        const [configMap] = await installation.configMaps(where);
        expect(Buffer.from(status.contract ?? '', 'base64').toString()).toBe(configMap?.data?.['contract.json']);
        await second.end();
      } finally {
        await proxy.close();
      }
    },
    90_000,
  );
});

describe('with a controller', () => {
  beforeAll(async () => {
    await installation.start({ settings: { workers: 4 } });
  }, 30_000);
  beforeEach(async () => {
    where = await installation.cluster.namespace('runs');
  });

  describe('a deleted run', () => {
    it('takes its Job, its pods and its ConfigMap with it, in the background (AT-13, C-13)', async () => {
      const run = runOf(where, 'deleted');
      await installation.cluster.create(configOf(where, 'deleted'));
      await installation.cluster.create(run);
      await installation.phase(run, 'Running');
      const mark = await installation.cluster.audit.mark();
      await installation.cluster.remove(run);
      await installation.gone(run);
      await waitFor('the pods to be gone', async () => (await installation.pods(where)).length === 0);
      const deletes = (await installation.writesSince(mark)).filter(({ verb }) => verb === 'delete');
      const ofJob = deletes.find(({ resource }) => resource === 'jobs');
      expect(ofJob?.requestObject).toMatchObject({ propagationPolicy: 'Background' });
      expect(deletes.map(({ resource }) => resource)).toContain('configmaps');
      expect(await installation.configMaps(where)).toEqual([]);
    });

    it('waits for its pods, and not longer than they have time (AT-13)', async () => {
      const run = runOf(where, 'slow');
      await installation.cluster.create(configOf(where, 'slow'));
      await installation.cluster.create(run);
      await installation.phase(run, 'Running');
      const [found] = await installation.pods(where);
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: where, name: found?.metadata?.name ?? '' } };
      const finalizers = [...(found?.metadata?.finalizers ?? []), 'example.com/slow'];
      await installation.cluster.patch(pod, { metadata: { finalizers } });
      await installation.cluster.remove(run);
      const status = await installation.phase(run, 'Deleting');
      expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', reason: 'Deleting' }));
      await installation.gone(run, 40_000);
      expect(await installation.pods(where)).toHaveLength(1);
      await installation.cluster.patch(pod, { metadata: { finalizers: [] } });
    }, 90_000);

    it('leaves Job and ConfigMap where it is to orphan them (C-40)', async () => {
      const run = runOf(where, 'orphan', {}, { annotations: { 'krateo.io/deletion-policy': 'orphan' } });
      await installation.cluster.create(configOf(where, 'orphan'));
      await installation.cluster.create(run);
      await installation.phase(run, 'Running');
      await installation.cluster.remove(run);
      await installation.gone(run);
      const [job] = await installation.jobs(where);
      const [configMap] = await installation.configMaps(where);
      expect(job?.metadata?.ownerReferences ?? []).toEqual([]);
      expect(configMap?.metadata?.ownerReferences ?? []).toEqual([]);
      expect(job?.metadata?.deletionTimestamp).toBeUndefined();
    });
  });

  it('a paused run is left alone, and can be deleted (AT-24, C-36)', async () => {
    const run = runOf(where, 'paused', {}, { annotations: { 'krateo.io/paused': 'true' } });
    await installation.cluster.create(configOf(where, 'paused'));
    const mark = await installation.cluster.audit.mark();
    await installation.cluster.create(run);
    await installation.event(run, 'ReconciliationPaused');
    const status = await installation.status(run);
    expect(status.conditions).toEqual([expect.objectContaining({ type: 'Synced', reason: 'ReconcilePaused' })]);
    const writes = (await installation.writesSince(mark)).filter(({ resource }) => resource !== 'inferenceconfigs');
    expect(writes.map(({ resource, subresource }) => `${resource}/${subresource}`)).toEqual(['inferenceruns/status']);
    await installation.cluster.patch(run, { metadata: { finalizers: ['finalizer.managedresource.krateo.io'] } });
    await installation.cluster.remove(run);
    await installation.gone(run);
  });

  it('a foreign ConfigMap or Job of the name is left alone, and the run fails (AT-19, C-25)', async () => {
    for (const kind of ['ConfigMap', 'Job'] as const) {
      const name = `taken-by-${kind.toLowerCase()}`;
      const run = runOf(where, name);
      // Without a config the run waits, and its uid can be learned.
      await installation.cluster.create(run);
      await installation.phase(run, 'Blocked');
      const metadata = { namespace: where, name: nameOfJob(await stored(run)) };
      const foreign =
        kind === 'ConfigMap'
          ? { apiVersion: 'v1', kind, metadata, data: { mine: 'yes' } }
          : { apiVersion: 'batch/v1', kind, metadata, spec: { suspend: true, template: podTemplate } };
      await installation.cluster.create(foreign);
      await installation.cluster.create(configOf(where, name));
      const status = await installation.phase(run, 'Failed');
      expect(status.failure?.reason).toBe('NameConflict');
      const after = await installation.cluster.get(foreign);
      expect(after.metadata).not.toHaveProperty('labels.app.kubernetes.io/managed-by');
      if (kind === 'ConfigMap') expect(after).toMatchObject({ data: { mine: 'yes' } });
    }
  });

  describe('a run of the former controller', () => {
    const upstreams = async (name: string) => {
      const run = runOf(
        where,
        name,
        {},
        {
          finalizers: ['finalizer.managedresource.krateo.io'],
          annotations: {
            'krateo.io/external-create-pending': '2026-01-01T00:00:00Z',
            'krateo.io/paused': 'true',
          },
        },
      );
      await installation.cluster.create(run);
      const live = await stored(run);
      const { metadata } = jobOf(live);
      const owned = { ...metadata, ownerReferences: ownedBy(live) };
      const contract = Buffer.from(JSON.stringify({ jobName: metadata.name, kserve: {} })).toString('base64');
      await installation.cluster.create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: owned,
        binaryData: { 'contract.json': contract },
      });
      await installation.cluster.create({
        ...jobOf(live),
        metadata: owned,
        spec: { completions: 1, backoffLimit: 0, template: podTemplate },
      });
      return { run, contract, job: jobOf(live) };
    };
    const takeOver = (run: Written) =>
      installation.cluster.patch(run, { metadata: { annotations: { 'krateo.io/paused': null } } });

    it('is taken over with its live Job and its Contract, and deleted cleanly (AT-22)', async () => {
      const { run, contract, job } = await upstreams('live');
      await takeOver(run);
      const status = await installation.phase(run, 'Pending');
      expect(status).toMatchObject({ attempts: 1, contract, jobStatus: { name: job.metadata.name } });
      expect((await installation.cluster.get(job)).metadata).toMatchObject({
        labels: { 'app.kubernetes.io/managed-by': 'inference-run-controller' },
      });
      expect(await installation.jobs(where)).toHaveLength(1);
      await installation.cluster.remove(run);
      await installation.gone(run);
      await waitFor('the Job to be gone', async () => (await installation.jobs(where)).length === 0);
    });

    it('that is finished is not repeated (AT-22)', async () => {
      const { run } = await upstreams('done');
      const [pod] = await waitFor('the pod', async () => {
        const pods = await installation.pods(where);
        return pods.length > 0 && pods;
      });
      await installation.endPod(where, pod?.metadata?.name ?? '', 0);
      await waitFor('the Job to be complete', async () =>
        (await installation.jobs(where))[0]?.status?.conditions?.some(({ type }) => type === 'Complete'),
      );
      await takeOver(run);
      expect(await installation.phase(run, 'Succeeded')).toMatchObject({ attempts: 1 });
      expect(await installation.jobs(where)).toHaveLength(1);
    });
  });
});
