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

const never = '0 0 1 1 *';

describe('a scheduled run', () => {
  it('is ready while its CronJob is idle, and gets a deleted Contract back (AT-14, AT-15, C-18)', async () => {
    const run = runOf(where, 'idle', { schedule: never });
    await installation.cluster.create(configOf(where, 'idle'));
    await installation.cluster.create(run);
    const status = await installation.phase(run, 'Scheduled');
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Succeeded', reason: 'NeverRan' }));
    expect(status.schedule?.nextScheduleTime).toMatch(/-01-01T00:00:00Z$/);
    expect(status.jobStatus).toMatchObject({ apiVersion: 'batch/v1', kind: 'CronJob' });
    const [contract] = await installation.configMaps(where);
    const name = contract?.metadata?.name ?? '';
    await installation.cluster.remove({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: where, name } });
    const again = await waitFor('the ConfigMap to be back', async () => {
      const [found] = await installation.configMaps(where);
      return found?.metadata?.uid !== contract?.metadata?.uid ? found : undefined;
    });
    expect(again.data).toEqual(contract?.data);
  });

  it('with a name of 60 characters has a CronJob whose name Kubernetes takes (AT-17, C-20)', async () => {
    const run = runOf(where, 'a'.repeat(60), { configRef: { name: 'long' }, schedule: never });
    await installation.cluster.create(configOf(where, 'long'));
    await installation.cluster.create(run);
    await installation.phase(run, 'Scheduled');
    const [cronJob] = await installation.cronJobs(where);
    expect(cronJob?.metadata?.name).toMatch(/^inf-a{39}-[0-9a-f]{8}$/);
  });

  it('outlives a failed execution, which it remembers (AT-16, C-19)', async () => {
    const run = runOf(where, 'fails', { schedule: '@every 2s', failedJobsHistoryLimit: 5 });
    installation.fates.set('fails', [{ fate: 'ends', exitCode: 2, message: 'broken' }]);
    await installation.cluster.create(configOf(where, 'fails', { autoDeletePolicy: 'DeleteOnCompletion' }));
    await installation.cluster.create(run);
    await installation.phase(run, 'Scheduled');
    const [cronJob] = await installation.cronJobs(where);
    const status = await installation.until(
      run,
      'to remember its execution',
      ({ phase, history = [] }) => phase === 'Scheduled' && history.length > 0,
      40_000,
    );
    expect(status.history?.[0]).toMatchObject({ phase: 'Failed', exitCode: 2, contractHash: status.contractHash });
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    const [after] = await installation.cronJobs(where);
    expect(after?.metadata?.uid).toBe(cronJob?.metadata?.uid);
    expect(await installation.event(run, 'RunFailed')).toMatchObject({ type: 'Warning' });
  }, 90_000);

  it('that succeeds says so between executions, with the report of the last', async () => {
    const run = runOf(where, 'works', { schedule: '@every 3s' });
    installation.fates.set('works', [{ fate: 'ends', exitCode: 0, message: reportText({ total: 7 }) }]);
    await installation.cluster.create(configOf(where, 'works'));
    await installation.cluster.create(run);
    const status = await installation.until(
      run,
      'to have succeeded once',
      ({ phase, history = [] }) => phase === 'Scheduled' && history.length > 0,
      40_000,
    );
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Succeeded', status: 'True' }));
    expect(status.result?.items.total).toBe(7);
    expect(status.schedule?.lastScheduleTime).toBeDefined();
  }, 90_000);

  it('follows its spec and its config, and leaves the execution that runs as it was (AT-18, C-17)', async () => {
    const run = runOf(where, 'edited', { schedule: '@every 2s' });
    await installation.cluster.create(configOf(where, 'edited'));
    await installation.cluster.create(run);
    const running = await installation.phase(run, 'Running', 40_000);
    const [job] = await installation.jobs(where);
    const [first] = await installation.configMaps(where);
    await installation.cluster.patch(run, { spec: { schedule: never, parameters: { rows: '9' } } });
    await installation.cluster.patch(configOf(where, 'edited'), { spec: { image: 'registry.example.com/foreign:2' } });
    const patched = await waitFor('the CronJob to be patched', async () => {
      const [cronJob] = await installation.cronJobs(where);
      const image = cronJob?.spec?.jobTemplate.spec?.template.spec?.containers[0]?.image;
      return cronJob?.spec?.schedule === never && image?.endsWith(':2') === true ? cronJob : undefined;
    });
    const volumes = patched.spec?.jobTemplate.spec?.template.spec?.volumes ?? [];
    const mounted = volumes.find(({ configMap }) => configMap !== undefined)?.configMap?.name;
    expect(mounted).not.toBe(first?.metadata?.name);
    const changed = await installation.until(
      run,
      'to have the new Contract',
      ({ contractHash }) => contractHash !== running.contractHash,
    );
    expect(changed.history ?? []).toEqual([]);
    const [after] = await installation.jobs(where);
    expect(after?.metadata?.resourceVersion).toBe(job?.metadata?.resourceVersion);
    const names = (await installation.configMaps(where)).map(({ metadata }) => metadata?.name);
    expect(names).toEqual(expect.arrayContaining([first?.metadata?.name, mounted]));
    expect(await installation.event(run, 'CronJobUpdated')).toMatchObject({ type: 'Normal' });
  }, 90_000);

  it('whose schedule no CronJob takes says so (AT-23, A-02)', async () => {
    const run = runOf(where, 'odd', { schedule: '61 0 * * *' });
    await installation.cluster.create(configOf(where, 'odd'));
    await installation.cluster.create(run);
    const status = await installation.phase(run, 'Blocked');
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Synced', status: 'False', reason: 'InvalidSchedule' }),
    );
    expect(await installation.cronJobs(where)).toEqual([]);
  });

  it('is held back, and goes on', async () => {
    const run = runOf(where, 'held', { schedule: never, suspend: true });
    await installation.cluster.create(configOf(where, 'held'));
    await installation.cluster.create(run);
    await installation.phase(run, 'Suspended');
    await installation.cluster.patch(run, { spec: { suspend: false } });
    await installation.phase(run, 'Scheduled');
    const [cronJob] = await installation.cronJobs(where);
    expect(cronJob?.spec?.suspend).toBe(false);
  });
});
