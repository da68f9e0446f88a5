import type { V1HorizontalPodAutoscalerSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import { appliedAnnotation, inferenceServiceLabel, servingAnnotations } from '../../../../definitions/names/serving';
import { servingConditions } from '../../../../definitions/names/serving-conditions';
import { waitFor } from '../../../cluster/wait-for';
import { inferenceServiceOf, ServingInstallation, type WrittenInferenceService } from '../serving-installation';
import {
  child,
  created,
  found,
  mainContainer,
  makeAvailable,
  namespaceWithRuntime,
  tensorflowImage,
  tensorflowRuntime,
  tensorflowSpec,
} from './subjects';

/** Children of predictors, compared whole after the API server's defaulting; as in upstream's tests nobody makes pods of Deployments. */
let installation: ServingInstallation;

beforeAll(async () => {
  installation = await ServingInstallation.make({ controllerManager: 'housekeeping', kubelet: 'none' });
  await installation.start();
}, 120_000);

afterAll(() => installation?.close());

const standard = { [servingAnnotations.deploymentMode]: 'Standard', [servingAnnotations.autoscalerClass]: 'hpa' };
const none = { [servingAnnotations.autoscalerClass]: 'none' };

const templateOf = async (isvc: WrittenInferenceService, component = 'predictor'): Promise<V1PodTemplateSpec> => {
  const name = `${isvc.metadata.name}-${component}`;
  const { spec } = await waitFor(name, () => installation.deployment(isvc.metadata.namespace, name));
  if (spec === undefined) throw new Error(`Deployment ${name} has no spec`);
  return spec.template;
};
const replicasOf = async (isvc: WrittenInferenceService) =>
  (await installation.deployment(isvc.metadata.namespace, `${isvc.metadata.name}-predictor`))?.spec?.replicas;
const autoscalerOf = (isvc: WrittenInferenceService) =>
  child('HorizontalPodAutoscaler', isvc, `${isvc.metadata.name}-predictor`);

const probe = {
  tcpSocket: { port: 8080 },
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
};
const containerDefaults = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
};

