import { waitFor } from '../../../cluster/wait-for';
import { configOf, reportText, RunInstallation, runOf } from '../run-installation';

let installation: RunInstallation;
let where: string;

beforeAll(async () => {
  installation = await RunInstallation.make();
  await installation.start({ settings: { pollingSeconds: 300, workers: 4 } });
}, 180_000);
afterAll(() => installation?.close(), 60_000);
beforeEach(async () => {
  where = await installation.cluster.namespace('runs');
});

describe('a run', () => {
  it('succeeds with its Job long before it is polled, and says what its runner reported (AT-05, C-02)', async () => {
    const run = runOf(where, 'iris', { parameters: { rows: '3' } });
    installation.fates.set('iris', [{ fate: 'ends', exitCode: 0, message: reportText({ total: 3 }) }]);
    await installation.cluster.create(configOf(where, 'iris'));
    await installation.cluster.create(run);
    const status = await installation.phase(run, 'Succeeded');
    expect(status).toMatchObject({ attempts: 1, result: { items: { total: 3, succeeded: 3 } } });
    expect(status.jobStatus).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job', namespace: where });
    const [configMap] = await installation.configMaps(where);
    expect(configMap).toMatchObject({ metadata: { name: status.jobStatus?.name }, immutable: true });
    expect(Buffer.from(status.contract ?? '', 'base64').toString()).toBe(configMap?.data?.['contract.json']);
  });
});

describe('the Job of a run', () => {
  it('is waited for while its pod is tried again, and not deleted (AT-06, C-08)', async () => {
    const run = runOf(where, 'retried');
    installation.fates.set('retried', [
      { fate: 'ends', exitCode: 4, message: 'model said no' },
      { fate: 'ends', exitCode: 0, message: reportText({ total: 3 }) },
    ]);
    await installation.cluster.create(configOf(where, 'retried'));
    await installation.cluster.create(run);
    const retrying = await installation.phase(run, 'Retrying');
    expect(retrying.failure).toMatchObject({ reason: 'InferenceFailed', exitCode: 4, message: 'model said no' });
    const [before] = await installation.jobs(where);
    const status = await installation.phase(run, 'Succeeded', 40_000);
    const after = await installation.jobs(where);
    expect(after.map(({ metadata }) => metadata?.uid)).toEqual([before?.metadata?.uid]);
    expect(status.failure).toBeUndefined();
  });

  it('that a runner fails for good fails its run, with the reason of the exit code (C-10)', async () => {
    const run = runOf(where, 'bad');
    installation.fates.set('bad', [{ fate: 'ends', exitCode: 2, message: 'contract is broken' }]);
    await installation.cluster.create(configOf(where, 'bad'));
    await installation.cluster.create(run);
    const status = await installation.phase(run, 'Failed');
    expect(status.failure).toMatchObject({ reason: 'ContractInvalid', exitCode: 2, message: 'contract is broken' });
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'Unavailable' }),
    );
    expect(await installation.event(run, 'RunFailed')).toMatchObject({ type: 'Warning' });
    expect(await installation.jobs(where)).toHaveLength(1);
  });
});

describe('a run without its config', () => {
  it('waits, and starts when the config comes, long before it is polled (AT-04, AT-29, C-15)', async () => {
    const run = runOf(where, 'early');
    await installation.cluster.create(run);
    const blocked = await installation.phase(run, 'Blocked');
    expect(blocked.failure).toMatchObject({ reason: 'ConfigNotFound' });
    expect(blocked.conditions).toContainEqual(
      expect.objectContaining({ type: 'Synced', status: 'False', reason: 'ReconcileError' }),
    );
    expect(await installation.jobs(where)).toEqual([]);
    await installation.cluster.create(configOf(where, 'early'));
    await installation.phase(run, 'Running');
    const events = await installation.eventsOn(run);
    expect(events.filter(({ type }) => type === 'Warning').map(({ reason }) => reason)).toEqual(['ConfigNotFound']);
  });
});

describe('a finished run', () => {
  it('is not begun again when its Job is removed (AT-12, C-12)', async () => {
    const run = runOf(where, 'once');
    installation.fates.set('once', [{ fate: 'ends', exitCode: 0 }]);
    await installation.cluster.create(configOf(where, 'once', { runner: { ttlSecondsAfterFinished: 0 } }));
    await installation.cluster.create(run);
    await installation.phase(run, 'Succeeded');
    await waitForNoJobs();
    // Another run that comes and goes meanwhile shows that the controller had time to look.
    const other = runOf(where, 'other', { configRef: { name: 'once' } });
    await installation.cluster.create(other);
    await installation.phase(other, 'Running');
    expect(await installation.status(run)).toMatchObject({ phase: 'Succeeded', attempts: 1 });
    const names = (await installation.jobs(where)).map(({ metadata }) => metadata?.name ?? '');
    expect(names.filter((name) => name.startsWith('inf-once'))).toEqual([]);
  });

  const waitForNoJobs = () =>
    waitFor('the Job to be removed by its TTL', async () => (await installation.jobs(where)).length === 0);
});
