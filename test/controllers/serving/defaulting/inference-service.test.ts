import { inferenceServiceConfigSchemas as schemas } from '../../../../definitions/config/inference-service-config';
import {
  frameworks,
  internalAnnotations,
  servingAnnotations,
  servingLabels,
} from '../../../../definitions/names/serving';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { defaultInferenceService } from '../../../../controllers/serving/defaulting/inference-service';
import type { LocalModelCache } from '../../../../controllers/serving/defaulting/local-model';
import { validateInferenceService } from '../../../../controllers/serving/validation/inference-service';
import { modelPredictor, serviceWith, settings, standard } from '../admission-objects';

const given = { limits: { cpu: '1', memory: '2Gi' }, requests: { cpu: '1', memory: '2Gi' } };

function defaulted(spec: Partial<InferenceService['spec']>, annotations = standard()) {
  return defaultInferenceService(serviceWith(spec, annotations), settings);
}

function annotationsOf(service: InferenceService, deploy = settings.deploy) {
  return defaultInferenceService(service, { ...settings, deploy }).object.metadata.annotations;
}

describe('the deployment mode (case 71)', () => {
  const mode = servingAnnotations.deploymentMode;
  const knative = schemas.deploy.parse({ defaultDeploymentMode: 'Serverless' });

  it.each([
    ['RawDeployment', 'Standard'],
    ['Serverless', 'Knative'],
    ['ModelMesh', 'ModelMesh'],
    ['constructor', 'constructor'],
  ])('%s is stored as %s', (written, stored) => {
    expect(annotationsOf(serviceWith({}, { [mode]: written }))).toMatchObject({ [mode]: stored });
  });

  it('the platform’s mode is written when it is Standard, and not when it is Knative or unsaid', () => {
    expect(annotationsOf(serviceWith({}))).toMatchObject({ [mode]: 'Standard' });
    expect(annotationsOf(serviceWith({}), knative)).not.toHaveProperty([mode]);
    const { deploy: _none, ...unsaid } = settings;
    expect(defaultInferenceService(serviceWith({}), unsaid).object.metadata.annotations).not.toHaveProperty([mode]);
  });
});

describe('the model', () => {
  it.each(frameworks)('%s becomes model with its format, URI and version kept (case 69)', (framework) => {
    const block = { storageUri: 's3://bucket/model', runtimeVersion: 'v1', env: [{ name: 'A', value: 'b' }] };
    const v2 = ['triton', 'onnx', 'huggingface'].includes(framework) ? { protocolVersion: 'v2' } : {};
    const { object, warnings } = defaulted({ predictor: { minReplicas: 2, [framework]: block } });
    expect(object.spec.predictor).toEqual({
      minReplicas: 2,
      model: { modelFormat: { name: framework }, ...v2, ...block },
    });
    expect(warnings).toEqual([]);
  });

  it('a protocol of the user’s own is kept (case 69)', () => {
    const { object } = defaulted({ predictor: { triton: { protocolVersion: 'grpc-v2' } } });
    expect(object.spec.predictor.model?.protocolVersion).toBe('grpc-v2');
  });

  it.each([
    ['vLLM', 'v2'],
    ['triton', 'v2'],
    ['vllm', undefined],
    ['sklearn', undefined],
  ])('the format %s has the protocol %s (case 70)', (name, protocol) => {
    const { object } = defaulted({ predictor: { model: { modelFormat: { name } } } });
    expect(object.spec.predictor.model?.protocolVersion).toBe(protocol);
    expect(object.metadata.annotations?.[servingAnnotations.modelFormat]).toBe(name);
  });

  it('an annotation with the format that is there already stays (case 70)', () => {
    const { object } = defaulted({}, standard({ [servingAnnotations.modelFormat]: 'mine' }));
    expect(object.metadata.annotations?.[servingAnnotations.modelFormat]).toBe('mine');
  });

  it('a service that says ModelMesh keeps its framework', () => {
    const predictor = { sklearn: { storageUri: 's3://bucket/a' } };
    const { object } = defaulted({ predictor }, { [servingAnnotations.deploymentMode]: 'ModelMesh' });
    expect(object.spec.predictor).toEqual(predictor);
  });

  it('members that model does not have are dropped with a warning, at any depth', () => {
    const block = { storageUri: 's3://a', storageURI: 's3://b', env: [{ name: 'A', valu: 'b' }] };
    const { object, warnings } = defaulted({ predictor: { sklearn: block } });
    expect(object.spec.predictor.model).toEqual({
      modelFormat: { name: 'sklearn' },
      storageUri: 's3://a',
      env: [{ name: 'A' }],
    });
    expect([...warnings].sort()).toEqual([
      'unknown field "spec.predictor.sklearn.env[0].valu"',
      'unknown field "spec.predictor.sklearn.storageURI"',
    ]);
  });
});

