import { resolveModel, usesFlatFields } from '../../../controllers/inference-runs/model';
import type { InferenceConfigSpec } from '../../../definitions/inference/inference-config';
import { configOf } from './objects';

const specOf = (spec: Partial<InferenceConfigSpec>): InferenceConfigSpec => configOf(spec).spec ?? fail();
const fail = (): never => {
  throw new Error('the config has no spec');
};

const iris = {
  modelName: 'iris',
  modelUrl: 'iris.ml/v2/models/iris/infer',
  modelVersion: 'v2',
  modelInputName: 'input-0',
};

describe('the model of a config (AT-03)', () => {
  test.each<[string, Partial<InferenceConfigSpec>, readonly string[]]>([
    ['nested', { kserve: iris }, []],
    ['flat', iris, ['modelName', 'modelUrl', 'modelVersion', 'modelInputName']],
    ['both, and equal', { kserve: iris, ...iris }, ['modelName', 'modelUrl', 'modelVersion', 'modelInputName']],
    [
      'partly nested and partly flat',
      {
        kserve: { modelName: iris.modelName, modelUrl: iris.modelUrl },
        modelVersion: iris.modelVersion,
        modelInputName: iris.modelInputName,
      },
      ['modelVersion', 'modelInputName'],
    ],
    [
      'empty where nested and filled where flat',
      { kserve: { ...iris, modelName: '' }, modelName: 'iris' },
      ['modelName'],
    ],
  ])('is the same when the fields are %s (A-01)', (_how, spec, flat) => {
    expect(resolveModel(specOf(spec))).toEqual({ model: iris });
    expect(usesFlatFields(specOf(spec))).toEqual(flat);
  });

  it('contradicts itself where a field has two values', () => {
    const spec = specOf({ kserve: iris, modelUrl: 'other.ml/v2/models/iris/infer' });
    expect(resolveModel(spec)).toEqual({
      conflict:
        'spec.kserve.modelUrl is "iris.ml/v2/models/iris/infer" and spec.modelUrl is "other.ml/v2/models/iris/infer": remove spec.modelUrl',
    });
  });

  it('has nothing in it where nothing is said', () => {
    expect(resolveModel(specOf({ kserve: { modelName: '' } }))).toEqual({ model: {} });
  });

  it('keeps what is ours as it is written', () => {
    const kserve = {
      ...iris,
      protocol: 'v2' as const,
      endpointRef: { name: 'model', namespace: 'ml' },
      headers: ['X-Team: ml'],
      inputs: [{ name: 'input-0', datatype: 'FP32' as const, shape: [-1, 4] }],
      outputs: [{ name: 'output-0' }],
      v2: { binary: 'auto' as const },
      instances: { signature_name: 'serving_default' },
    };
    expect(resolveModel(specOf({ kserve }))).toEqual({ model: kserve });
  });
});

describe('the model of an InferenceService', () => {
  const address = 'http://iris.ml.svc.cluster.local';
  const kserve = { inferenceServiceRef: { name: 'iris' } };

  it('is at its address, which old runners find too, under its name unless another is given', () => {
    expect(resolveModel(specOf({ kserve }), address)).toEqual({
      model: { modelName: 'iris', modelUrl: address, url: address },
    });
    expect(resolveModel(specOf({ kserve: { ...kserve, modelName: 'v1-iris' } }), address)).toEqual({
      model: { modelName: 'v1-iris', modelUrl: address, url: address },
    });
  });

  it.each([
    ['spec.kserve.modelUrl', { kserve: { ...kserve, modelUrl: iris.modelUrl } }],
    ['spec.modelUrl', { kserve, modelUrl: iris.modelUrl }],
  ])('contradicts %s', (field, spec) => {
    expect(resolveModel(specOf(spec), address)).toEqual({
      conflict: `${field} and spec.kserve.inferenceServiceRef both say where the model is: remove one of them`,
    });
  });
});
