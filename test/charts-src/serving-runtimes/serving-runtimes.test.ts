import { environment } from '../../../charts-src/environments/environment';
import { imageReference, type Images, lockedImages } from '../../../charts-src/images';
import { type JsonMap, mapAt, mapsAt, textOf } from '../../../charts-src/kubernetes/manifest';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import { builtInRuntimes } from '../../../charts-src/serving-runtimes/built-in-runtimes';
import { clusterServingRuntimes } from '../../../definitions/serving/cluster-serving-runtime';

type Options = NonNullable<Parameters<typeof environment>[0]['servingRuntimes']>;
const runtimesOf = (servingRuntimes: Options = {}) =>
  renderEnvironment(environment({ name: 'mine', crds: false, servingRuntimes })).flatMap(({ manifests }) => manifests);
const every = runtimesOf({ runtimes: builtInRuntimes.map(({ name }) => name) });
const specOf = (name: string) => mapAt(every.find(({ metadata }) => metadata.name === `kserve-${name}`) ?? {}, 'spec');
const serverOf = (name: string): JsonMap => mapsAt(specOf(name), 'containers')[0] ?? {};

const own = (extra: readonly string[] = []) => [
  '--model_name={{.Name}}',
  '--model_dir=/mnt/models',
  '--http_port=8080',
  ...extra,
];

/** §12: name, server type, formats as name/version/priority (- without autoSelect), protocols, image, arguments. */
const table: readonly (readonly [string, string, string, string, keyof Images, readonly string[] | undefined])[] = [
  ['sklearnserver', 'sklearnserver', 'sklearn/1/1', 'v1 v2', 'sklearnServer', own()],
  ['xgbserver', 'xgbserver', 'xgboost/2/1', 'v1 v2', 'xgbServer', own(['--nthread=1'])],
  ['lgbserver', 'lgbserver', 'lightgbm/4/1', 'v1 v2', 'lgbServer', own(['--nthread=1'])],
  ['pmmlserver', 'pmmlserver', 'pmml/3/1 pmml/4/1', 'v1 v2', 'pmmlServer', own()],
  ['paddleserver', 'paddleserver', 'paddle/2/1', 'v1 v2', 'paddleServer', own()],
  ['autogluonserver', 'autogluonserver', 'autogluon/1/1', 'v1 v2', 'autogluonServer', own()],
  [
    'predictiveserver',
    'predictiveserver',
    '-sklearn/1/3 -xgboost/2/3 -lightgbm/4/3',
    'v1 v2',
    'predictiveServer',
    own(['--framework={{.Annotations.modelFormat}}', '--nthread=1']),
  ],
  [
    'mlserver',
    'mlserver',
    'sklearn/0/2 sklearn/1/2 xgboost/1/2 xgboost/2/2 lightgbm/3/2 lightgbm/4/2 mlflow/1/1 mlflow/2/1',
    'v2',
    'mlServer',
    undefined,
  ],
  [
    'tensorflow-serving',
    'tensorflow-serving',
    'tensorflow/1/2 tensorflow/2/2',
    'v1 grpc-v1',
    'tensorflowServing',
    [
      '--model_name={{.Name}}',
      '--port=9000',
      '--rest_api_port=8080',
      '--model_base_path=/mnt/models',
      '--rest_api_timeout_in_ms=60000',
    ],
  ],
  [
    'torchserve',
    'torchserve',
    'pytorch/1/2',
    'v1 v2 grpc-v2',
    'torchServe',
    [
      'torchserve',
      '--start',
      '--model-store=/mnt/models/model-store',
      '--ts-config=/mnt/models/config/config.properties',
    ],
  ],
  [
    'tritonserver',
    'tritonserver',
    'tensorrt/8/1 tensorflow/1/1 tensorflow/2/1 onnx/1/1 -pytorch/1/ triton/2/1',
    'v2 grpc-v2',
    'tritonServer',
    [
      'tritonserver',
      '--model-store=/mnt/models',
      '--grpc-port=9000',
      '--http-port=8080',
      '--allow-grpc=true',
      '--allow-http=true',
    ],
  ],
  ['huggingfaceserver', 'huggingfaceserver', 'huggingface/1/1', 'v2 v1', 'huggingFaceServer', own().slice(0, 1)],
  [
    'huggingfaceserver-multinode',
    'huggingfaceserver',
    'huggingface/1/2',
    'v2 v1',
    'huggingFaceServerGpu',
    own().slice(0, 1),
  ],
  [
    'vllmserver',
    'vllmserver',
    'vLLM/1/1',
    '',
    'vllmServer',
    ['--port=8080', '--served-model-name={{.Name}}', '--model=/mnt/models'],
  ],
  [
    'openvino',
    'ovms',
    'openvino/10/1 onnx/1/2 tensorflow/1/3 huggingface//',
    'v1 v2 grpc-v2',
    'openVinoServer',
    [
      '--model_name={{.Name}}',
      '--model_path=/mnt/models',
      '--port=9000',
      '--rest_port=8080',
      '--file_system_poll_wait_seconds=0',
    ],
  ],
];

