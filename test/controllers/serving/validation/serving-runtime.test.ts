import { type Runtime, validateServingRuntime } from '../../../../controllers/serving/validation/serving-runtime';
import { settings } from '../admission-objects';

type Spec = Runtime['spec'];
type Format = NonNullable<Spec['supportedModelFormats']>[number];

const containers = [{ name: 'kserve-container' }];

function runtime(name: string, spec: Partial<Spec>): Runtime {
  return { metadata: { name, namespace: 'models' }, spec: { containers, protocolVersions: ['v1'], ...spec } };
}

const format = (priority?: number, more: Partial<Format> = {}): Format => ({
  name: 'sklearn',
  autoSelect: true,
  ...(priority !== undefined && { priority }),
  ...more,
});
const serving = (...supportedModelFormats: Format[]): Partial<Spec> => ({ supportedModelFormats });

function refusalOf(spec: Partial<Spec>, others: readonly Runtime[] = [], old?: Runtime) {
  const review = { kind: 'ServingRuntime' as const, object: runtime('new', spec), existing: others, old };
  return validateServingRuntime(review, settings).refusal;
}

describe('priorities (case 68)', () => {
  const tie =
    'same priority assigned for the model format sklearn in the servingruntimes old and new in namespace models';

  it.each<[string, Partial<Spec>, Partial<Spec>, string | undefined]>([
    ['the same', serving(format(1)), serving(format(1)), tie],
    ['the same, in another case', serving(format(1)), serving(format(1, { name: 'SKLearn' })), tie],
    ['the same for the same version', serving(format(1, { version: '1' })), serving(format(1, { version: '1' })), tie],
    ['the same for another version', serving(format(1, { version: '1' })), serving(format(1)), undefined],
    ['another', serving(format(1)), serving(format(2)), undefined],
    ['none', serving(format()), serving(format()), undefined],
    ['the same without selection', serving(format(1)), serving(format(1, { autoSelect: false })), undefined],
    [
      'the same for another protocol',
      serving(format(1)),
      { ...serving(format(1)), protocolVersions: ['v2'] },
      undefined,
    ],
    ['the same in a disabled runtime', serving(format(1)), { ...serving(format(1)), disabled: true }, undefined],
    ['the same for many models', serving(format(1)), { ...serving(format(1)), multiModel: true }, undefined],
    ['the same when it is disabled itself', { ...serving(format(1)), disabled: true }, serving(format(1)), undefined],
    ['the same without protocols', { ...serving(format(1)), protocolVersions: [] }, serving(format(1)), undefined],
  ])('%s as that of another runtime', (_what, spec, other, refusal) => {
    expect(refusalOf(spec, [runtime('old', other)])).toBe(refusal);
  });

  it('a runtime does not tie with itself', () => {
    expect(refusalOf(serving(format(1)), [runtime('new', serving(format(1)))])).toBeUndefined();
  });

  it('of the cluster are compared in the cluster', () => {
    const [object, other] = ['new', 'old'].map((name) => runtime(name, serving(format(1))));
    const review = { kind: 'ClusterServingRuntime' as const, object: object!, existing: [other!] };
    expect(validateServingRuntime(review, settings).refusal).toBe(
      'same priority assigned for the model format sklearn in the clusterservingruntimes old and new',
    );
  });

  it('two for one format are refused, also when there is no other runtime (§17 row 35)', () => {
    expect(refusalOf(serving(format(1, { version: '1' }), format(2)))).toBe(
      'different priorities assigned for the model format sklearn under the servingruntime new',
    );
    expect(refusalOf(serving(format(1, { version: '1' }), format(1), format()))).toBeUndefined();
  });
});

describe('several nodes', () => {
  const worker = { name: 'worker-container' };
  const workers = (more: object = {}): Partial<Spec> => ({ workerSpec: { containers: [worker], ...more } });
  const main = (more: object): Partial<Spec> => ({ ...workers(), containers: [{ name: 'kserve-container', ...more }] });
  const gpu = { resources: { limits: { 'example.com/gpu': 1 } } };

  it.each<[string, Partial<Spec>, string]>([
    [
      'two worker containers',
      workers({ containers: [worker, { name: 'b' }] }),
      'setting multiple containers in workerSpec is not allowed',
    ],
    [
      'no worker container (§17 row 35)',
      workers({ containers: [] }),
      'workerSpec has no container; add worker-container',
    ],
    [
      'PIPELINE_PARALLEL_SIZE',
      main({ env: [{ name: 'PIPELINE_PARALLEL_SIZE' }] }),
      'setting PIPELINE_PARALLEL_SIZE in environment variables is not allowed',
    ],
    [
      'TENSOR_PARALLEL_SIZE',
      main({ env: [{ name: 'TENSOR_PARALLEL_SIZE' }] }),
      'setting TENSOR_PARALLEL_SIZE in environment variables is not allowed',
    ],
    ['an unknown GPU', main(gpu), 'unknown GPU resource type in a container(kserve-container)'],
    [
      'an unknown GPU of the worker',
      workers({ containers: [{ ...worker, ...gpu }] }),
      'unknown GPU resource type in a container(worker-container)',
    ],
    [
      'no pipeline',
      workers({ pipelineParallelSize: 0 }),
      'the WorkerSpec.PipelineParallelSize cannot be less than 1(0)',
    ],
    ['no tensor', workers({ tensorParallelSize: 0 }), 'the WorkerSpec.TensorParallelSize cannot be less than 1(0)'],
  ])('%s is refused', (_what, spec, cause) => {
    expect(refusalOf(spec)).toBe(`the ServingRuntime new is invalid: ${cause}`);
  });

  it('workers stay once they are there', () => {
    expect(refusalOf({}, [], runtime('new', workers()))).toBe(
      'the ServingRuntime new is invalid: removing workerSpec where it already exists is not allowed',
    );
    expect(refusalOf(workers(), [], runtime('new', {}))).toBeUndefined();
  });

  it('GPUs that the runtime’s annotation names are known', () => {
    const annotations = { 'serving.kserve.io/gpu-resource-types': '["example.com/gpu"]' };
    expect(refusalOf({ ...main(gpu), annotations })).toBeUndefined();
  });
});

it.each<[string, Partial<Spec>]>([
  ['a container', { containers: [{ name: 'c', env: [{ name: 'PYTHONPATH' }] }] }],
  ['a worker container', { workerSpec: { containers: [{ name: 'c', env: [{ name: 'PYTHONPATH' }] }] } }],
])('PYTHONPATH in %s is refused (case 67)', (_where, spec) => {
  expect(refusalOf(spec)).toBe(
    'the ServingRuntime "new" is invalid: setting PYTHONPATH in container "c" is not allowed for security reasons',
  );
});
