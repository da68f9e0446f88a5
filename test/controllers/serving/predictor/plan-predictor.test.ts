import { planPredictor } from '../../../../controllers/serving/predictor/plan-predictor';
import type { Predictor } from '../../../../controllers/serving/predictor/implementation';
import { PredictorFailure } from '../../../../controllers/serving/predictor-failure';
import type { ServingRuntime } from '../../../../definitions/serving/serving-runtime';
import { runtime, service, sources, thrownBy } from '../plan-fixtures';

const sklearn = { modelFormat: { name: 'sklearn' }, storageUri: 's3://b/m' };
const own = { name: 'INFERENCE_SERVICE_NAME', value: 'iris' };
const planned = (
  predictor: Predictor,
  spec: Partial<ServingRuntime['spec']> = {},
  parts: Parameters<typeof service>[1] & { serverType?: string } = {},
) => {
  const { serverType, ...metadata } = parts;
  const annotations = serverType === undefined ? {} : { 'serving.kserve.io/server-type': serverType };
  return planPredictor(service(predictor, metadata), sources({ namespaced: [runtime('own', spec, { annotations })] }));
};
const containersOf = (...args: Parameters<typeof planned>) => planned(...args).plan.podSpec.containers;
const failure = (...args: Parameters<typeof planned>) => {
  const error = thrownBy(() => planned(...args));
  expect(error).toBeInstanceOf(PredictorFailure);
  return error;
};

describe('the plan of a predictor with a runtime', () => {
  it('has the runtime with the model laid over it', () => {
    const model = { ...sklearn, runtimeVersion: '2.0', args: ['--own'], resources: { limits: { cpu: 1 } } };
    expect(planned({ model, serviceAccountName: 'models', minReplicas: 2, timeout: 5 })).toEqual({
      plan: {
        component: 'predictor',
        name: 'iris-predictor',
        namespace: 'ml',
        labels: { 'serving.kserve.io/inferenceservice': 'iris', component: 'predictor' },
        annotations: { 'internal.serving.kserve.io/storage-initializer-sourceuri': 's3://b/m' },
        podSpec: {
          serviceAccountName: 'models',
          containers: [
            {
              name: 'kserve-container',
              image: 'runtime:2.0',
              args: ['--model_name=iris', '--own'],
              resources: { limits: { cpu: '1' } },
              env: [own],
            },
          ],
        },
        extension: { minReplicas: 2, timeout: 5 },
      },
      runtime: { kind: 'ServingRuntime', name: 'own' },
      multiModel: false,
      protocol: '',
    });
  });

  it('is named after the predictor when that has a name', () => {
    expect(planned({ name: 'blue', model: sklearn }).plan.name).toBe('iris-blue-predictor');
  });

  it('is that of a canary when asked for', () => {
    const canary = { name: 'next', model: { ...sklearn, storageUri: 's3://b/next' } };
    const isvc = service({ model: sklearn });
    expect(planPredictor(isvc, sources({ cluster: [runtime('r')] }), canary)).toMatchObject({
      plan: {
        name: 'iris-next-predictor',
        annotations: { 'internal.serving.kserve.io/storage-initializer-sourceuri': 's3://b/next' },
      },
      runtime: { kind: 'ClusterServingRuntime', name: 'r' },
    });
  });

  it('merges labels and annotations of runtime, service and predictor, the later ones winning (case 5)', () => {
    const keys = (from: string, ...names: string[]) => Object.fromEntries(names.map((name) => [name, from]));
    const level = (from: string, ...names: string[]) => ({
      labels: keys(from, ...names),
      annotations: { ...keys(from, ...names), modelFormat: from },
    });
    const { plan } = planned(
      { model: sklearn, ...level('predictor', 'key3') },
      level('runtime', 'key1', 'key2', 'key3'),
      level('service', 'key2', 'key3'),
    );
    const merged = { key1: 'runtime', key2: 'service', key3: 'predictor' };
    expect(plan.labels).toEqual({
      ...merged,
      'serving.kserve.io/inferenceservice': 'iris',
      component: 'predictor',
    });
    expect(plan.annotations).toEqual({
      ...merged,
      'internal.serving.kserve.io/storage-initializer-sourceuri': 's3://b/m',
    });
  });

  it('does not hand on metadata of the runtime object, and lets nobody change whose the pods are', () => {
    const labelled = runtime('own', {}, { labels: { a: '1' }, annotations: { b: '2' } });
    const fake = { component: 'explainer', 'serving.kserve.io/inferenceservice': 'other' };
    const isvc = service({ model: sklearn, labels: fake }, { labels: fake });
    const { plan } = planPredictor(isvc, sources({ namespaced: [labelled] }));
    expect(plan.labels).toEqual({ 'serving.kserve.io/inferenceservice': 'iris', component: 'predictor' });
    expect(plan.annotations).not.toHaveProperty('b');
  });

  it.each(['true', 'false'])('hands on storage.kserve.io/readonly: %s (case 24)', (readonly) => {
    const annotations = { 'storage.kserve.io/readonly': readonly };
    expect(planned({ model: sklearn }, {}, { annotations }).plan.annotations).toMatchObject(annotations);
  });

  it('does not hand on stop, whose value would roll the pods (§17 row 44)', () => {
    const annotations = { 'serving.kserve.io/stop': 'false' };
    const { plan } = planned({ model: sklearn, annotations }, {}, { annotations });
    expect(plan.annotations).not.toHaveProperty('serving.kserve.io/stop');
  });

  it('shares the node’s IPC namespace when the runtime asks for it (§17 row 33)', () => {
    expect(planned({ model: sklearn }, { hostIPC: true }).plan.podSpec.hostIPC).toBe(true);
    expect(planned({ model: sklearn }, { hostIPC: false }).plan.podSpec).not.toHaveProperty('hostIPC');
    expect(planned({ model: sklearn, hostIPC: false }, { hostIPC: true }).plan.podSpec.hostIPC).toBe(false);
  });
});

