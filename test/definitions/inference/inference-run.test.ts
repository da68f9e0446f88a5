import { inferenceRuns } from '../../../definitions/inference/inference-run';
import { sampleRun, upstreamSamples } from '../../controllers/inference-runs/upstream-samples';
import { documentedObject } from '../../documents/documented-object';
import { type Field, objectWith, under } from '../serving/field-paths';
import { privateKind } from '../serving/private-kind';
import { executionFields } from './execution-fields';

const kind = privateKind(inferenceRuns);

const config: Field = ['spec.configRef.name', 'iris'];

const spec: readonly Field[] = [
  config,
  ['spec.configRef.namespace', 'ml'],
  ['spec.timeoutSeconds', 3600],
  ['spec.parameters', { input_table_name: 'iris', '': '' }],
  [
    'spec.parametersFrom',
    [{ configMapRef: { name: 'more', optional: true }, prefix: 'P_' }, { secretRef: { name: 'token' } }],
  ],
  ['spec.schedule', '0 5 * * MON-FRI'],
  ['spec.timeZone', 'Europe/Rome'],
  ['spec.concurrencyPolicy', 'Replace'],
  ['spec.startingDeadlineSeconds', 0],
  ['spec.successfulJobsHistoryLimit', 0],
  ['spec.failedJobsHistoryLimit', 0],
  ['spec.suspend', true],
  ['spec.maxRestarts', -1],
  ...under('spec.execution', executionFields),
];

const time = '2026-01-01T00:00:00Z';

const status: readonly Field[] = [
  ['status.phase', 'Succeeded'],
  ['status.conditions', [{ type: 'Ready', status: 'True', lastTransitionTime: time, reason: 'Available' }]],
  ['status.observedGeneration', 1],
  ['status.contract', 'e30='],
  ['status.contractHash', '0123456789abcdef'],
  ['status.configGeneration', 1],
  ['status.attempts', 2],
  ['status.observedRerun', 'monday'],
  ['status.startTime', time],
  ['status.completionTime', time],
  ['status.jobStatus', { apiVersion: 'batch/v1', kind: 'Job', name: 'inf-iris', namespace: 'ml', uid: 'u' }],
  ['status.counts', { active: 0, ready: 0, succeeded: 1, failed: 0, terminating: 0 }],
  [
    'status.failure',
    {
      reason: 'InputFailed',
      message: 'text',
      exitCode: 3,
      podName: 'pod',
      containerReason: 'Error',
      logTail: 'x'.repeat(2048),
    },
  ],
  [
    'status.result',
    {
      v: 1,
      executionId: 'e',
      shard: 0,
      items: { total: 10, succeeded: 9, failed: 1, skipped: 0 },
      requests: 1,
      retries: 0,
      batches: 1,
      bytes: { in: 1, out: 1 },
      durationMs: 1.5,
      latencyMs: { p50: 0.25, p95: 1, max: 2 },
      output: { kind: 's3', location: 's3://bucket/prefix' },
      errors: [{ code: 'ITEM_INVALID', message: 'text', count: 1, firstItem: 0 }],
      checkpoint: { position: 10 },
      repeatable: true,
    },
  ],
  [
    'status.schedule',
    { lastScheduleTime: time, lastSuccessfulTime: time, nextScheduleTime: time, active: ['inf-iris-1'] },
  ],
  [
    'status.history',
    [
      {
        jobName: 'inf-iris',
        uid: 'u',
        phase: 'Succeeded',
        startTime: time,
        completionTime: time,
        exitCode: 0,
        contractHash: '0123',
      },
    ],
  ],
];

test('every field of spec and of status is stored as written', async () => {
  const run = objectWith(spec);
  expect(await kind.apply('everything', run)).toMatchObject({ status: 201, warnings: [] });
  expect(await kind.apply('everything', objectWith(status), 'status')).toMatchObject({ status: 200, warnings: [] });
  expect(await kind.stored('everything')).toEqual({ ...run, ...objectWith(status) });
});

