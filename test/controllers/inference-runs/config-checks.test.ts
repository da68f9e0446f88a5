import { outputKindNames } from '../../../definitions/inference/storage-kinds';
import { checkConfig } from '../../../controllers/inference-runs/config-checks';
import { checkExecution } from '../../../controllers/inference-runs/execution-checks';
import type { InferenceConfigSpec } from '../../../definitions/inference/inference-config';
import { configOf } from './objects';
import { upstreamSamples, sampleConfig } from './upstream-samples';

/** A config that our runner can work with. */
const good: Partial<InferenceConfigSpec> = {
  kserve: { modelUrl: 'http://iris.ml/v2/models/iris/infer' },
  storage: { input: { inline: { data: '' } }, output: { log: {} } },
};

const problemsOf = (spec: Partial<InferenceConfigSpec>, genericRunner = true) =>
  checkConfig(configOf({ ...good, ...spec }), { genericRunner });

const invalid = (message: string) => [{ reason: 'ConfigInvalid', severity: 'error', message }];

describe('a config has nothing wrong', () => {
  it.each(upstreamSamples.map((sample) => [sample.name, sample] as const))('sample %s of upstream', (_name, sample) => {
    expect(checkConfig(configOf(sampleConfig(sample).spec), { genericRunner: false })).toEqual([]);
  });

  it.each<[string, Partial<InferenceConfigSpec>]>([
    ['with a URL', {}],
    ['with a URL without scheme', { kserve: { modelUrl: 'iris.ml:8080/v1/models/iris:predict' } }],
    ['with a flat URL', { kserve: {}, modelUrl: 'https://iris.ml' }],
    ['with an InferenceService', { kserve: { inferenceServiceRef: { name: 'iris' } } }],
    ['with dead letters in a word', { execution: { errors: { deadLetter: 'none' } } }],
    ['with headers', { kserve: { modelUrl: 'iris.ml', headers: ['X-Team: ml', 'Accept:*/*'] } }],
  ])('%s', (_how, spec) => {
    expect(problemsOf(spec)).toEqual([]);
  });
});

