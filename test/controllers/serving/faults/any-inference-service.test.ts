import { inspect } from 'node:util';
import type { V1Pod } from '@kubernetes/client-node';
import { CaBundle } from '../../../../controllers/serving/ca-bundle';
import { ConfigUnusable, LiveConfig } from '../../../../controllers/serving/config/live-config';
import { ImageVolumeAdvice } from '../../../../controllers/serving/image-volume-advice';
import { ServerVersion } from '../../../../controllers/serving/kubernetes-version';
import { ModelConfig } from '../../../../controllers/serving/model-config';
import { Planner } from '../../../../controllers/serving/planner';
import { ServingReconciler } from '../../../../controllers/serving/reconciler';
import { servingStores } from '../../../../controllers/serving/serving-stores';
import { conditionsOf } from '../../../../controllers/serving/status/stored-status';
import { storageInjector } from '../../../../controllers/serving/storage-injector';
import { podSurroundings } from '../../../../controllers/serving/surroundings';
import { KubernetesClient } from '../../../../controllers/runtime/client';
import type { ReconcileContext } from '../../../../controllers/runtime/controller';
import { EventRecorder } from '../../../../controllers/runtime/events';
import { createLogger } from '../../../../controllers/runtime/log';
import { Manager } from '../../../../controllers/runtime/manager';
import { createMetrics } from '../../../../controllers/runtime/metrics';
import { TerminalError } from '../../../../controllers/runtime/reconcile-error';
import type { Stored } from '../../../../definitions/kubernetes/core-resources';
import { servingAnnotations, servingConfigMap, servingLabels } from '../../../../definitions/names/serving';
import { servingConditions } from '../../../../definitions/names/serving-conditions';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { inferenceServiceStatus } from '../../../../definitions/serving/inference-service-status';
import { type PodFate, statesOf } from '../../../doubles/kubelet/pod-life';
import { ManualClock } from '../../runtime/manual-clock';
import { frozen } from '../frozen';
import { generator, randomNumbers } from '../generated-services';
import { runtime } from '../plan-fixtures';
import { MemoryApi } from './memory-api';

const rounds = 5_000;
const managerNamespace = 'kserve';
const namespace = 'ml';
const key = `${namespace}/iris`;

/** Settings as people write them: right, odd, and broken. */
const settings: readonly Record<string, string>[] = [
  {},
  { deploy: '{"defaultDeploymentMode": "Standard"}', ingress: '{"ingressDomain": "models.example.com"}' },
  { ingress: '{"enableGatewayApi": true, "kserveIngressGateway": "kserve/gateway"}' },
  { ingress: '{"domainTemplate": "{{ .Name }}.{{ .Labels.team }}.{{ .IngressDomain }}"}' },
  { ingress: '{"domainTemplate": "{{ .Nonsense"}' },
  { ingress: '{"pathTemplate": "/serving/{{ .Namespace }}/{{ .Name }}", "ingressDomain": "_"}' },
  { ingress: '{"disableIngressCreation": true}' },
  { ingress: 'no JSON' },
  { inferenceService: '[]' },
  { storageInitializer: '{"caBundleConfigMapName": "absent"}' },
  { explainers: '"?"', deploy: '{"defaultDeploymentMode": "Knative"}' },
];

const fates: readonly PodFate[] = [
  { fate: 'serves' },
  { fate: 'unschedulable', message: '0/3 nodes are available' },
  { fate: 'image pull fails', message: 'manifest unknown' },
  { fate: 'download fails', message: 'NoSuchBucket', exitCode: 1 },
  { fate: 'crashes', message: 'out of memory', exitCode: 137, reason: 'OOMKilled' },
];