describe('built-in runtimes (§12)', () => {
  it('are those of KServe, and no others', () => {
    expect(every.map(({ metadata }) => metadata.name)).toEqual(table.map(([name]) => `kserve-${name}`).sort());
    expect(runtimesOf().map(({ metadata }) => metadata.name)).not.toContain('kserve-openvino');
    expect(runtimesOf()).toHaveLength(every.length - 1);
  });

  it.each(table)('%s has its server type, formats, protocols, image and arguments', (...row) => {
    const [name, serverType, formats, protocols, image, args] = row;
    const runtime = every.find(({ metadata }) => metadata.name === `kserve-${name}`);
    expect(runtime?.metadata.annotations).toEqual({ 'serving.kserve.io/server-type': serverType });
    const spec = specOf(name);
    const written = mapsAt(spec, 'supportedModelFormats').map(
      ({ name: format, version = '', autoSelect, priority = '' }) =>
        `${autoSelect === true ? '' : '-'}${textOf(format)}/${textOf(version)}/${textOf(priority)}`,
    );
    expect(written.join(' ')).toBe(formats);
    expect(((spec['protocolVersions'] ?? []) as readonly string[]).join(' ')).toBe(protocols);
    expect(serverOf(name)).toMatchObject({ name: 'kserve-container', image: imageReference(lockedImages[image]) });
    expect(serverOf(name)['args']).toEqual(args);
    expect(serverOf(name)['ports']).toBeUndefined();
  });

  it('are stored as written: the definition takes every one', () => {
    for (const { kind, metadata, ...runtime } of every) {
      expect([kind, metadata.name]).toEqual(['ClusterServingRuntime', metadata.name]);
      expect(clusterServingRuntimes.schema.safeParse({ spec: runtime['spec'] }).error).toBeUndefined();
    }
  });

  it('ask for one core and 2 GiB, as nobody, and say where their metrics are', () => {
    const common = table.map(([name]) => name).filter((name) => !name.endsWith('multinode'));
    for (const name of common) {
      const amount = { cpu: '1', memory: '2Gi' };
      expect(serverOf(name)).toMatchObject({
        resources: { requests: amount, limits: amount },
        securityContext: { allowPrivilegeEscalation: false, privileged: false, capabilities: { drop: ['ALL'] } },
      });
      const nonRoot = mapAt(serverOf(name), 'securityContext')['runAsNonRoot'];
      expect([name, nonRoot]).toEqual([name, name === 'vllmserver' ? undefined : true]);
      const port = { torchserve: '8082', tritonserver: '8002' }[name] ?? '8080';
      expect(specOf(name)['annotations']).toEqual({
        'prometheus.kserve.io/port': port,
        'prometheus.kserve.io/path': '/metrics',
      });
    }
  });

  it('run as the users of their images', () => {
    const users = table.map(([name]) => [name, mapAt(serverOf(name), 'securityContext')['runAsUser']]);
    expect(Object.fromEntries(users.filter(([, user]) => user !== undefined))).toEqual({
      'tensorflow-serving': 1000,
      torchserve: 1000,
      tritonserver: 1000,
      openvino: 5000,
    });
  });

  it('take settings of the model from labels and annotations where they have no arguments for it', () => {
    expect(serverOf('mlserver')['env']).toEqual([
      { name: 'MLSERVER_MODEL_IMPLEMENTATION', value: '{{.Labels.modelClass}}' },
      { name: 'MLSERVER_HTTP_PORT', value: '8080' },
      { name: 'MLSERVER_GRPC_PORT', value: '9000' },
    ]);
    expect(serverOf('torchserve')['env']).toEqual([
      { name: 'TS_SERVICE_ENVELOPE', value: '{{.Labels.serviceEnvelope}}' },
    ]);
    expect(specOf('predictiveserver')['multiModel']).toBe(false);
  });

  it('of language models share memory, and wait for a model of half an hour', () => {
    for (const name of ['huggingfaceserver', 'vllmserver']) {
      expect(specOf(name)['volumes']).toEqual([{ name: 'devshm', emptyDir: { medium: 'Memory' } }]);
      expect(serverOf(name)['volumeMounts']).toEqual([{ name: 'devshm', mountPath: '/dev/shm' }]);
    }
    expect(serverOf('vllmserver')).toMatchObject({
      command: ['python', '-m', 'vllm.entrypoints.openai.api_server'],
      startupProbe: { httpGet: { path: '/v1/models', port: 8080 }, failureThreshold: 60, periodSeconds: 30 },
      readinessProbe: { httpGet: { path: '/v1/models', port: 8080 }, failureThreshold: 3, periodSeconds: 10 },
    });
  });

  it('over several nodes have workers that join the head', () => {
    const spec = specOf('huggingfaceserver-multinode');
    expect(mapAt(spec, 'workerSpec')).toMatchObject({ pipelineParallelSize: 1, tensorParallelSize: 1 });
    const [worker = {}] = mapsAt(mapAt(spec, 'workerSpec'), 'containers');
    expect(worker).toMatchObject({ name: 'worker-container', resources: { limits: { cpu: '4', memory: '12Gi' } } });
    expect(JSON.stringify(worker['command'])).toContain('--address=$HEAD_SVC.$POD_NAMESPACE.svc.cluster.local:6379');
    expect(serverOf('huggingfaceserver-multinode')).toMatchObject({
      startupProbe: { initialDelaySeconds: 60, periodSeconds: 30, timeoutSeconds: 30, failureThreshold: 40 },
      livenessProbe: { periodSeconds: 5, timeoutSeconds: 15, failureThreshold: 2 },
    });
  });
});

describe('options of the runtimes', () => {
  it('choose, disable, and name Secrets of a mirror', () => {
    const [only, ...more] = runtimesOf({
      runtimes: ['kserve-sklearnserver'],
      disabled: ['kserve-sklearnserver'],
      imagePullSecrets: ['mirror'],
    });
    expect(more).toEqual([]);
    expect(only?.['spec']).toMatchObject({ disabled: true, imagePullSecrets: [{ name: 'mirror' }] });
  });

  it('make them ServingRuntimes of one namespace', () => {
    const [runtime] = runtimesOf({ runtimes: ['kserve-mlserver'], namespace: 'fraud' });
    expect(runtime).toMatchObject({ kind: 'ServingRuntime', metadata: { namespace: 'fraud' } });
  });

  it('refuse a runtime that does not exist', () => {
    expect(() => runtimesOf({ runtimes: ['kserve-sklearn'] as never })).toThrow(
      'servingRuntimes.runtimes[0]: got "kserve-sklearn", allowed: kserve-sklearnserver,',
    );
  });
});
