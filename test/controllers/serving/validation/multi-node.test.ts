import { servingAnnotations } from '../../../../definitions/names/serving';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { validateInferenceService } from '../../../../controllers/serving/validation/inference-service';
import { serviceWith, settings, standard } from '../admission-objects';

type Predictor = InferenceService['spec']['predictor'];

const gpuTypes = servingAnnotations.gpuResourceTypes;
const annotations = standard({ [servingAnnotations.autoscalerClass]: 'none' });
const split: Predictor = {
  model: { modelFormat: { name: 'huggingface' }, storageUri: 'pvc://claim/model', protocolVersion: 'v2' },
  workerSpec: { pipelineParallelSize: 2, tensorParallelSize: 1 },
};
const unknownGpu =
  "Unknown GPU resource type. Set 'serving.kserve.io/gpu-resource-types' annotation to use custom gpu resource type";

function refusalOf(predictor: Partial<Predictor>, more: Readonly<Record<string, string>> = {}, multiNode = {}) {
  const object = serviceWith({ predictor: { ...split, ...predictor } }, { ...annotations, ...more });
  const config = { multiNode: { ...settings.multiNode, ...multiNode } };
  return validateInferenceService({ object, operation: 'CREATE' }, config).refusal;
}

const modelWith = (members: object): Partial<Predictor> => ({ model: { ...split.model, ...members } });
const workersWith = (members: object): Partial<Predictor> => ({ workerSpec: { ...split.workerSpec, ...members } });
const limits = (name: string) => ({ resources: { limits: { cpu: 1, [name]: 1 } } });

it.each<[string, Partial<Predictor>, string]>([
  [
    'several worker containers',
    workersWith({ containers: [{ name: 'a' }, { name: 'b' }] }),
    'setting multiple containers in workerSpec is not allowed',
  ],
  [
    'PIPELINE_PARALLEL_SIZE',
    modelWith({ env: [{ name: 'PIPELINE_PARALLEL_SIZE' }] }),
    'setting PIPELINE_PARALLEL_SIZE in environment variables is not allowed',
  ],
  [
    'TENSOR_PARALLEL_SIZE',
    modelWith({ env: [{ name: 'TENSOR_PARALLEL_SIZE' }] }),
    'setting TENSOR_PARALLEL_SIZE in environment variables is not allowed',
  ],
  ['an unknown GPU of the model', modelWith(limits('example.com/gpu')), unknownGpu],
  [
    'an unknown GPU of the workers',
    workersWith({ containers: [{ name: 'a', ...limits('example.com/gpu') }] }),
    unknownGpu,
  ],
  ['no URI', { model: { modelFormat: { name: 'a' } } }, 'StorageURI must be set for multinode enabled'],
  ['a bucket', modelWith({ storageUri: 's3://a' }), "Multinode only supports 'pvc' and 'oci' Storage Protocol(s3)"],
  ['no pipeline', workersWith({ pipelineParallelSize: 0 }), 'WorkerSpec.PipelineParallelSize cannot be less than 1(0)'],
  ['no tensor', workersWith({ tensorParallelSize: 0 }), 'WorkerSpec.TensorParallelSize cannot be less than 1(0)'],
])('%s is refused in a multi-node predictor (case 62)', (_what, predictor, cause) => {
  expect(refusalOf(predictor)).toBe(`the InferenceService "iris" is invalid: ${cause}`);
});

it.each(['hpa', undefined])('the autoscaler class %s is refused, because none is needed (case 62)', (written) => {
  const { [servingAnnotations.autoscalerClass]: _none, ...others } = annotations;
  const object = serviceWith(
    { predictor: split },
    { ...others, ...(written !== undefined && { [servingAnnotations.autoscalerClass]: written }) },
  );
  expect(validateInferenceService({ object, operation: 'CREATE' }, settings).refusal).toBe(
    `the InferenceService "iris" is invalid: Multinode only supports 'none' autoscaler(${written ?? ''})`,
  );
});

it('a well-formed multi-node predictor is accepted, with GPUs of every kind that is known (case 62)', () => {
  expect(refusalOf({})).toBeUndefined();
  expect(refusalOf(modelWith({ storageUri: 'oci://image' }))).toBeUndefined();
  expect(refusalOf(modelWith(limits('nvidia.com/gpu')))).toBeUndefined();
  const custom = modelWith(limits('example.com/gpu'));
  expect(refusalOf(custom, { [gpuTypes]: '["example.com/gpu"]' })).toBeUndefined();
  expect(refusalOf(custom, {}, { customGPUResourceTypeList: ['example.com/gpu'] })).toBeUndefined();
});

it.each(['a', '{}', '[]', '[""]', '[1]'])('%s is no list of GPU resources (case 62)', (written) => {
  expect(refusalOf({}, { [gpuTypes]: written })).toBe(
    `the InferenceService "iris" is invalid: invalid GPU format(${written}) for ${gpuTypes} annotation: ` +
      'must be a valid JSON array',
  );
});
