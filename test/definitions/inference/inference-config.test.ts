import { inferenceConfigs } from '../../../definitions/inference/inference-config';
import { sampleConfig, upstreamSamples } from '../../controllers/inference-runs/upstream-samples';
import { documentedObject } from '../../documents/documented-object';
import { type Field, objectWith, under } from '../serving/field-paths';
import { privateKind } from '../serving/private-kind';
import { executionFields } from './execution-fields';

const kind = privateKind(inferenceConfigs);

const model: readonly Field[] = [
  ['modelName', 'iris'],
  ['modelUrl', 'iris.ml/v2/models/iris/infer'],
  ['modelVersion', 'v2'],
  ['modelInputName', 'input-0'],
];

const endpoint: readonly Field[] = [
  ['protocol', 'v2'],
  ['endpointRef', { name: 'model', namespace: 'ml' }],
  ['headers', ['X-Team: ml']],
  [
    'inputs',
    [
      {
        name: 'input-0',
        datatype: 'INT64',
        shape: [-1, 4],
        from: '$.values',
        null: 'error',
        encoding: 'utf8',
        parameters: { anything: { goes: [1, 2.5, null] } },
      },
    ],
  ],
  ['outputs', [{ name: 'output-0', as: 'label' }]],
  ['v2.binary', 'auto'],
  ['instances', { signature_name: 'serving_default', extra: { deep: [true] } }],
  ['inferenceServiceRef', { name: 'iris', namespace: 'ml' }],
];

