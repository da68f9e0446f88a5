import { waitFor } from '../../../cluster/wait-for';
import { type ControllerProcess, runToEnd } from '../../registry-sync/controller-process';
import { sampleConfig, sampleRun, upstreamSamples } from '../upstream-samples';
import { configOf, reportText, RunInstallation, runOf } from '../run-installation';

let installation: RunInstallation;
let controller: ControllerProcess;
let where: string;

beforeAll(async () => {
  installation = await RunInstallation.make();
  controller = await installation.start({ settings: { pollingSeconds: 300 }, env: { MAX_RECONCILE_RATE: '4' } });
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

describe('an edit', () => {
  it('of a run outlives every write of the controller (AT-09, C-04)', async () => {
    const run = runOf(where, 'edited', { parameters: { a: '0' } });
    await installation.cluster.create(configOf(where, 'edited'));
    await installation.cluster.create(run);
    await installation.phase(run, 'Pending').catch(() => undefined);
    await installation.cluster.patch(run, {
      spec: { parameters: { a: '1', b: '2' } },
      metadata: { labels: { mine: 'x' } },
    });
    await installation.phase(run, 'Running');
    const [pod] = await installation.pods(where);
    await installation.endPod(where, pod?.metadata?.name ?? '', 0);
    await installation.phase(run, 'Succeeded');
    const after = await installation.run(run);
    expect(after?.spec).toMatchObject({ parameters: { a: '1', b: '2' } });
    expect(after?.metadata).toMatchObject({ labels: { mine: 'x' } });
  });

  it('of a config leaves the attempt that runs as it is, and is told to belong to the next (AT-10, C-16)', async () => {
    const run = runOf(where, 'frozen');
    await installation.cluster.create(configOf(where, 'frozen'));
    await installation.cluster.create(run);
    const before = await installation.phase(run, 'Running');
    const [configMap] = await installation.configMaps(where);
    const [job] = await installation.jobs(where);
    await installation.cluster.patch(configOf(where, 'frozen'), { spec: { kserve: { modelName: 'other' } } });
    await installation.cluster.patch(run, { spec: { parameters: { new: 'yes' } } });
    const after = await installation.until(
      run,
      'to see the edit',
      ({ observedGeneration }) => observedGeneration === 2,
    );
    const { contract, contractHash, configGeneration } = before;
    expect(after).toMatchObject({ contract, contractHash, configGeneration, attempts: 1 });
    const note = 'spec changed, applies to the next attempt';
    expect(after.conditions).toContainEqual(expect.objectContaining({ type: 'Synced', status: 'True', message: note }));
    expect(await installation.configMaps(where)).toEqual([configMap]);
    expect((await installation.jobs(where))[0]?.spec).toEqual(job?.spec);
  });

  it('that suspends a run holds its Job back, and lets it go on', async () => {
    const run = runOf(where, 'held', { suspend: true });
    await installation.cluster.create(configOf(where, 'held'));
    await installation.cluster.create(run);
    await installation.phase(run, 'Suspended');
    await installation.cluster.patch(run, { spec: { suspend: false } });
    await installation.phase(run, 'Running');
  });
});

describe('the Contract of a live attempt', () => {
  it('comes back when somebody deletes it (AT-14)', async () => {
    const run = runOf(where, 'restored', { parameters: { a: '<1>' } });
    await installation.cluster.create(configOf(where, 'restored'));
    await installation.cluster.create(run);
    await installation.phase(run, 'Running');
    const [before] = await installation.configMaps(where);
    // The config is gone, too: the text is that of the attempt.
    await installation.cluster.remove(configOf(where, 'restored'));
    const metadata = { namespace: where, name: before?.metadata?.name ?? '' };
    await installation.cluster.remove({ apiVersion: 'v1', kind: 'ConfigMap', metadata });
    const after = await waitFor('the ConfigMap to be back', async () => {
      const [found] = await installation.configMaps(where);
      return found?.metadata?.uid !== before?.metadata?.uid ? found : undefined;
    });
    expect(after).toMatchObject({ data: before?.data, immutable: true });
    const status = await installation.until(run, 'to miss its config', ({ conditions = [] }) =>
      conditions.some(({ message }) => message?.includes('does not exist')),
    );
    expect(status.phase).toBe('Running');
  });
});

describe('a run whose config wants it deleted', () => {
  it('goes after its delay, with all that was made for it (AT-11, C-11)', async () => {
    const run = runOf(where, 'goes');
    installation.fates.set('goes', [{ fate: 'ends', exitCode: 0 }]);
    const policy = { autoDeletePolicy: 'DeleteOnSuccess', autoDeleteDelaySeconds: 1 };
    await installation.cluster.create(configOf(where, 'goes', policy));
    await installation.cluster.create(run);
    await installation.gone(run);
    await waitFor('the Job to be gone', async () => (await installation.jobs(where)).length === 0);
    expect(await installation.event(run, 'AutoDeleted')).toMatchObject({ type: 'Normal' });
  });
});

describe('a pod that has to leave its node', () => {
  it('is replaced, and does not count against the limit of failures (AT-27)', async () => {
    const run = runOf(where, 'moved');
    installation.fates.set('moved', [
      { fate: 'disrupted', message: 'the node is drained' },
      { fate: 'ends', exitCode: 0 },
    ]);
    await installation.cluster.create(configOf(where, 'moved', { runner: { backoffLimit: 0 } }));
    await installation.cluster.create(run);
    expect(await installation.phase(run, 'Succeeded', 40_000)).toMatchObject({ attempts: 1 });
  }, 90_000);
});

describe('a run that is asked for again', () => {
  it('has another attempt with a Contract of its own, and the former one goes', async () => {
    const run = runOf(where, 'again');
    installation.fates.set('again', [{ fate: 'ends', exitCode: 0 }]);
    await installation.cluster.create(configOf(where, 'again'));
    await installation.cluster.create(run);
    const first = await installation.phase(run, 'Succeeded');
    await installation.cluster.patch(run, { metadata: { annotations: { 'ai.krateo.io/rerun': '1' } } });
    const second = await installation.until(
      run,
      'to succeed again',
      ({ phase, attempts }) => phase === 'Succeeded' && attempts === 2,
    );
    expect(second).toMatchObject({ observedRerun: '1', jobStatus: { name: `${first.jobStatus?.name}-r1` } });
    const executionId = (contract = '') =>
      (JSON.parse(Buffer.from(contract, 'base64').toString()) as { executionId: string }).executionId;
    expect(executionId(second.contract)).not.toBe(executionId(first.contract));
    expect(second.history).toHaveLength(2);
    await waitFor('the first Job to be gone', async () => (await installation.jobs(where)).length === 1);
  });
});

describe('a run that can not be started', () => {
  it.each([
    [
      'ConflictingModelSpec (AT-03, A-01)',
      { modelName: 'other' },
      {},
      'ConflictingModelSpec',
      'spec.kserve.modelName is "iris" and spec.modelName is "other"',
    ],
    [
      'ContractTooLarge (AT-45)',
      { storage: { input: { custom: { data: 'x'.repeat(900 * 1024) } } } },
      {},
      'ContractTooLarge',
      'at most 921600 are allowed',
    ],
    [
      'ParametersNotFound',
      {},
      { parametersFrom: [{ configMapRef: { name: 'absent' } }] },
      'ParametersNotFound',
      'absent',
    ],
    [
      'InferenceServiceNotReady',
      { kserve: { inferenceServiceRef: { name: 'iris' } } },
      {},
      'InferenceServiceNotReady',
      'does not exist',
    ],
  ])('is Blocked/%s, and told why', async (_case, config, spec, reason, words) => {
    const run = runOf(where, 'blocked', spec);
    await installation.cluster.create(configOf(where, 'blocked', config));
    await installation.cluster.create(run);
    const status = await installation.phase(run, 'Blocked');
    expect(status.failure?.reason).toBe(reason);
    expect(status.failure?.message).toContain(words);
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Succeeded', reason: 'Blocked' }));
    expect(await installation.event(run, reason)).toMatchObject({ type: 'Warning' });
    expect(await installation.jobs(where)).toEqual([]);
  });

  it('for a quota is tried again, and runs once when there is room (AT-45)', async () => {
    installation.refusing.add(where);
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { namespace: where, name: 'jobs' } };
    const hard = { 'count/jobs.batch': '0' };
    await installation.cluster.create({ ...quota, spec: { hard } });
    await installation.cluster.patch(quota, { status: { hard, used: hard } }, { subresource: 'status' });
    const run = runOf(where, 'quota');
    await installation.cluster.create(configOf(where, 'quota'));
    await installation.cluster.create(run);
    const blocked = await installation.phase(run, 'Blocked');
    expect(blocked.failure).toMatchObject({ reason: 'JobRefused' });
    expect(blocked.failure?.message).toContain('exceeded quota');
    await installation.cluster.remove(quota);
    const status = await installation.phase(run, 'Running', 40_000);
    expect(status).toMatchObject({ attempts: 1 });
    expect(status.failure).toBeUndefined();
    expect(await installation.jobs(where)).toHaveLength(1);
  }, 90_000);
});

describe('a config', () => {
  const readyOf = async (name: string) => {
    const config = await installation.cluster.find(configOf(where, name));
    const { conditions = [] } =
      (config as { status?: { conditions?: { type: string; reason: string }[] } }).status ?? {};
    return conditions.find(({ type }) => type === 'Ready');
  };

  it('says whether it can be used, by how many runs, and what it should say differently (AT-03, A-06)', async () => {
    const flat = { kserve: {}, modelName: 'iris', modelUrl: 'http://iris/v2/models/iris/infer' };
    const config = configOf(where, 'flat', flat);
    await installation.cluster.create(config);
    expect(await installation.event(config, 'DeprecatedField')).toMatchObject({ type: 'Normal' });
    await waitFor('the config to be ready', async () => (await readyOf('flat'))?.reason === 'Available');
    const run = runOf(where, 'uses', { configRef: { name: 'flat' } });
    await installation.cluster.create(run);
    const status = await installation.phase(run, 'Running');
    const contract: unknown = JSON.parse(Buffer.from(status.contract ?? '', 'base64').toString());
    expect(contract).toMatchObject({ kserve: { modelName: 'iris', modelUrl: flat.modelUrl } });
    await waitFor(
      'the run to be counted',
      async () => ((await installation.cluster.get(config)) as { status?: { usedBy?: number } }).status?.usedBy === 1,
    );
    await installation.cluster.remove(config);
    expect(await installation.event(config, 'ConfigInUse')).toMatchObject({ type: 'Warning' });
  });

  it('of another namespace is used only where it allows that', async () => {
    const elsewhere = await installation.cluster.namespace('configs');
    const config = configOf(elsewhere, 'shared');
    await installation.cluster.create(config);
    const run = runOf(where, 'guest', { configRef: { name: 'shared', namespace: elsewhere } });
    await installation.cluster.create(run);
    expect((await installation.phase(run, 'Blocked')).failure).toMatchObject({ reason: 'ConfigNotAllowed' });
    const annotations = { 'ai.krateo.io/allowed-namespaces': `other, ${where}` };
    await installation.cluster.patch(config, { metadata: { annotations } });
    await installation.phase(run, 'Running');
  });
});

describe('upstream’s end-to-end test (AT-25)', () => {
  it.each(upstreamSamples)(
    'passes for $name',
    async (sample) => {
      const config = configOf(where, sample.name, sampleConfig(sample).spec);
      const { spec } = sampleRun(sample);
      const run = runOf(where, `testdata-${sample.name}`, {
        ...spec,
        configRef: { name: sample.name, namespace: where },
      });
      await installation.cluster.create(config);
      await installation.cluster.create(run);
      const { contract = '' } = await installation.until(
        run,
        'to have a Contract',
        (status) => status.contract !== undefined,
      );
      const { jobName } = JSON.parse(Buffer.from(contract, 'base64').toString()) as { jobName: string };
      const made = {
        apiVersion: 'batch/v1',
        kind: sample.schedule === undefined ? 'Job' : 'CronJob',
        metadata: { namespace: where, name: jobName },
      };
      await waitFor(`${made.kind} ${jobName}`, () => installation.cluster.find(made));
      await installation.cluster.remove(run);
      await installation.gone(made, 30_000);
      await installation.gone({ apiVersion: 'v1', kind: 'ConfigMap', metadata: made.metadata }, 30_000);
      await installation.gone(run, 30_000);
    },
    90_000,
  );
});

describe('the process', () => {
  it.each([
    ['POLLING_INTERVAL', 'abc'],
    ['MAX_RECONCILE_RATE', '0'],
  ])('does not start with %s=%s (AT-21, AT-28)', async (name, value) => {
    const { code, output } = await runToEnd(installation.program, ['inference-runs'], { [name]: value });
    expect(code).toBe('2');
    expect(output).toContain(`${name}: `);
  });

  it('works on as many runs at the same time as it was told, and shows what it does (AT-28, C-34)', async () => {
    const metrics = await (await fetch(`${controller.metrics}/metrics`)).text();
    expect(metrics).toMatch(/controller_runtime_max_concurrent_reconciles{controller="inferencerun"} 4/);
    expect(metrics).toMatch(/inference_run_attempts_total{outcome="succeeded"} [1-9]/);
    expect(metrics).toMatch(/inference_runs{phase="Succeeded"} [0-9]+/);
    expect(metrics).toMatch(/inference_items_total{outcome="succeeded"} [1-9]/);
    expect(metrics).toMatch(/inference_queue_depth [0-9]+/);
  });
});