/** The reconciler as it is put together in the process, on an API that lives in memory. */
function installed() {
  const clock = new ManualClock();
  const metrics = createMetrics({ process: false });
  const log = createLogger({ level: 'fatal' });
  const api = new MemoryApi(clock, metrics);
  const client = new KubernetesClient(api);
  const manager = new Manager({ client, clock, random: { next: () => 0.5 }, log, metrics });
  const stores = servingStores(manager, managerNamespace);
  const { deployments, services, autoscalers, ingresses, routes } = stores;
  api.keep(deployments.resource.plural, deployments.store);
  api.keep(services.resource.plural, services.store);
  api.keep(autoscalers.resource.plural, autoscalers.store);
  api.keep(ingresses.resource.plural, ingresses.store);
  api.keep(routes.resource.plural, routes.store);
  api.keep('inferenceservices', stores.inferenceServices);
  const config = new LiveConfig(stores.configMap, () => undefined);
  const told: string[] = [];
  class Notes extends EventRecorder {
    override record(_object: unknown, { note }: { readonly note: string }): void {
      told.push(note);
    }
  }
  const reconciler = new ServingReconciler({
    client,
    stores,
    config,
    planner: new Planner(stores, config, storageInjector(config, managerNamespace, podSurroundings(client, stores))),
    caBundle: new CaBundle(client, clock, config, managerNamespace),
    modelConfig: new ModelConfig(client),
    imageVolumes: new ImageVolumeAdvice(config, new ServerVersion(client, clock, log)),
    events: new Notes({ client, clock, log, controller: 'a', instance: 'b' }),
    failed: () => undefined,
    clock,
    clusterDomain: 'cluster.local',
  });
  const context: ReconcileContext = {
    namespace,
    name: 'iris',
    log,
    signal: new AbortController().signal,
    reconcileID: 'r',
    clock,
    wrote: () => undefined,
    deleted: () => undefined,
  };
  return { api, stores, clock, told, reconcile: () => reconciler.reconcile(key, context) };
}