describe('what is wrong with a config is told (3.8.7)', () => {
  it('a spec that is missing (A-05)', () => {
    const { spec: _, ...config } = configOf();
    expect(checkConfig(config, { genericRunner: true })).toEqual(
      invalid('spec is missing: say model, image and storage'),
    );
  });

  it('a model that contradicts itself (AT-03)', () => {
    expect(problemsOf({ modelUrl: 'http://other' })).toEqual([
      {
        reason: 'ConflictingModelSpec',
        severity: 'error',
        message: expect.stringContaining('remove spec.modelUrl') as unknown,
      },
    ]);
  });

  it.each<[string, Partial<InferenceConfigSpec>, string]>([
    ['a URL that is none', { kserve: { modelUrl: 'http://' } }, 'spec.kserve.modelUrl is no URL'],
    ['a flat URL that is none', { kserve: {}, modelUrl: 'a b' }, 'spec.modelUrl is no URL'],
    [
      'a protocol that comes later',
      { kserve: { modelUrl: 'grpc://iris.ml:9000' } },
      'spec.kserve.modelUrl: the runner speaks http and https, not grpc',
    ],
    ['no model', { kserve: {} }, 'spec.kserve says not where the model is: give modelUrl or inferenceServiceRef'],
    ['an image that is none', { image: 'a b' }, 'spec.image: "a b" is no image'],
    [
      'a header without a colon, without its value',
      { kserve: { modelUrl: 'iris.ml', headers: ['X-Team: ml', 'Bearer secret'] } },
      'spec.kserve.headers[1] has not the form "Name: value"',
    ],
    [
      'no input',
      { storage: { output: { log: {} } } },
      'spec.storage.input is empty: give one of krateo, http, inline, configMap, pvc, s3',
    ],
    [
      'no output',
      { storage: { input: { inline: {} }, output: {} } },
      'spec.storage.output is empty: give one of krateo, http, pvc, log, s3',
    ],
    [
      'two inputs',
      { storage: { input: { inline: {}, s3: {} }, output: { log: {} } } },
      'spec.storage.input has several kinds (inline, s3): give one',
    ],
    [
      'a kind that comes later',
      { storage: { input: { inline: {} }, output: { postgres: {} } } },
      'spec.storage.output: the runner has no storage kind "postgres", only krateo, http, pvc, log, s3',
    ],
    [
      'a claim to read without name',
      { storage: { input: { pvc: {} }, output: { log: {} } } },
      'spec.storage.input.pvc.claimName is missing: name the object to mount',
    ],
    [
      'a claim to write without name',
      { storage: { input: { inline: {} }, output: { pvc: { claimName: '' } } } },
      'spec.storage.output.pvc.claimName is missing: name the object to mount',
    ],
    [
      'a ConfigMap without name',
      { storage: { input: { configMap: { key: 'a' } }, output: { log: {} } } },
      'spec.storage.input.configMap.name is missing: name the object to mount',
    ],
    [
      'a placeholder in what is mounted',
      { storage: { input: { inline: {} }, output: { pvc: { claimName: 'out', subPath: '${run.name}' } } } },
      "spec.storage.output.pvc.subPath: placeholders can't stand here, the volume is mounted before they are known",
    ],
    [
      'a volume of the controller',
      { runner: { volumes: [{ name: 'contract' }] } },
      'spec.runner.volumes: the name contract is that of a volume of the controller; take another',
    ],
  ])('%s', (_what, spec, message) => {
    expect(problemsOf(spec)).toEqual(invalid(message));
  });

  it('no image, where the controller has none either (A-05)', () => {
    const message = 'spec.image is empty, and the controller has no default: give the image of the runner';
    expect(problemsOf({ image: '' }, false)).toEqual(invalid(message));
    expect(problemsOf({ image: '' }, true)).toEqual([]);
  });

  it('a namespace of the pull Secret that does not count, as a warning (C-28)', () => {
    expect(problemsOf({ credentialsRef: { name: 'pull', namespace: 'other' } })).toEqual([
      {
        reason: 'CredentialsNamespaceIgnored',
        severity: 'warning',
        message:
          'spec.credentialsRef.namespace: "other" is ignored; the Secret pull is looked for in the namespace of the run',
      },
    ]);
    expect(problemsOf({ credentialsRef: { name: 'pull', namespace: 'ml' } })).toEqual([]);
  });

  it.each([
    ['9007199254740993', 'error'],
    ['-9007199254740993', 'error'],
    ['9007199254740991', undefined],
    ['1e300', undefined],
    ['0.1', undefined],
  ])('a number that would reach the runner as another one: %s (R-04)', (number, severity) => {
    const storage = {
      input: { inline: { items: JSON.parse(`[{"id": 1}, {"id": ${number}}]`) as unknown } },
      output: { log: {} },
    };
    const message =
      'spec.storage.input.inline.items[1].id: whole numbers over 9007199254740991 lose digits here; write a text, or read it from a file';
    expect(problemsOf({ storage })).toEqual(severity === undefined ? [] : invalid(message));
    expect(problemsOf({ image: 'example/runner:1', storage }, false).map((problem) => problem.severity)).toEqual(
      severity === undefined ? [] : ['warning'],
    );
  });

  it('runners of others may know more: kinds, protocols, settings (AT-44)', () => {
    const spec: Partial<InferenceConfigSpec> = {
      image: 'example/runner:1',
      kserve: { modelUrl: 'grpc://iris.ml:9000' },
      storage: { input: { own: {}, other: {} } },
      execution: { checkpoint: { mode: 'pvc' }, errors: { deadLetter: 7 } },
    };
    expect(problemsOf(spec, false)).toEqual([]);
    expect(problemsOf(spec, true)).not.toEqual([]);
  });
});

describe('settings that the schema can’t check', () => {
  const messagesOf = (...settings: Parameters<typeof checkExecution>) =>
    checkExecution(...settings).map(({ message }) => message);

  it.each([
    [
      { checkpoint: { mode: 'configMap' as const } },
      'spec.execution.checkpoint.mode: configMap is not supported yet; use auto, output or off',
    ],
    [
      { retry: { retryOn: ['network', '503', 'UNAVAILABLE'] } },
      'spec.execution.retry.retryOn: "UNAVAILABLE" is none of network, timeout and HTTP statuses such as 503',
    ],
    [
      { errors: { deadLetter: 'somewhere' } },
      'spec.execution.errors.deadLetter: got "somewhere", allowed are inherit, none and an output by its kind',
    ],
    [
      { errors: { deadLetter: [] } },
      'spec.execution.errors.deadLetter: got [], allowed are inherit, none and an output by its kind',
    ],
    [
      { errors: { deadLetter: { kafka: { topic: 'bad' } } } },
      `spec.execution.errors.deadLetter: the runner has no storage kind "kafka", only ${outputKindNames.join(', ')}`,
    ],
  ])('%j', (execution, message) => {
    expect(messagesOf(execution, 'spec.execution', true)).toEqual([message]);
    expect(messagesOf(execution, 'spec.execution', false)).toEqual([]);
  });

  it('dead letters in an output of their own are fine', () => {
    expect(messagesOf({ errors: { deadLetter: { s3: { bucket: 'bad' } } } }, 'spec.execution', true)).toEqual([]);
  });

  it('absent ones are fine', () => {
    expect(messagesOf(undefined, 'spec.execution', true)).toEqual([]);
    expect(messagesOf({}, 'spec.execution', true)).toEqual([]);
  });
});