describe('the children of a predictor', () => {
  it('are a Deployment, a Service and an autoscaler, as upstream’s to the last default (case 29)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'basic');
    const resource = { name: 'memory', target: { type: 'AverageValue', averageValue: '10Gi' } };
    const autoScaling = { metrics: [{ type: 'Resource', resource }] };
    const foo = await created(installation, namespace, 'foo', {
      annotations: standard,
      spec: tensorflowSpec({}, { autoScaling }),
    });
    const name = 'foo-predictor';
    const labels = { app: `isvc.${name}`, component: 'predictor', [inferenceServiceLabel]: 'foo' };
    const annotations = {
      'internal.serving.kserve.io/storage-initializer-sourceuri': 's3://test/mnist/export',
      ...standard,
    };
    const autoscaler = await found(installation, autoscalerOf(foo));
    const deployment = await found(installation, child('Deployment', foo, name));
    const service = await found(installation, child('Service', foo, name));
    const { uid } = await installation.cluster.get(foo).then(({ metadata }) => metadata);
    const owner = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', name: 'foo', uid };
    for (const { metadata } of [autoscaler, deployment, service]) {
      expect(metadata.labels).toEqual(labels);
      expect(metadata.annotations).toEqual({ ...annotations, [appliedAnnotation]: expect.any(String) as string });
      expect(metadata['ownerReferences']).toEqual([{ ...owner, controller: true, blockOwnerDeletion: true }]);
    }
    expect(deployment['spec']).toEqual({
      replicas: 1,
      selector: { matchLabels: { app: `isvc.${name}` } },
      template: {
        metadata: { name, namespace, labels, annotations },
        spec: {
          containers: [
            {
              ...tensorflowRuntime(namespace).spec.containers[0],
              env: [{ name: 'INFERENCE_SERVICE_NAME', value: 'foo' }],
              readinessProbe: probe,
              ...containerDefaults,
            },
          ],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
          dnsPolicy: 'ClusterFirst',
          securityContext: {},
          schedulerName: 'default-scheduler',
        },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    });
    const { clusterIP, clusterIPs, ...spec } = service['spec'] as Record<string, unknown>;
    expect(clusterIPs).toEqual([clusterIP]);
    expect(spec).toEqual({
      ports: [{ name, protocol: 'TCP', port: 80, targetPort: 8080 }],
      selector: { app: `isvc.${name}` },
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    });
    const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
    expect(autoscaler['spec']).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource }],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent],
        },
        scaleDown: { selectPolicy: 'Max', policies: [percent] },
      },
    });
  });

  it('roll out by the strategy that the predictor gives (case 30)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'strategy');
    const deploymentStrategy = { type: 'Recreate' };
    const foo = await created(installation, namespace, 'foo', { spec: tensorflowSpec({}, { deploymentStrategy }) });
    const deployment = await found(installation, child('Deployment', foo, 'foo-predictor'));
    expect(deployment['spec']).toMatchObject({ strategy: deploymentStrategy });
    expect((deployment['spec'] as { strategy: object }).strategy).toEqual(deploymentStrategy);
  });

  it('are without an autoscaler for class none, and replicas follow minReplicas whatever labels do (cases 31, 44)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'none');
    const foo = await created(installation, namespace, 'foo', {
      annotations: none,
      spec: tensorflowSpec({}, { minReplicas: 3, maxReplicas: 5 }),
    });
    await waitFor('three replicas', async () => (await replicasOf(foo)) === 3);
    await installation.cluster.patch(foo, { spec: { predictor: { minReplicas: 2 } } });
    await waitFor('two replicas', async () => (await replicasOf(foo)) === 2);
    await installation.cluster.patch(foo, { metadata: { labels: { team: 'vision' } } });
    await waitFor('the label', async () => (await templateOf(foo)).metadata?.labels?.['team'] === 'vision');
    expect(await replicasOf(foo)).toBe(2);
    expect(await installation.cluster.find(autoscalerOf(foo))).toBeUndefined();
  });

  it('take over changed variables and leave replicas to the autoscaler (case 32)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'env');
    const env = (value: string) => [{ name: 'LOG_LEVEL', value }];
    const foo = await created(installation, namespace, 'foo', { spec: tensorflowSpec({ env: env('info') }) });
    const deployment = child('Deployment', foo, 'foo-predictor');
    await found(installation, deployment);
    await installation.cluster.patch(deployment, { spec: { replicas: 4 } }, { subresource: 'scale' });
    await installation.cluster.patch(foo, { spec: { predictor: { model: { env: env('debug') } } } });
    const container = await mainContainer(installation, foo, ({ env: now }) => now?.[0]?.value === 'debug');
    expect(container.env).toEqual([...env('debug'), { name: 'INFERENCE_SERVICE_NAME', value: 'foo' }]);
    expect(await replicasOf(foo)).toBe(4);
    expect((await found(installation, autoscalerOf(foo)))['spec']).toMatchObject<
      Partial<V1HorizontalPodAutoscalerSpec>
    >({ minReplicas: 1, maxReplicas: 3 });
  });

  it('carry labels and annotations of runtime, InferenceService and predictor, the later over the earlier (case 5)', async () => {
    const namespace = await installation.cluster.namespace('labels');
    const all = (level: string, ...keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, level]));
    const ofRuntime = { labels: all('sr', 'key1', 'key2', 'key3'), annotations: all('sr', 'key1', 'key2', 'key3') };
    await installation.cluster.create(tensorflowRuntime(namespace, 'tf-serving', ofRuntime));
    const ofService = { labels: all('isvc', 'key2', 'key3'), annotations: all('isvc', 'key2', 'key3') };
    const ofPredictor = { labels: all('predictor', 'key3'), annotations: all('predictor', 'key3') };
    const foo = await created(installation, namespace, 'foo', { ...ofService, spec: tensorflowSpec({}, ofPredictor) });
    const { metadata } = await templateOf(foo);
    const merged = { key1: 'sr', key2: 'isvc', key3: 'predictor' };
    expect(metadata?.labels).toMatchObject(merged);
    expect(metadata?.annotations).toMatchObject(merged);
  });

  it.each(['true', 'false'])('carry the annotation that mounts are read-only: %s (case 24)', async (value) => {
    const namespace = await namespaceWithRuntime(installation, 'readonly');
    const annotations = { [servingAnnotations.readOnly]: value };
    const foo = await created(installation, namespace, 'foo', { annotations });
    expect((await templateOf(foo)).metadata?.annotations).toMatchObject(annotations);
  });

  it('name the pull secrets of the InferenceService, before those of the runtime (case 46)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'secrets');
    const withSecrets = tensorflowRuntime(namespace, 'with-secrets', { imagePullSecrets: [{ name: 'sr' }] });
    await installation.cluster.create(withSecrets);
    const spec = (runtime: string) =>
      tensorflowSpec({ storageUri: 'oci://registry/model:1', runtime }, { imagePullSecrets: [{ name: 'isvc' }] });
    const alone = await created(installation, namespace, 'alone', { spec: spec('tf-serving') });
    const both = await created(installation, namespace, 'both', { spec: spec('with-secrets') });
    expect((await templateOf(alone)).spec?.imagePullSecrets).toEqual([{ name: 'isvc' }]);
    expect((await templateOf(both)).spec?.imagePullSecrets).toEqual([{ name: 'isvc' }, { name: 'sr' }]);
  });

  it('include the list of models where the predictor has no model of its own (case 19)', async () => {
    const namespace = await installation.cluster.namespace('models');
    const foo = inferenceServiceOf(namespace, 'foo', {
      spec: { predictor: { model: { modelFormat: { name: 'sklearn' } } } },
    });
    const { uid } = (await installation.cluster.create(foo)).metadata;
    const models = await found(installation, child('ConfigMap', foo, 'modelconfig-foo-0'));
    expect(models['data']).toEqual({ 'models.json': '[]' });
    expect(models.metadata['ownerReferences']).toEqual([
      expect.objectContaining({ kind: 'InferenceService', uid, controller: true }),
    ]);
  });
});

