import { servingAnnotations } from '../../../../definitions/names/serving';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { validateInferenceService } from '../../../../controllers/serving/validation/inference-service';
import { modelPredictor, serviceWith, settings, standard } from '../admission-objects';

type Spec = InferenceService['spec'];

function verdictOn(spec: Partial<Spec>, annotations = standard(), name = 'iris') {
  return validateInferenceService({ object: serviceWith(spec, annotations, name), operation: 'CREATE' }, settings);
}

const refusalOf = (...parameters: Parameters<typeof verdictOn>) => verdictOn(...parameters).refusal;
const invalid = (cause: string) => `the InferenceService "iris" is invalid: ${cause}`;
const { model } = modelPredictor;

describe('the name (case 53)', () => {
  it.each(['iris', 'a-1', 'a'])('%s is accepted', (name) => {
    expect(verdictOn({}, standard(), name)).toEqual({ warnings: [] });
  });

  it.each(['5abc', 'abc.def', 'Abc', 'abc-', '', 'äbc'])('%j is refused', (name) => {
    expect(refusalOf({}, standard(), name)).toBe(
      `the InferenceService "${name}" is invalid: a InferenceService name must consist of lower case alphanumeric ` +
        `characters or '-', and must start with alphabetical character. (e.g. "my-name" or "abc-123", regex used for ` +
        `validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
    );
  });
});

describe('exactly one implementation (case 54)', () => {
  const message =
    'exactly one of [Name, SKLearn, XGBoost, Tensorflow, PyTorch, Triton, ONNX, HuggingFace, PMML, LightGBM, Paddle, ' +
    'Model, StorageUris, StorageContainerName, WorkerSpec, PodSpec] must be specified in PredictorSpec';

  it.each<[string, Spec['predictor']]>([
    ['nothing', {}],
    ['two frameworks', { sklearn: {}, xgboost: {} }],
    ['a model and the container of a model', { ...modelPredictor, containers: [{ name: 'kserve-container' }] }],
  ])('%s is refused', (_what, predictor) => {
    expect(refusalOf({ predictor })).toBe(message);
  });

  it.each<[string, Spec['predictor']]>([
    ['a model with other containers', { ...modelPredictor, containers: [{ name: 'transformer-container' }] }],
    ['a container of the user’s own', { containers: [{ name: 'kserve-container' }, { name: 'side' }] }],
  ])('%s is accepted', (_what, predictor) => {
    expect(verdictOn({ predictor })).toEqual({ warnings: [] });
  });

  it('transformers and explainers have their own lists', () => {
    expect(refusalOf({ transformer: {} })).toBe(
      'exactly one of [PodSpec, ComponentExtensionSpec] must be specified in TransformerSpec',
    );
    expect(refusalOf({ explainer: { art: {}, containers: [{ name: 'a' }] } })).toBe(
      'exactly one of [ART, PodSpec, ComponentExtensionSpec] must be specified in ExplainerSpec',
    );
  });
});

describe('what components have in common (cases 55 and 56)', () => {
  it.each<[Partial<Spec['predictor']>, string | undefined]>([
    [{ minReplicas: 3, maxReplicas: 2 }, "'MinReplicas' cannot be greater than MaxReplicas"],
    [{ minReplicas: 3, maxReplicas: 0 }, undefined],
    [{ minReplicas: 3 }, undefined],
    [{ minReplicas: -1 }, "'MinReplicas' cannot be less than 0"],
    [{ maxReplicas: -1 }, "'MaxReplicas' cannot be less than 0"],
    [{ containerConcurrency: -1 }, 'parallelism cannot be less than 0'],
    [{ logger: { url: 'http://a' } }, 'invalid logger type'],
    [{ logger: { mode: 'all' } }, undefined],
    [{ logger: { mode: 'all', storage: { path: 'a', key: 'b' } } }, 'invalid logger storage configuration'],
    [{ logger: { mode: 'all', storage: { path: 'a', key: 'b', parameters: {} } } }, undefined],
  ])('%j: %s', (extension, refusal) => {
    expect(refusalOf({ predictor: { ...modelPredictor, ...extension } })).toBe(refusal);
    expect(refusalOf({ transformer: { containers: [{ name: 'a' }], ...extension } })).toBe(refusal);
  });
});

it.each([
  ['test', '[test] is not a supported autoscaler class type'],
  ['none', undefined],
  ['external', undefined],
])('the autoscaler class %s: %s (case 57)', (written, refusal) => {
  expect(refusalOf({}, standard({ [servingAnnotations.autoscalerClass]: written }))).toBe(refusal);
});

describe('an update (case 61)', () => {
  const predictorNamed = (name: string, storageUri: string) => ({ predictor: { name, model: { storageUri } } });

  function update(status: string | undefined, annotation: string | undefined, deleting = false) {
    const base = serviceWith({}, annotation === undefined ? {} : { [servingAnnotations.deploymentMode]: annotation });
    const object = deleting
      ? { ...base, metadata: { ...base.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }
      : base;
    const old = { ...serviceWith({}), status: status === undefined ? {} : { deploymentMode: status } };
    return validateInferenceService({ object, old, operation: 'UPDATE' }, settings).refusal;
  }

  it.each([
    ['Knative', 'Standard', "update rejected: deploymentMode cannot be changed from 'Knative' to 'Standard'"],
    ['RawDeployment', 'Knative', "update rejected: deploymentMode cannot be changed from 'Standard' to 'Knative'"],
    ['RawDeployment', 'Standard', undefined],
    ['Serverless', 'Knative', undefined],
    ['Knative', undefined, undefined],
    ['', 'Serverless', undefined],
    [undefined, 'Standard', undefined],
  ])('of status %s with annotation %s: %s', (status, annotation, refusal) => {
    expect(update(status, annotation)).toBe(refusal);
  });

  it('of an object that is being deleted is accepted, and so is its deletion', () => {
    expect(update('Knative', 'Standard', true)).toBeUndefined();
    const broken = serviceWith({ predictor: {} });
    expect(validateInferenceService({ object: broken, operation: 'DELETE' }, settings)).toEqual({ warnings: [] });
  });

  it.each<[string, Spec, string | undefined]>([
    [
      'the same model',
      predictorNamed('b', 's3://a'),
      'predictor.name change requires a model change (e.g. storageUri)',
    ],
    ['another model', predictorNamed('b', 's3://b'), undefined],
    ['its name', predictorNamed('a', 's3://a'), undefined],
  ])('of the predictor’s name with %s', (_what, spec, refusal) => {
    const old = serviceWith(predictorNamed('a', 's3://a'), standard());
    const object = serviceWith(spec, standard());
    expect(validateInferenceService({ object, old, operation: 'UPDATE' }, settings).refusal).toBe(refusal);
  });
});

describe('the transformer’s container in the predictor (case 63)', () => {
  const sideWith = (name: string) => ({
    predictor: { ...modelPredictor, containers: [{ name: 'transformer-container', env: [{ name, value: 'a' }] }] },
  });

  it('must not have a storage URI; other variables are fine', () => {
    expect(refusalOf(sideWith('STORAGE_URI'))).toBe('storage uri should not be specified in transformer container');
    expect(refusalOf(sideWith('OTHER'))).toBeUndefined();
  });
});

it('a model must not name its container', () => {
  const message = "the 'name' field is not allowed in standard predictor";
  expect(refusalOf({ predictor: { model: { ...model, name: 'a' } } })).toBe(message);
  expect(refusalOf({ predictor: { model: { ...model, name: '' } } })).toBeUndefined();
});

describe('storageUris (case 64, §17 row 25)', () => {
  const pathsOf = (...mountPaths: string[]) => mountPaths.map((mountPath) => ({ uri: 's3://a', mountPath }));

  it.each<[string, { uri: string; mountPath: string }[], string | undefined]>([
    ['an empty URI', [{ uri: '', mountPath: '/a' }], 'storage URI cannot be empty'],
    ['the root', pathsOf('/'), 'storage path cannot be empty'],
    ['a relative path', pathsOf('a'), 'storage path must be absolute: a'],
    ['a way up', pathsOf('/a/../b'), "storage path cannot contain '..' for security reasons: /a/../b"],
    [
      'no common parent',
      pathsOf('/mnt/a', '/opt/b'),
      'storage paths must have a common parent directory. ' +
        'Current paths: [/mnt/a /opt/b] have no common parent beyond root',
    ],
    ['a common parent', pathsOf('/mnt/a', '/mnt/b'), undefined],
    ['a single entry', pathsOf('/opt'), undefined],
    ['a claim beside a bucket', [...pathsOf('/mnt/a'), { uri: 'pvc://c', mountPath: '/opt/b' }], undefined],
    [
      'two claims at one path, without anything else',
      [
        { uri: 'pvc://c', mountPath: '/a' },
        { uri: 'pvc://d', mountPath: '/a' },
      ],
      'PVC storage paths must be unique',
    ],
  ])('%s', (_what, storageUris, refusal) => {
    expect(refusalOf({ predictor: { model: {}, storageUris } })).toBe(refusal);
    expect(refusalOf({ transformer: { containers: [{ name: 'kserve-container' }], storageUris } })).toBe(refusal);
  });

  it('do not go with a single URI', () => {
    const message = 'Setting both StorageURI and StorageURIs is not supported.';
    expect(refusalOf({ predictor: { ...modelPredictor, storageUris: pathsOf('/a') } })).toBe(message);
    const containers = [{ name: 'kserve-container', env: [{ name: 'STORAGE_URI', value: 's3://a' }] }];
    expect(refusalOf({ predictor: { containers, storageUris: pathsOf('/a') } })).toBe(message);
  });
});

describe('a confidential model (case 66)', () => {
  const confidential = (storageUri?: string, resourceId?: string) => ({
    predictor: {
      model: {
        ...(storageUri !== undefined && { storageUri }),
        confidential: { enabled: true, ...(resourceId !== undefined && { resourceId }) },
      },
    },
  });

  it('needs a URI, and a key in the form of a key broker', () => {
    expect(refusalOf(confidential())).toBe('confidential model serving requires storageUri to be set');
    expect(refusalOf(confidential('s3://a', 'kbs:///a/b/c'))).toBeUndefined();
    expect(refusalOf(confidential('s3://a', 'kbs://a/b/c'))).toBe(
      'spec.predictor.confidential.resourceId: Invalid value: "kbs://a/b/c": must be in the format kbs:///<repo>/<type>/<tag>',
    );
  });

  it.each(['oci://a/b', 'pvc://a/b'])('warns that it has no effect for %s', (uri) => {
    const { refusal, warnings } = verdictOn(confidential(uri));
    expect([refusal, warnings.length]).toEqual([undefined, 1]);
    expect(warnings[0]).toMatch(uri.startsWith('oci') ? /^confidential .* OCI URIs; / : /^confidential .* PVC URIs; /);
  });
});

describe('PYTHONPATH (case 67)', () => {
  const container = { name: 'c', env: [{ name: 'PYTHONPATH', value: '/mnt/models' }] };
  const { env } = container;

  it.each<[string, Partial<Spec>, string]>([
    ['a container', { predictor: { ...modelPredictor, containers: [container] } }, 'c'],
    ['an init container', { predictor: { ...modelPredictor, initContainers: [container] } }, 'c'],
    ['the model', { predictor: { model: { env } } }, ''],
    ['a framework', { predictor: { sklearn: { env } } }, ''],
    ['a worker', { predictor: { ...modelPredictor, workerSpec: { containers: [container] } } }, 'c'],
    [
      'a worker’s init container',
      { predictor: { ...modelPredictor, workerSpec: { initContainers: [container] } } },
      'c',
    ],
    ['a transformer', { transformer: { containers: [container] } }, 'c'],
    ['a transformer’s init container', { transformer: { initContainers: [container] } }, 'c'],
    ['an explainer', { explainer: { containers: [container] } }, 'c'],
    ['an explainer’s init container', { explainer: { initContainers: [container] } }, 'c'],
    ['ART', { explainer: { art: { name: 'c', env } } }, 'c'],
    ['a canary', { canary: [{ predictor: { name: 'b', model: { env } }, trafficPercent: 1 }] }, ''],
  ])('in %s is refused', (_where, spec, name) => {
    expect(refusalOf(spec)).toBe(
      invalid(`setting PYTHONPATH in container "${name}" is not allowed for security reasons`),
    );
  });
});

describe('implementations that admission did not turn into a model', () => {
  const gpu = { limits: { 'nvidia.com/gpu': 1 } };
  const storage = { parameters: { type: 'gs' } };
  const registered = 's3://, hdfs://, webhdfs://';

  it.each<[Spec['predictor'], string | undefined]>([
    [{ onnx: { storageUri: 's3://a/b.pt' } }, "expected storageUri file extension: '.onnx' but got '.pt'"],
    [{ onnx: { storageUri: 's3://a/b.onnx' } }, undefined],
    [{ onnx: { storageUri: 's3://a.b/c' } }, undefined],
    [
      { tensorflow: { runtimeVersion: '1', resources: gpu } },
      'Tensorflow RuntimeVersion is not GPU enabled but GPU resources are requested',
    ],
    [
      { tensorflow: { runtimeVersion: '1-gpu' } },
      'Tensorflow RuntimeVersion is GPU enabled but GPU resources are not requested',
    ],
    [
      { pytorch: { runtimeVersion: '1', resources: gpu } },
      'PyTorch RuntimeVersion is not GPU enabled but GPU resources are requested. ',
    ],
    [{ pytorch: { runtimeVersion: '1-gpu', resources: gpu } }, undefined],
    [
      { pmml: { storage } },
      `storage.spec.type, must be one of: [${registered}]. storage.spec.type [gs] is not supported`,
    ],
    [
      { huggingface: { storage, storageUri: 'gs://a' } },
      `storageUri, must be one of: [${registered}] or match https://{}.blob.core.windows.net/{}/{} or be an absolute ` +
        'or relative local path. StorageUri [gs://a] is not supported',
    ],
    [{ huggingface: { storage: { key: 'a' } } }, undefined],
    [{ sklearn: { storage } }, undefined],
    [
      { containers: [{ name: 'kserve-container', env: [{ name: 'PROTOCOL', value: 'v3' }] }] },
      'invalid protocol v1, v2. Must be one of [v3]',
    ],
    [{ containers: [{ name: 'kserve-container', env: [{ name: 'PROTOCOL', value: 'v2' }] }] }, undefined],
  ])('%j: %s (§17 row 34)', (predictor, refusal) => {
    expect(refusalOf({ predictor })).toBe(refusal);
  });
});

it('of several mistakes the first of the list is told', () => {
  const spec: Partial<Spec> = {
    predictor: {
      model: { name: 'a', confidential: { enabled: true } },
      containers: [{ name: 'transformer-container', env: [{ name: 'STORAGE_URI' }, { name: 'PYTHONPATH' }] }],
      minReplicas: -1,
    },
  };
  expect(refusalOf(spec, standard({ [servingAnnotations.autoscalerClass]: 'a' }))).toMatch(/^\[a\] is not/);
  expect(refusalOf(spec)).toContain('PYTHONPATH');
});