describe('containers of the predictor’s pod', () => {
  const main = { name: 'kserve-container', image: 'runtime:1' };
  const transformer = { name: 'transformer-container', image: 'sr:1', args: ['--a', '{{.Name}}'] };

  it('has the transformer of the predictor second, the user’s settings kept (case 15)', () => {
    const readinessProbe = { httpGet: { path: '/', port: 8080 } };
    const mine = { name: 'transformer-container', image: 'own:1', args: ['--b'], readinessProbe };
    expect(containersOf({ model: sklearn, containers: [mine] }, { containers: [main] })).toEqual([
      { ...main, env: [own] },
      { ...mine, env: [own] },
    ]);
  });

  it('has the transformer of the runtime, its placeholders filled (case 16)', () => {
    expect(containersOf({ model: sklearn }, { containers: [transformer, main] })).toEqual([
      { ...main, env: [own] },
      { ...transformer, args: ['--a', 'iris'], env: [own] },
    ]);
  });

  it('merges the transformer of both: args one after the other, image of the user (case 16)', () => {
    const mine = { name: 'transformer-container', image: 'own:1', args: ['--b'] };
    expect(containersOf({ model: sklearn, containers: [mine] }, { containers: [main, transformer] })[1]).toEqual({
      name: 'transformer-container',
      image: 'own:1',
      args: ['--a', 'iris', '--b'],
      env: [own],
    });
  });

  it('are in order: server, transformer, others of the runtime, others of the predictor', () => {
    const containers = ['x', 'transformer-container', 'y'].map((name) => ({ name, args: ['{{.NotFilled}}'] }));
    const mine = [{ name: 'z' }, { name: 'transformer-container', args: [] }, { name: 'w' }];
    const safe = containers.map((each) => (each.name === 'transformer-container' ? { name: each.name } : each));
    expect(
      containersOf({ model: sklearn, containers: mine }, { containers: [...safe, main] }).map(({ name }) => name),
    ).toEqual(['kserve-container', 'transformer-container', 'x', 'y', 'z', 'w']);
  });

  it('overwrites a variable with the service’s name, wherever its value came from', () => {
    const env = [
      { name: 'INFERENCE_SERVICE_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'A' },
    ];
    expect(containersOf({ model: { ...sklearn, env } })[0]?.env).toEqual([own, { name: 'A' }]);
  });
});

describe('placeholders of a runtime (case 77)', () => {
  const rendered = (text: string, parts: Parameters<typeof planned>[2] = {}) =>
    containersOf({ model: sklearn }, { containers: [{ name: 'kserve-container', image: 'a', args: [text] }] }, parts)[0]
      ?.args?.[0];
  const parts = { labels: { team: 'a&b"<c>', 'team.io/x': 'y' }, annotations: { modelFormat: 'lightgbm' } };

  it.each([
    ['--name={{.Name}}', '--name=iris'],
    ['{{.Namespace}}/{{ .ModelName }}', 'ml/iris'],
    ['{{.Labels.missing}}|{{.Annotations.missing}}', '|'],
    ['{{index .Labels "team.io/x"}}', 'y'],
    ['{{.Annotations.modelFormat}}', 'lightgbm'],
  ])('%s becomes %s', (text, expected) => {
    expect(rendered(text, parts)).toBe(expected);
  });

  it('puts values in as they are (§17 row 11)', () => {
    expect(rendered('{{.Labels.team}}', parts)).toBe('a&b"<c>');
  });

  it('knows the storage URI as the user wrote it (§17 row 53)', () => {
    expect(rendered('--model={{.StorageUri}}')).toBe('--model=s3://b/m');
  });

  it('knows the format also where admission did not annotate it', () => {
    expect(rendered('{{.Annotations.modelFormat}}')).toBe('sklearn');
  });

  it.each(['{{.Foo}}', '{{if .Name}}', '{{.Name'])('%s fails with the names of runtime and container', (text) => {
    const message = 'failed to replace placeholders in serving runtime own Container kserve-container';
    const spec = { containers: [{ name: 'kserve-container', env: [{ name: 'A', value: text }] }] };
    expect(failure({ model: sklearn }, spec)).toMatchObject({
      reason: 'InvalidPredictorSpec',
      failure: message,
      message: expect.stringContaining(`${message}: template ${JSON.stringify(text)}: `) as string,
      runtime: { kind: 'ServingRuntime', name: 'own' },
    });
  });
});

describe('defaults of servers (§5.4)', () => {
  const served = (
    serverType: string,
    model: NonNullable<Predictor['model']>,
    spec: Partial<ServingRuntime['spec']> = {},
  ) =>
    planned(
      { ...(model !== undefined && { model }) },
      { supportedModelFormats: [{ name: model?.modelFormat?.name ?? '', autoSelect: true }], ...spec },
      { serverType },
    );
  const format = (name: string) => ({ modelFormat: { name }, storageUri: 's3://b/m' });

  it.each([
    ['sklearn', 'mlserver_sklearn.SKLearnModel'],
    ['xgboost', 'mlserver_xgboost.XGBoostModel'],
    ['lightgbm', 'mlserver_lightgbm.LightGBMModel'],
    ['mlflow', 'mlserver_mlflow.MLflowRuntime'],
    ['toString', 'mlserver_sklearn.SKLearnModel'],
  ])('MLServer loads %s by %s, which its placeholders see', (name, modelClass) => {
    const containers = [{ name: 'kserve-container', args: ['{{.Labels.modelClass}}'] }];
    const { plan, protocol } = served('mlserver', format(name), { containers });
    expect(plan.labels['modelClass']).toBe(modelClass);
    expect(plan.podSpec.containers[0]).toEqual({
      name: 'kserve-container',
      args: [modelClass],
      env: [{ name: 'MLSERVER_MODEL_NAME', value: 'iris' }, { name: 'MLSERVER_MODEL_URI', value: '/mnt/models' }, own],
    });
    expect(protocol).toBe('v2');
  });

  it('MLServer loads nothing at startup without files, and what the user sets stays', () => {
    const model = { modelFormat: { name: 'sklearn' } };
    expect(served('mlserver', model).plan.podSpec.containers[0]?.env).toContainEqual({
      name: 'MLSERVER_LOAD_MODELS_AT_STARTUP',
      value: 'false',
    });
    const env = [{ name: 'MLSERVER_LOAD_MODELS_AT_STARTUP', value: 'true' }];
    expect(served('mlserver', { ...model, env }).plan.podSpec.containers[0]?.env).toEqual([...env, own]);
  });

  it.each([
    [undefined, 'v1', 'kserve'],
    ['v2', 'v2', 'kservev2'],
    ['grpc-v2', 'grpc-v2', 'kservev2'],
    ['grpc-v1', 'grpc-v1', 'kserve'],
  ])('TorchServe with protocol %s speaks %s in %s', (protocolVersion, protocol, envelope) => {
    const model = { ...format('pytorch'), ...(protocolVersion !== undefined && { protocolVersion }) };
    const torch = served('torchserve', model);
    expect(torch.protocol).toBe(protocol);
    expect(torch.plan.labels['serviceEnvelope']).toBe(envelope);
    expect(torch.plan.podSpec.containers[0]?.env).toEqual([{ name: 'PROTOCOL_VERSION', value: protocol }, own]);
  });

  it('Triton is told to load models on demand when there are no files', () => {
    const args = (model: NonNullable<Predictor['model']>) =>
      served('tritonserver', model).plan.podSpec.containers[0]?.args;
    expect(args({ modelFormat: { name: 'onnx' } })).toEqual(['--model_name=iris', '--model-control-mode=explicit']);
    expect(args(format('onnx'))).toEqual(['--model_name=iris']);
    expect(served('tritonserver', format('onnx')).protocol).toBe('v2');
  });

  it('other servers speak the simplest protocol of the runtime', () => {
    expect(served('', format('sklearn'), { protocolVersions: ['v2', 'v1'] }).protocol).toBe('v1');
    expect(
      served('', { ...format('sklearn'), protocolVersion: 'v2' }, { protocolVersions: ['v2', 'v1'] }).protocol,
    ).toBe('v2');
  });
});

describe('what the pod webhook is told', () => {
  const instructions = (predictor: Predictor): Record<string, string> =>
    Object.fromEntries<string>(
      Object.entries(planned(predictor).plan.annotations).map(([key, value]) => [key.split('/')[1] ?? '', value]),
    );

  it('is logger and batcher', () => {
    const logger = { url: 'http://sink', mode: 'all' as const, metadataHeaders: ['a', 'b'], metadataAnnotations: [] };
    expect(instructions({ model: sklearn, logger, batcher: { maxBatchSize: 32, maxLatency: 50 } })).toEqual({
      'storage-initializer-sourceuri': 's3://b/m',
      logger: 'true',
      'logger-sink-url': 'http://sink',
      'logger-mode': 'all',
      'logger-metadata-headers': 'a,b',
      'logger-metadata-annotations': '',
      batcher: 'true',
      'batcher-max-batchsize': '32',
      'batcher-max-latency': '50',
    });
    expect(instructions({ model: sklearn, logger: {}, batcher: {} })).toMatchObject({
      'logger-mode': '',
      batcher: 'true',
    });
  });

  it('is a registered storage', () => {
    const storage = { key: 'prod', path: '/models/iris', parameters: { type: 's3', bucket: 'b' } };
    expect(instructions({ model: { modelFormat: { name: 'sklearn' }, storage } })).toEqual({
      'storage-spec': 'true',
      'storage-spec-param': '{"bucket":"b","type":"s3"}',
      'storage-spec-key': 'prod',
      'storage-initializer-sourceuri': '<scheme-placeholder>://models/iris',
    });
  });

  it('is decryption and the container that fetches', () => {
    const confidential = { enabled: true, resourceId: 'kbs:///a/b/c' };
    expect(instructions({ model: { ...sklearn, confidential }, storageContainerName: 'own' })).toEqual({
      'storage-initializer-sourceuri': 's3://b/m',
      'storage-container-name': 'own',
      'confidential-enabled': 'true',
      'confidential-resource-id': 'kbs:///a/b/c',
    });
    expect(instructions({ model: { ...sklearn, confidential: { enabled: false } } })).not.toHaveProperty(
      'confidential-enabled',
    );
  });

  it('is the agent for a predictor of many models (§4.6)', () => {
    expect(planned({ model: { modelFormat: { name: 'sklearn' } } }).multiModel).toBe(true);
    expect(instructions({ model: { modelFormat: { name: 'sklearn' } } })).toEqual({
      agent: 'true',
      configVolumeName: 'modelconfig-iris-0',
      configMountPath: '/mnt/configs',
      modelDir: '/mnt/models',
    });
  });

  it('leaves files of storageUris to who fetches them', () => {
    const several = planned({
      model: { modelFormat: { name: 'sklearn' } },
      storageUris: [{ uri: 's3://a', mountPath: '/a' }],
    });
    expect(several).toMatchObject({ multiModel: false, plan: { annotations: {} } });
    expect(several.plan.podSpec).toEqual({ containers: several.plan.podSpec.containers });
  });
});

describe('a predictor without a runtime', () => {
  const without = (predictor: Predictor) => planPredictor(service(predictor), sources({}));

  it('has its containers in the order they are written (case 17, §17 row 38)', () => {
    const containers = [
      { name: 'transformer-container', image: 't', env: [{ name: 'PROTOCOL', value: 'v2' }] },
      { name: 'kserve-container', image: 'k', env: [{ name: 'STORAGE_URI', value: 'gs://b/m' }] },
    ];
    const { plan, runtime: chosen, protocol } = without({ containers });
    expect(plan.podSpec.containers).toEqual(containers.map((each) => ({ ...each, env: [...each.env, own] })));
    expect(plan.annotations).toEqual({ 'internal.serving.kserve.io/storage-initializer-sourceuri': 'gs://b/m' });
    expect(chosen).toBeUndefined();
    expect(protocol).toBe('v2');
  });

  it('serves as its first container says when no other name is right (§17 row 24)', () => {
    const { plan, protocol, multiModel } = without({
      containers: [
        { name: '', image: 'k' },
        { name: 'b', image: 'b' },
      ],
    });
    expect(plan.podSpec.containers.map(({ name }) => name)).toEqual(['kserve-container', 'b']);
    expect({ protocol, multiModel }).toEqual({ protocol: 'v1', multiModel: false });
  });

  it('holds many models when its first container says so (§4.6)', () => {
    const env = [{ name: 'MULTI_MODEL_SERVER', value: 'true' }];
    expect(without({ containers: [{ name: 'kserve-container', env }] }).multiModel).toBe(true);
  });

  it('runs the container of a framework that admission did not convert (case 28a)', () => {
    const tensorflow = { storageUri: 's3://b/m', image: 'tf:1', runtimeVersion: '2' };
    const { plan, protocol } = without({ tensorflow });
    expect(plan.podSpec).toEqual({ containers: [{ name: 'kserve-container', image: 'tf:1', env: [own] }] });
    expect(plan.annotations).toEqual({ 'internal.serving.kserve.io/storage-initializer-sourceuri': 's3://b/m' });
    expect(protocol).toBe('v1');
    expect(without({ triton: { name: 'own' } })).toMatchObject({ protocol: 'v2', multiModel: true });
    expect(without({ huggingface: {} }).multiModel).toBe(false);
  });

  it('has the containers of the user behind that of a framework (§17 row 38)', () => {
    const { plan } = without({ sklearn: { image: 'a' }, containers: [{ name: 'transformer-container' }] });
    expect(plan.podSpec.containers.map(({ name }) => name)).toEqual(['kserve-container', 'transformer-container']);
  });
});

describe('a predictor that can’t be served', () => {
  it.each([
    ['no container configuration found in selected serving runtime', { model: sklearn }, { containers: [] }],
    [
      'failed to find kserve-container in ServingRuntime containers',
      { model: sklearn },
      { containers: [{ name: 'a' }] },
    ],
    ['multi-node is not supported yet: remove spec.predictor.workerSpec', { model: sklearn, workerSpec: {} }, {}],
    ['spec.predictor runs nothing: give it a model', {}, {}],
    ['must provide only one of storageUri and storage.path', { model: { ...sklearn, storage: { path: 'a' } } }, {}],
    ['StorageURI not supported: storageUri, must be one of: [', { model: { ...sklearn, storageUri: 'x://y%s' } }, {}],
    ['. StorageUri [x://y%s] is not supported', { model: { ...sklearn, storageUri: 'x://y%s' } }, {}],
  ])('is told so: %s (§17 row 10)', (message, predictor: Predictor, spec) => {
    const text = expect.stringContaining(message) as string;
    expect(failure(predictor, spec)).toMatchObject({ reason: 'InvalidPredictorSpec', failure: text, message: text });
  });
});