describe('a transformer', () => {
  const image = 'transformer:1';
  const collocated = { name: 'transformer-container', image, args: ['--own'], env: [{ name: 'A', value: 'b' }] };
  const named = [{ name: 'INFERENCE_SERVICE_NAME', value: 'foo' }];

  it('of its own pods is told where the predictor is (case 14)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'transformer');
    const transformer = { containers: [{ name: 'kserve-container', image }] };
    const foo = await created(installation, namespace, 'foo', { spec: { ...tensorflowSpec(), transformer } });
    const container = await mainContainer(installation, foo, undefined, 'transformer');
    const args = `--model_name foo --predictor_host foo-predictor.${namespace} --http_port 8080`;
    expect(container.args?.join(' ')).toBe(args);
    await makeAvailable(installation, foo, 'predictor', 'transformer');
    const { status } = await installation.ready(foo);
    expect(Object.keys(status?.components ?? {}).sort()).toEqual(['predictor', 'transformer']);
  });

  it('in the pod of the predictor comes after the model, with its own probe and arguments (case 15)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'collocated');
    const readinessProbe = { ...probe, tcpSocket: { port: 8081 } };
    const spec = tensorflowSpec({}, { containers: [{ ...collocated, readinessProbe }] });
    const foo = await created(installation, namespace, 'foo', { spec });
    const [model, transformer, ...more] = (await templateOf(foo)).spec?.containers ?? [];
    expect(more).toEqual([]);
    expect(model).toMatchObject({ name: 'kserve-container', image: tensorflowImage, env: named });
    expect(transformer).toMatchObject({ ...collocated, readinessProbe, env: [...collocated.env, ...named] });
  });

  it('of the runtime is merged with the one of the InferenceService (case 16)', async () => {
    const namespace = await installation.cluster.namespace('collocated');
    const [main] = tensorflowRuntime(namespace).spec.containers;
    const ofRuntime = {
      ...{ name: 'transformer-container', image: 'runtime:1' },
      args: ['--runtime'],
      env: [{ name: 'R', value: 'r' }],
    };
    await installation.cluster.create(tensorflowRuntime(namespace, 'tf-serving', { containers: [main, ofRuntime] }));
    const only = await created(installation, namespace, 'only');
    expect((await templateOf(only)).spec?.containers[1]).toMatchObject({
      ...ofRuntime,
      env: [...ofRuntime.env, { name: 'INFERENCE_SERVICE_NAME', value: 'only' }],
    });
    const foo = await created(installation, namespace, 'foo', {
      spec: tensorflowSpec({}, { containers: [collocated] }),
    });
    const { containers = [] } = (await templateOf(foo)).spec ?? {};
    expect(containers.map(({ name }) => name)).toEqual(['kserve-container', 'transformer-container']);
    expect(containers[1]).toMatchObject({ image, args: ['--runtime', '--own'] });
    expect(containers[1]?.env).toEqual(expect.arrayContaining([...ofRuntime.env, ...collocated.env, ...named]));
  });

  it('beside a custom predictor is kept with it (case 17)', async () => {
    const namespace = await installation.cluster.namespace('custom');
    const containers = [{ name: 'kserve-container', image: 'custom:1' }, collocated];
    const foo = await created(installation, namespace, 'foo', { spec: { predictor: { containers } } });
    const images = (await templateOf(foo)).spec?.containers.map((container) => container.image);
    expect(images).toEqual(['custom:1', image]);
    await makeAvailable(installation, foo);
    await installation.ready(foo);
  });
});