describe('any InferenceService', () => {
  it(`is reconciled to children and a status, or to a failure that is told, in ${rounds} generated ones`, async () => {
    const random = randomNumbers(20_261_122);
    const make = generator(random);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const some = <T>(items: readonly T[]): T[] => make.list(() => pick(items), 2);
    const runtimes = Array.from({ length: 300 }, () => frozen(make.runtime()));
    const ordinary = runtime('ordinary', {
      supportedModelFormats: [{ name: 'sklearn', autoSelect: true, priority: 9 }],
    });
    const storageContainers = Array.from({ length: 50 }, () => frozen(make.storageContainer()));
    const world = installed();
    const { api, stores } = world;
    const seen = { ready: 0, unready: 0, failed: 0, stopped: 0, deployments: 0, routes: 0 };

    /** One pass. @returns whether settings or owners of names kept it from its end, which is told and no fault */
    const pass = async (what: InferenceService): Promise<boolean> => {
      try {
        await world.reconcile();
        return true;
      } catch (error) {
        if (error instanceof ConfigUnusable || error instanceof TerminalError) return false;
        if (error instanceof Error && /cabundle configmap absent|absent from the cluster/.test(error.message))
          return false;
        throw new Error(`${inspect(what, { depth: 12 })}: ${inspect(error)}`, { cause: error });
      }
    };

    for (let round = 0; round < rounds; round += 1) {
      for (const { store } of [stores.deployments, stores.services, stores.autoscalers]) store.replace([]);
      stores.ingresses.store.replace([]);
      if (random() < 0.5) stores.routes.store.replace([]);
      stores.pods.replace([]);
      const generated = odd(make.inferenceService(), pick, random);
      const configMap = {
        metadata: { name: servingConfigMap, namespace: managerNamespace, resourceVersion: `${round}` },
      };
      stores.configMap.replace([frozen({ ...configMap, data: pick(settings) })]);
      stores.servingRuntimes.replace(some(runtimes).map(placed).map(frozen));
      stores.clusterServingRuntimes.replace(random() < 0.7 ? [...some(runtimes), ordinary] : some(runtimes));
      stores.storageContainers.replace(some(storageContainers));
      stores.inferenceServices.replace([
        frozen({ ...generated, metadata: { ...generated.metadata, uid: `u${round}` } }),
      ]);

      const complete = await pass(generated);
      for (const deployment of stores.deployments.store.list()) {
        seen.deployments += 1;
        if (random() < 0.2) continue;
        api.put('deployments', available(deployment, random() < 0.7));
        stores.pods.upsert(frozen(podOf(deployment, pick(fates), random)));
      }
      world.clock.stall(1_000);
      await pass(generated);
      const before = api.writes.length;
      await pass(generated);
      if (api.writes.length > before)
        throw new Error(`not settled after ${round}: ${api.writes.slice(before).join(', ')}`);

      const stored = stores.inferenceServices.get(key);
      seen.routes += stores.ingresses.store.size + stores.routes.store.size;
      if (stored?.status === undefined) {
        // Only settings that can't be read keep everything back.
        expect(complete).toBe(false);
        continue;
      }
      inferenceServiceStatus.parse(stored.status);
      const conditions = conditionsOf(stored.status);
      const isTrue = (type: string) => conditions.some((one) => one.type === type && one.status === 'True');
      expect(stored.status.observedGeneration).toBe(1);
      if (isTrue(servingConditions.stopped)) seen.stopped += 1;
      else expect(stored.status.modelStatus?.transitionStatus).toMatch(/./);
      if (isTrue(servingConditions.ready)) {
        seen.ready += 1;
        const others = conditions.filter(({ type, status }) => type !== servingConditions.stopped && status !== 'True');
        expect(others).toEqual([]);
        expect(stored.status.url).toMatch(/^https?:\/\//);
      } else if (stored.status.modelStatus?.transitionStatus === 'InvalidSpec') seen.failed += 1;
      else seen.unready += 1;
    }
    // Every end is reached often.
    expect(Object.entries(seen).filter(([, count]) => count < 50)).toEqual([]);
    expect(world.told.filter((note) => note === '' || note.includes('undefined'))).toEqual([]);
  }, 180_000);
});

/** With what the planner does not look at: replicas, autoscaling, modes, stops. */
function odd(generated: InferenceService, pick: <T>(items: readonly T[]) => T, random: () => number): InferenceService {
  const { metadata, spec } = generated;
  const maybe = <T extends object>(chance: number, value: T) => (random() < chance ? value : {});
  const annotations = {
    ...metadata.annotations,
    ...maybe(0.1, { [servingAnnotations.stop]: pick(['true', 'false', 'True', '']) }),
    ...maybe(0.1, {
      [servingAnnotations.deploymentMode]: pick(['Standard', 'RawDeployment', 'Knative', 'Serverless', '?']),
    }),
    ...maybe(0.3, { [servingAnnotations.autoscalerClass]: pick(['hpa', 'external', 'none', 'keda', '?']) }),
  };
  const labels = { ...metadata.labels, ...maybe(0.1, { [servingLabels.visibility]: 'cluster-local' }) };
  const extension = () => ({
    ...maybe(0.3, { minReplicas: pick([0, 1, 5]), maxReplicas: pick([0, 1, 9]) }),
    ...maybe(0.3, {
      scaleMetric: pick(['cpu', 'memory', 'rps', 'concurrency'] as const),
      scaleTarget: pick([0, 50, 500]),
    }),
    ...maybe(0.2, {
      deploymentStrategy: pick([
        { type: 'Recreate' as const },
        { type: 'RollingUpdate' as const, rollingUpdate: { maxSurge: pick(['1', '25%', 1]) } },
      ]),
    }),
    ...maybe(0.2, { autoScaling: { metrics: [] } }),
  });
  const simple = random() < 0.5;
  const predictor = simple ? { model: { modelFormat: { name: 'sklearn' }, storageUri: 's3://b/m' } } : spec.predictor;
  return {
    ...generated,
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { ...metadata, name: 'iris', namespace, generation: 1, resourceVersion: '1', labels, annotations },
    spec: {
      ...(simple && random() < 0.5 ? {} : spec),
      predictor: { ...predictor, ...extension() },
      ...(spec.transformer === undefined ? {} : { transformer: { ...spec.transformer, ...extension() } }),
    },
  };
}

const placed = <T extends { readonly metadata: object }>(object: T): T => ({
  ...object,
  metadata: { ...object.metadata, namespace },
});

type Deployment = ReturnType<ReturnType<typeof servingStores>['deployments']['store']['list']>[number];

function available(deployment: Deployment, yes: boolean): Deployment {
  const status = yes ? 'True' : 'False';
  const conditions = ['Available', 'Progressing'].map((type) => ({ type, status, reason: 'Minimum', message: '%s' }));
  const counts = { replicas: 1, updatedReplicas: 1, ...(yes && { readyReplicas: 1, availableReplicas: 1 }) };
  const generation = 1;
  return {
    ...deployment,
    metadata: { ...deployment.metadata, generation },
    status: { observedGeneration: generation, conditions, ...counts },
  };
}

function podOf({ metadata, spec }: Deployment, fate: PodFate, random: () => number): Stored<V1Pod> {
  const template = spec?.template;
  const states = statesOf({ ...(template?.spec && { spec: template.spec }) }, fate, () => Date.UTC(2026, 0, 1));
  const state = states[Math.floor(random() * states.length)];
  const labels = template?.metadata?.labels ?? {};
  return {
    metadata: { name: `${metadata.name}-0`, namespace, uid: 'p', resourceVersion: '1', labels },
    ...(state && { status: state() }),
  };
}