describe('what was valid for upstream', () => {
  it.each(upstreamSamples.map((sample) => [sample.name, sample] as const))(
    'sample %s is stored as it is',
    async (name, sample) => {
      const run = sampleRun(sample);
      expect(await kind.create(name, run, 'Strict')).toMatchObject({ status: 201, warnings: [] });
      expect(await kind.stored(name)).toEqual(run);
    },
  );

  it('the run of the published README is taken without a warning and stored as it is (AT-29)', async () => {
    const {
      apiVersion: _v,
      kind: _k,
      metadata,
      ...run
    } = documentedObject({
      document: '2-inference-runs',
      heading: 'InferenceRun',
      index: 0,
    });
    const members = JSON.parse(JSON.stringify(run)) as Parameters<typeof kind.create>[1];
    expect(await kind.create(metadata.name, members, 'Strict')).toMatchObject({ status: 201, warnings: [] });
    expect(await kind.stored(metadata.name)).toEqual(members);
  });

  it('no spec at all (C-22)', async () => {
    expect(await kind.create('no-spec', {}, 'Strict')).toMatchObject({ status: 201, warnings: [] });
    expect(await kind.stored('no-spec')).toEqual({});
  });
});

test('no deadline is the default, and the namespace of the config that of the run (A-03)', async () => {
  expect(await kind.create('least', objectWith([config]), 'Strict')).toMatchObject({ status: 201, warnings: [] });
  expect(await kind.stored('least')).toEqual({ spec: { configRef: { name: 'iris' }, timeoutSeconds: 0 } });
});

test.each<[string, readonly Field[], RegExp]>([
  ['a run without config', [['spec.timeoutSeconds', 1]], /configRef: Required value/],
  [
    'a negative deadline',
    [config, ['spec.timeoutSeconds', -1]],
    /spec\.timeoutSeconds: Invalid value: .*must be 0 \(no limit\) or the seconds an attempt may take/,
  ],
  [
    'a schedule that is none',
    [config, ['spec.schedule', 'every monday']],
    /spec\.schedule: Invalid value: .*must be five fields \(minute, hour, day of month, month, day of week\)/,
  ],
  ['a schedule with a time zone', [config, ['spec.schedule', 'TZ=UTC 0 5 * * *']], /a time zone goes to timeZone/],
  [
    'a time zone without schedule',
    [config, ['spec.timeZone', 'UTC']],
    /spec\.timeZone: Invalid value: .*timeZone needs a schedule/,
  ],
  [
    'a concurrency policy without schedule',
    [config, ['spec.concurrencyPolicy', 'Allow']],
    /spec\.concurrencyPolicy: Invalid value: .*concurrencyPolicy needs a schedule/,
  ],
  [
    'a starting deadline without schedule',
    [config, ['spec.startingDeadlineSeconds', 5]],
    /spec\.startingDeadlineSeconds: Invalid value: .*startingDeadlineSeconds needs a schedule/,
  ],
  ['a parameter that is no text', [config, ['spec.parameters', { a: 1 }]], /must be of type string/],
  ['restarts below -1', [config, ['spec.maxRestarts', -2]], /maxRestarts.*greater than or equal to -1/],
  [
    'a source of parameters without name',
    [config, ['spec.parametersFrom', [{ secretRef: {} }]]],
    /name: Required value/,
  ],
  ['what is left for later', [config, ['spec.notify', { url: 'http://a' }]], /unknown field "spec\.notify"/],
])('%s is refused', async (_what, fields, message) => {
  const answer = await kind.create('refused', objectWith(fields), 'Strict');
  expect(answer).toMatchObject({ body: { message: expect.stringMatching(message) as unknown } });
  expect(await kind.stored('refused')).toBeUndefined();
});

describe('a schedule', () => {
  const refusal = {
    status: 422,
    body: {
      message: expect.stringContaining(
        'schedule can be changed, not added or removed; create a new InferenceRun',
      ) as unknown,
    },
  };

  it('can be changed, and not removed (C-17)', async () => {
    const scheduled = (schedule: string) => objectWith([config, ['spec.schedule', schedule]]);
    await kind.apply('scheduled', scheduled('@daily'));
    expect(await kind.apply('scheduled', scheduled('@hourly'))).toMatchObject({ status: 200 });
    expect(await kind.apply('scheduled', objectWith([config]))).toMatchObject(refusal);
    expect(await kind.stored('scheduled')).toMatchObject({ spec: { schedule: '@hourly' } });
  });

  it('can’t be added', async () => {
    await kind.apply('plain', objectWith([config]));
    expect(await kind.apply('plain', objectWith([config, ['spec.schedule', '@daily']]))).toMatchObject(refusal);
  });
});