describe('the runtime', () => {
  const byFormat = { runtime: undefined };

  it('that is named is used although it is never chosen by itself (case 20)', async () => {
    const namespace = await installation.cluster.namespace('named');
    const supportedModelFormats = [{ name: 'tensorflow', version: '1', autoSelect: false }];
    await installation.cluster.create(tensorflowRuntime(namespace, 'tf-serving', { supportedModelFormats }));
    const foo = await created(installation, namespace, 'foo');
    await makeAvailable(installation, foo);
    expect((await installation.ready(foo)).status?.servingRuntimeName).toBe('tf-serving');
  });

  it.each([
    ['that nobody knows (case 21)', 'unknown', 'RuntimeNotRecognized', 'Waiting for runtime to become available'],
    ['that is disabled (case 22)', 'disabled', 'RuntimeDisabled', 'Specified runtime is disabled'],
    [
      'of another format (case 23)',
      'other',
      'NoSupportingRuntime',
      'Specified runtime does not support specified framework/version',
    ],
  ])('%s is refused with the cause in modelStatus', async (_which, runtime, reason, message) => {
    const namespace = await installation.cluster.namespace('refused');
    const other = { supportedModelFormats: [{ name: 'onnx', version: '1' }] };
    await installation.cluster.create(tensorflowRuntime(namespace, 'disabled', { disabled: true }));
    await installation.cluster.create(tensorflowRuntime(namespace, 'other', other));
    const foo = await created(installation, namespace, 'foo', { spec: tensorflowSpec({ runtime }) });
    const { status } = await installation.condition(foo, servingConditions.predictorReady, 'False');
    expect(status?.modelStatus).toMatchObject({
      transitionStatus: 'InvalidSpec',
      states: { targetModelState: 'FailedToLoad' },
      lastFailureInfo: { reason, message },
    });
    await installation.event(foo, 'InternalError');
    expect(await installation.deployment(namespace, 'foo-predictor')).toBeUndefined();
  });

  it.each([
    ['is named', {}],
    ['is chosen by format', byFormat],
  ])('that %s and appears later is used as soon as it is there', async (_how, model) => {
    const namespace = await installation.cluster.namespace('late');
    // Another version than the runtimes of the cluster support.
    const modelFormat = { name: 'tensorflow', version: 'late' };
    const supportedModelFormats = [{ ...modelFormat, autoSelect: true }];
    const spec = tensorflowSpec({ ...model, modelFormat });
    const foo = await created(installation, namespace, 'foo', { spec: JSON.parse(JSON.stringify(spec)) as object });
    await installation.condition(foo, servingConditions.predictorReady, 'False');
    await installation.cluster.create(tensorflowRuntime(namespace, 'tf-serving', { supportedModelFormats }));
    await makeAvailable(installation, foo);
    const { status } = await installation.ready(foo);
    expect(status?.modelStatus?.transitionStatus).toBe('InProgress');
  });

  it('that changes reaches its services, but those that are ready and want no change of their own (cases 34, 35)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'update');
    await installation.cluster.create(tensorflowRuntime(namespace, 'untouched'));
    const keeping = (value: string) => ({ annotations: { [servingAnnotations.disableAutoUpdate]: value } });
    const follower = await created(installation, namespace, 'follower');
    const alsoFollows = await created(installation, namespace, 'also-follows', keeping('false'));
    const keeper = await created(installation, namespace, 'keeper', keeping('true'));
    const other = await created(installation, namespace, 'other', { spec: tensorflowSpec({ runtime: 'untouched' }) });
    for (const isvc of [follower, alsoFollows, keeper, other]) await makeAvailable(installation, isvc);
    for (const isvc of [follower, alsoFollows, keeper, other]) await installation.ready(isvc);
    const versions = async () =>
      Promise.all(
        [keeper, other].map(async (isvc) => {
          const { metadata } = await found(installation, child('Deployment', isvc, `${isvc.metadata.name}-predictor`));
          return metadata.resourceVersion;
        }),
      );
    const before = await versions();
    const [main] = tensorflowRuntime(namespace).spec.containers;
    const containers = [{ ...main, env: [{ name: 'FROM', value: 'update' }] }];
    await installation.cluster.patch(child('ServingRuntime', follower, 'tf-serving'), { spec: { containers } });
    const updated = ({ env = [] }: { env?: { name: string }[] }) => env.some(({ name }) => name === 'FROM');
    await mainContainer(installation, follower, updated);
    await mainContainer(installation, alsoFollows, updated);
    expect(await versions()).toEqual(before);
  });
});