describe('a framework beside model (§17 row 49)', () => {
  const dropped =
    'spec.predictor.sklearn is dropped: it adds nothing to spec.predictor.model; remove it from the manifest';

  it.each([
    ['is empty', {}],
    ['has only empty members', { storageUri: '', env: [] }],
    ['repeats the model', { storageUri: 'gs://bucket/iris' }],
  ])('is dropped with a warning when it %s', (_case, sklearn) => {
    const { object, warnings } = defaulted({ predictor: { ...modelPredictor, sklearn } });
    expect(object.spec.predictor).toEqual(modelPredictor);
    expect(warnings).toEqual([dropped]);
  });

  it.each([
    ['another URI', { sklearn: { storageUri: 'gs://bucket/other' } }],
    ['the same URI for another framework', { xgboost: { storageUri: 'gs://bucket/iris' } }],
  ])('with %s stays, and the service is refused', (_case, framework) => {
    const { object, warnings } = defaulted({ predictor: { ...modelPredictor, ...framework } });
    expect(object.spec.predictor).toEqual({ ...modelPredictor, ...framework });
    expect(warnings).toEqual([]);
    expect(validateInferenceService({ object, operation: 'CREATE' }, settings).refusal).toMatch(/^exactly one of \[/);
  });

  it('two frameworks without a model stay, and the service is refused', () => {
    const predictor = { sklearn: { storageUri: 's3://a' }, xgboost: { storageUri: 's3://b' } };
    const { object } = defaulted({ predictor });
    expect(object.spec.predictor).toEqual(predictor);
    expect(validateInferenceService({ object, operation: 'CREATE' }, settings).refusal).toMatch(/^exactly one of \[/);
  });
});

describe('containers', () => {
  it('one container without the name of the model server gets it, and resources (case 73)', () => {
    const { object } = defaulted({ predictor: { containers: [{ name: '', image: 'a' }] } });
    expect(object.spec.predictor.containers).toEqual([{ name: 'kserve-container', image: 'a', resources: given }]);
  });

  it('resources that are there are kept and completed (case 73)', () => {
    const containers = [{ name: 'a', resources: { limits: { cpu: '4' }, requests: { memory: '1Gi' } } }];
    const { object } = defaulted({ predictor: { containers } });
    expect(object.spec.predictor.containers?.[0]?.resources).toEqual({
      limits: { cpu: '4', memory: '2Gi' },
      requests: { cpu: '1', memory: '1Gi' },
    });
  });

  it('several containers keep their names and order', () => {
    const containers = [{ name: 'kserve-container' }, { name: 'side' }];
    const { object } = defaulted({ predictor: { containers } });
    expect(object.spec.predictor.containers).toEqual([
      { name: 'kserve-container', resources: given },
      { name: 'side' },
    ]);
  });

  it('the container of a model gets neither name nor resources', () => {
    expect(defaulted({}).object.spec.predictor).toEqual(modelPredictor);
  });

  it('empty texts of the configuration stand for no default', () => {
    const resource = { cpuLimit: '', memoryLimit: '', cpuRequest: '', memoryRequest: '' };
    const config = { ...settings, inferenceService: schemas.inferenceService.parse({ resource }) };
    const { object } = defaultInferenceService(serviceWith({ predictor: { containers: [{ name: 'a' }] } }), config);
    expect(object.spec.predictor.containers?.[0]?.resources).toEqual({ limits: {}, requests: {} });
  });

  it('transformer and explainer get the same, ART its version too', () => {
    const { object } = defaulted({
      transformer: { containers: [{ name: 'a' }, { name: 'b' }] },
      explainer: { art: { type: 'SquareAttack' } },
    });
    expect(object.spec.transformer).toEqual({
      containers: [{ name: 'kserve-container', resources: given }, { name: 'b' }],
    });
    expect(object.spec.explainer?.art).toEqual({
      type: 'SquareAttack',
      name: 'kserve-container',
      runtimeVersion: 'latest',
      resources: given,
    });
  });
});

describe('the local model (case 74)', () => {
  const [label, namespaceLabel] = [servingLabels.localModel, servingLabels.localModelNamespace];
  const [source, claim] = [internalAnnotations.localModelSourceUri, internalAnnotations.localModelClaim];
  const cache: LocalModelCache = { name: 'c', sourceModelUri: 's3://b/model', nodeGroups: ['g1', 'g2'] };

  function cached(uri: string, annotations = {}, ofNamespace: LocalModelCache[] = []) {
    const service = serviceWith({ predictor: { model: { storageUri: uri } } }, standard(annotations));
    const stale = { ...service, metadata: { ...service.metadata, labels: { [namespaceLabel]: 'old', keep: 'me' } } };
    return defaultInferenceService(stale, settings, { ofNamespace, ofCluster: [cache] }).object.metadata;
  }

  it.each(['s3://b/model', 's3://b/model/', 's3://b/model/v1'])('%s is found', (uri) => {
    const { labels, annotations } = cached(uri);
    expect(labels).toEqual({ keep: 'me', [label]: 'c' });
    expect(annotations).toMatchObject({ [source]: 's3://b/model', [claim]: 'c-g1' });
  });

  it.each(['s3://b/model2', 's3://b', 's3://b/mode'])('%s is not, and old labels go', (uri) => {
    const { labels, annotations } = cached(uri);
    expect(labels).toEqual({ keep: 'me' });
    expect(annotations).toEqual(standard());
  });

  it('the node group that the service asks for counts; without it in the cache there is none', () => {
    const key = servingAnnotations.nodeGroup;
    expect(cached('s3://b/model', { [key]: 'g2' }).annotations).toMatchObject({ [claim]: 'c-g2' });
    expect(cached('s3://b/model', { [key]: 'g3' }).annotations).not.toHaveProperty([claim]);
  });

  it('a cache of the namespace wins', () => {
    const own = { name: 'own', sourceModelUri: 's3://b/model', nodeGroups: ['g'] };
    const { labels, annotations } = cached('s3://b/model', {}, [own]);
    expect(labels).toEqual({ keep: 'me', [label]: 'own', [namespaceLabel]: 'models' });
    expect(annotations).toMatchObject({ [claim]: 'own-g' });
  });

  it('a service that wants none gets none', () => {
    expect(cached('s3://b/model', { [servingAnnotations.disableLocalModel]: '' }).labels).toEqual({ keep: 'me' });
  });
});

describe('the ServiceAccount’s token (case 75)', () => {
  it('is mounted where the user says so, when the platform does not', () => {
    const config = { ...settings, security: schemas.security.parse({}) };
    const containers = [{ name: 'a' }];
    const service = serviceWith({
      transformer: { containers, automountServiceAccountToken: true },
      explainer: { containers },
    });
    const { predictor, transformer, explainer } = defaultInferenceService(service, config).object.spec;
    expect([predictor, transformer, explainer].map((part) => part?.automountServiceAccountToken)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('is left alone when the platform mounts it', () => {
    expect(defaulted({}).object.spec.predictor).not.toHaveProperty('automountServiceAccountToken');
  });
});

describe('spec.canary as one object (§17 rows 50 and 51)', () => {
  const { model } = modelPredictor;
  const next = { model: { ...model, storageUri: 'gs://bucket/next' } };

  it('is stored as a list of one, with a warning that shows it', () => {
    const predictor = { ...modelPredictor, canaryTrafficPercent: 10, sklearn: {} };
    const { object, warnings } = defaulted({ predictor, canary: { predictor: { ...next, sklearn: {} } } });
    const list = [{ predictor: { ...next, name: 'canary' }, trafficPercent: 10 }];
    expect(object.spec.canary).toEqual(list);
    expect(warnings[0]).toContain('write: canary: [{"predictor":{"model":');
    expect(JSON.parse(warnings[0]?.split('write: canary: ')[1] ?? '')).toEqual(list);
    expect(warnings).toHaveLength(3);
    expect(validateInferenceService({ object, operation: 'CREATE' }, settings)).toEqual({ warnings: [] });
  });

  it.each([
    ['its own', { trafficPercent: 1 }, 2, 3, 1],
    ['the service’s', {}, 2, 3, 2],
    ['the predictor’s', {}, undefined, 3, 3],
    ['no', {}, undefined, undefined, 0],
  ])('gets %s share', (_whose, own, service, stable, share) => {
    const { object } = defaulted({
      predictor: { ...modelPredictor, ...(stable !== undefined && { canaryTrafficPercent: stable }) },
      ...(service !== undefined && { canaryTrafficPercent: service }),
      canary: { predictor: { ...next, name: 'blue' }, ...own },
    });
    expect(object.spec.canary).toEqual([{ predictor: { ...next, name: 'blue' }, trafficPercent: share }]);
  });

  it.each([['text'], [7], [{ model: {} }], [null]])('what is no canary at all stays: %j', (canary) => {
    const { object, warnings } = defaulted({ canary });
    expect([object.spec.canary, warnings]).toEqual([canary, []]);
  });
});

it('a second run changes nothing and warns of nothing', () => {
  const once = defaulted({
    predictor: { sklearn: { storageUri: 's3://a' } },
    transformer: { containers: [{ name: 'a' }] },
    canary: { predictor: modelPredictor },
  }).object;
  expect(defaultInferenceService(once, settings)).toEqual({ object: once, warnings: [] });
});

it('the object that came is not changed (§17 row 24: nor is one with an empty predictor)', () => {
  for (const predictor of [{}, { sklearn: {} }, { containers: [{ name: 'a' }] }]) {
    const service = serviceWith({ predictor });
    const before = structuredClone(service);
    defaultInferenceService(service, settings);
    expect(service).toEqual(before);
  }
});