const runner: readonly Field[] = [
  ['serviceAccountName', 'runner'],
  ['imagePullPolicy', 'Never'],
  ['backoffLimit', 0],
  ['podFailurePolicy', 'none'],
  ['terminationGracePeriodSeconds', 0],
  ['ttlSecondsAfterFinished', 0],
  ['resources', { limits: { 'nvidia.com/gpu': 1, cpu: '500m' }, requests: { memory: '1Gi' } }],
  [
    'env',
    [
      { name: 'A', value: 'b' },
      { name: 'C', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
  ],
  ['envFrom', [{ secretRef: { name: 'more' } }]],
  ['volumes', [{ name: 'cache', emptyDir: {} }]],
  ['volumeMounts', [{ name: 'cache', mountPath: '/cache' }]],
  ['nodeSelector', { disk: 'ssd' }],
  ['tolerations', [{ key: 'gpu', operator: 'Exists' }]],
  ['affinity', { nodeAffinity: {} }],
  ['priorityClassName', 'batch'],
  ['runtimeClassName', 'gvisor'],
  ['securityContext', { runAsNonRoot: true }],
  ['podSecurityContext', { fsGroup: 65532 }],
  ['podLabels', { team: 'ml' }],
  ['podAnnotations', { note: 'text' }],
  ['mountEndpoints', false],
];

const spec: readonly Field[] = [
  ...under('spec.kserve', model, endpoint),
  ...under('spec', model),
  ['spec.autoDeletePolicy', 'DeleteOnSuccess'],
  ['spec.autoDeleteDelaySeconds', 0],
  ['spec.image', 'example/runner:1'],
  ['spec.storage.input', { unheard: { of: [1, 2.5, null, { '': '' }] }, other: {} }],
  ['spec.storage.output', { log: {} }],
  ['spec.credentialsRef', { name: 'pull', namespace: 'ml' }],
  ...under('spec.execution', executionFields),
  ...under('spec.runner', runner),
];

const status: readonly Field[] = [
  [
    'status.conditions',
    [
      {
        type: 'Ready',
        status: 'True',
        lastTransitionTime: '2026-01-01T00:00:00Z',
        reason: 'Available',
        message: 'text',
        observedGeneration: 1,
      },
    ],
  ],
  ['status.observedGeneration', 1],
  ['status.usedBy', 2],
];

test('every field of spec and of status is stored as written, the flat ones too (A-01)', async () => {
  const config = objectWith(spec);
  expect(await kind.apply('everything', config)).toMatchObject({ status: 201, warnings: [] });
  expect(await kind.apply('everything', objectWith(status), 'status')).toMatchObject({ status: 200, warnings: [] });
  expect(await kind.stored('everything')).toEqual({ ...config, ...objectWith(status) });
});

describe('what was valid for upstream', () => {
  it.each(upstreamSamples.map((sample) => [sample.name, sample] as const))(
    'sample %s is stored as it is, with the delay that upstream had as a number in its code',
    async (name, sample) => {
      const config = sampleConfig(sample);
      expect(await kind.create(name, config, 'Strict')).toMatchObject({ status: 201, warnings: [] });
      expect(await kind.stored(name)).toEqual({ spec: { ...config.spec, autoDeleteDelaySeconds: 300 } });
    },
  );

  it('the config of the published README is taken without a warning, and its model survives (AT-29, A-01)', async () => {
    const {
      apiVersion,
      kind: itsKind,
      metadata,
      ...config
    } = documentedObject({
      document: '2-inference-runs',
      heading: 'InferenceConfig',
      index: 0,
    });
    expect({ apiVersion, kind: itsKind }).toEqual({ apiVersion: 'ai.krateo.io/v1', kind: 'InferenceConfig' });
    const members = JSON.parse(JSON.stringify(config)) as Parameters<typeof kind.create>[1];
    expect(await kind.create(metadata.name, members, 'Strict')).toMatchObject({ status: 201, warnings: [] });
    expect(await kind.stored(metadata.name)).toMatchObject({
      ...members,
      spec: { modelName: 'sklearn-iris', modelVersion: 'v2' },
    });
  });

  it.each([
    ['an empty image and no kinds', { spec: { autoDeletePolicy: 'None', image: '', storage: {} } }],
    [
      'empty names',
      { spec: { autoDeletePolicy: 'None', image: '', storage: {}, credentialsRef: { name: '', namespace: '' } } },
    ],
  ])('%s (A-05)', async (what, config) => {
    expect(await kind.create(what.replaceAll(' ', '-'), config, 'Strict')).toMatchObject({ status: 201, warnings: [] });
  });

  it('no spec at all, and one without what 1.0.0 demands (C-22)', async () => {
    expect(await kind.create('no-spec', {}, 'Strict')).toMatchObject({ status: 201, warnings: [] });
    expect(await kind.create('empty-spec', { spec: {} }, 'Strict')).toMatchObject({ status: 201, warnings: [] });
    expect(await kind.stored('no-spec')).toEqual({});
    expect(await kind.stored('empty-spec')).toEqual({
      spec: { autoDeletePolicy: 'None', autoDeleteDelaySeconds: 300 },
    });
  });
});

test.each<[string, readonly Field[], RegExp]>([
  ['an unknown policy', [['spec.autoDeletePolicy', 'Sometimes']], /autoDeletePolicy.*Unsupported value/],
  ['a negative delay', [['spec.autoDeleteDelaySeconds', -1]], /autoDeleteDelaySeconds.*greater than or equal to 0/],
  [
    'a pull Secret without namespace',
    [['spec.credentialsRef.name', 'pull']],
    /credentialsRef\.namespace: Required value/,
  ],
  ['a protocol that comes later', [['spec.kserve.protocol', 'openai']], /protocol.*Unsupported value/],
  ['an unknown datatype', [['spec.kserve.inputs', [{ datatype: 'FP8' }]]], /datatype.*Unsupported value/],
  ['a storage that is no object', [['spec.storage.input', { s3: 'bucket' }]], /s3.*must be of type object/],
  ['an InferenceService without name', [['spec.kserve.inferenceServiceRef.namespace', 'ml']], /name: Required value/],
  ['a back-off limit over 100', [['spec.runner.backoffLimit', 101]], /backoffLimit.*less than or equal to 100/],
  ['a quantity that is none', [['spec.execution.batch.maxBytes', 'much']], /maxBytes.*should match/],
  ['a duration that is none', [['spec.execution.retry.maxBackoff', '10']], /maxBackoff.*should match/],
  ['a share over 1', [['spec.execution.errors.maxFailedRatio', 1.5]], /maxFailedRatio.*less than or equal to 1/],
  ['a concurrency of 0', [['spec.execution.concurrency', 0]], /concurrency.*greater than or equal to 1/],
  ['a field that nobody knows', [['spec.modelURL', 'http://iris']], /unknown field "spec\.modelURL"/],
])('%s is refused', async (_what, fields, message) => {
  const answer = await kind.create('refused', objectWith(fields), 'Strict');
  expect(answer).toMatchObject({ body: { message: expect.stringMatching(message) as unknown } });
  expect(await kind.stored('refused')).toBeUndefined();
});