it('never wavers between two pods of the same age in different states (case 49)', async () => {
  const namespace = await namespaceWithRuntime(installation, 'same-age');
  const foo = await created(installation, namespace, 'foo');
  const { metadata } = await templateOf(foo);
  const states = [
    { state: { waiting: { reason: 'PodInitializing' } } },
    {
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error', message: 'broken' } },
    },
  ];
  const pods = states.map((_state, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace, labels: metadata?.labels },
    spec: { containers: [{ name: 'kserve-container', image: 'a' }] },
  }));
  await waitFor('two pods made in one second', async () => {
    const made = await Promise.all(pods.map((pod) => installation.cluster.create(pod)));
    if (new Set(made.map((pod) => pod.metadata['creationTimestamp'])).size === 1) return true;
    for (const pod of pods) {
      await installation.cluster.request('DELETE', `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}`, {
        query: { gracePeriodSeconds: 0 },
      });
    }
    return false;
  });
  for (const [index, state] of states.entries()) {
    const container = {
      name: 'kserve-container',
      image: 'a',
      imageID: '',
      ready: false,
      restartCount: index,
      ...state,
    };
    const status = { phase: 'Running', containerStatuses: [container] };
    await installation.cluster.patch(pods[index] ?? foo, { status }, { subresource: 'status' });
  }
  // The first of them by name counts.
  const { status } = await installation.until(
    foo,
    'to look at its pods',
    (_now, stored) => stored.status?.modelStatus !== undefined,
  );
  const seen = new Set<string>();
  for (let nudge = 0; nudge < 40; nudge += 1) {
    await installation.cluster.patch(foo, { metadata: { annotations: { nudge: String(nudge) } } });
    const { status: now } = (await installation.stored(foo)) ?? {};
    seen.add(JSON.stringify(now?.modelStatus));
  }
  await waitFor('the last nudge', async () => (await templateOf(foo)).metadata?.annotations?.['nudge'] === '39');
  expect([...seen]).toEqual([JSON.stringify(status?.modelStatus)]);
  expect(status?.modelStatus?.states?.targetModelState).toBe('Pending');
});
