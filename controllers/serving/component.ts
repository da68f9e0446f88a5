import { readFileSync } from 'node:fs';
import { servingConfigFile, type ServingConfig } from '../../definitions/config/serving';
import { servingLease } from '../../definitions/names/serving';
import { servingEvents } from '../../definitions/names/serving-conditions';
import type { InferenceService } from '../../definitions/serving/inference-service';
import type { Component, ComponentParts, ConfiguredComponent, Environment } from '../component';
import { Controller, watching, type Watch } from '../runtime/controller';
import type { Manager } from '../runtime/manager';
import { keyOf, type ObjectKey } from '../runtime/object-key';
import type { Store } from '../runtime/store';
import { AccountSecrets } from './account-secrets';
import { servingAdmission } from './admission';
import { CaBundle } from './ca-bundle';
import { childWatches } from './child-watches';
import { LiveConfig } from './config/live-config';
import { ImageVolumeAdvice } from './image-volume-advice';
import { clusterDomainOf } from './ingress/cluster-domain';
import { ServerVersion } from './kubernetes-version';
import { servingMetrics } from './metrics';
import { ModelConfig } from './model-config';
import { Planner } from './planner';
import { ServingReconciler } from './reconciler';
import { servingStores, type ServingStores } from './serving-stores';
import { servingSettings } from './settings';
import { ModelLoads } from './status/model-load';
import { keysOfPod } from './status/pod-keys';
import { notReady } from './status/not-ready';
import { readyCounts } from './status/ready-counts';
import { keysOfRuntime, type RuntimeChange } from './status/runtime-keys';
import { storageInjector } from './storage-injector';
import { podSurroundings } from './surroundings';
import type { WebhookFlags } from './webhooks/webhook-flags';
import { addServingWebhooks } from './webhooks/webhook-server';

/** Name of the controller in metrics and logs: upstream's, so that its dashboards fit. */
const controllerName = 'inferenceservice';

/** Namespace when none is said: that of KServe's manifests. */
const defaultNamespace = 'kserve';

/** `slipway serving`: makes InferenceServices run. */
export const serving = (flags: WebhookFlags): Component => ({
  name: 'serving',
  lease: servingLease,
  configFile: servingConfigFile,
  configure: (file, environment) => new ConfiguredServing(servingSettings(file), flags, environment),
});

class ConfiguredServing implements ConfiguredComponent {
  readonly enabled = true;
  private readonly namespace: string;
  private readonly clusterDomain: string;

  constructor(
    private readonly config: ServingConfig,
    private readonly flags: WebhookFlags,
    environment: Environment,
  ) {
    this.namespace = environment['POD_NAMESPACE'] ?? defaultNamespace;
    this.clusterDomain = config.clusterDomain ?? clusterDomainOf(resolvConf(), environment);
  }

  addTo(manager: Manager, parts: ComponentParts): void {
    const { client, clock, events } = parts;
    const { namespace, config, clusterDomain, flags } = this;
    const stores = servingStores(manager, namespace);
    const metrics = servingMetrics(parts.metrics.registry);
    parts.metrics.beforeScrape(() => {
      const services = stores.inferenceServices.list();
      metrics.setReady(readyCounts(services));
      metrics.setNotReady(notReady(services, clock.now()));
    });
    stores.pods.subscribe(new ModelLoads(metrics.observeLoad));
    const live = new LiveConfig(stores.configMap, ({ key, message }, configMap) => {
      metrics.configInvalid(key);
      metrics.failed(servingEvents.configurationInvalid);
      parts.log.error({ key }, message);
      events.record(configMap, { type: 'Warning', reason: servingEvents.configurationInvalid, note: message });
    });
    const modelConfig = new ModelConfig(client);
    const imageVolumes = new ImageVolumeAdvice(live, new ServerVersion(client, clock, parts.log));
    stores.inferenceServices.subscribe({
      deleted: ({ metadata: { name, namespace: where = '', uid = '' } }) => {
        metrics.forget({ namespace: where, name });
        modelConfig.forget(uid);
        imageVolumes.forget(uid);
      },
    });
    const reconciler = new ServingReconciler({
      client,
      stores,
      config: live,
      planner: new Planner(stores, live, storageInjector(live, namespace, podSurroundings(client, stores))),
      caBundle: new CaBundle(client, clock, live, namespace),
      modelConfig,
      imageVolumes,
      events,
      failed: metrics.failed,
      clock,
      clusterDomain,
    });
    manager.add(
      new Controller<InferenceService>({
        name: controllerName,
        for: stores.inferenceServices,
        watches: watchesOf(stores),
        reconcile: reconciler.reconcile,
        workers: config.workers,
      }),
    );
    const accountSecrets = new AccountSecrets();
    addServingWebhooks(manager, {
      config: { ...config, clusterDomain },
      flags,
      admission: servingAdmission({
        config: live,
        stores,
        client,
        surroundings: (signal) => {
          const surroundings = podSurroundings(client, stores, signal);
          return { ...surroundings, ...accountSecrets.ahead(surroundings) };
        },
        managerNamespace: namespace,
      }),
      client: parts.unguardedClient,
      namespace,
      clock,
      random: parts.random,
      log: parts.log,
      metrics: parts.metrics,
    });
  }

  async close(): Promise<void> {
    // Holds nothing beside its watches.
  }
}

function resolvConf(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    // Outside of a pod there may be none.
    return '';
  }
}

/** What wakes an InferenceService besides its own changes. */
function watchesOf(stores: ServingStores): readonly Watch[] {
  const { inferenceServices, configMap, storageContainers, servingRuntimes, clusterServingRuntimes, pods } = stores;
  const all = () => inferenceServices.list().map(keyOf);
  return [
    ...childWatches(stores),
    watching(configMap, all),
    // A URI that nobody could fetch may be fetched now.
    watching(storageContainers, () =>
      inferenceServices
        .list()
        .filter(({ status }) => status?.modelStatus?.transitionStatus === 'InvalidSpec')
        .map(keyOf),
    ),
    {
      store: pods,
      subscribe: (enqueue) =>
        pods.subscribe({
          added: (pod, initial) => enqueue(keysOfPod(pod), initial ? 'initial' : 'live'),
          updated: (pod, previous) => enqueue(keysOfPod(pod, previous), 'live'),
          deleted: (pod) => enqueue(keysOfPod(pod), 'live'),
        }),
    },
    runtimeWatch(servingRuntimes, 'ServingRuntime', inferenceServices),
    runtimeWatch(clusterServingRuntimes, 'ClusterServingRuntime', inferenceServices),
  ];
}

function runtimeWatch<T extends RuntimeChange['runtime']>(
  store: Store<T>,
  kind: RuntimeChange['kind'],
  inferenceServices: Store<InferenceService>,
): Watch {
  return {
    store,
    subscribe: (enqueue) => {
      const wake = (change: Omit<RuntimeChange, 'kind'>): Iterable<ObjectKey> =>
        keysOfRuntime({ kind, ...change }, inferenceServices.list());
      return store.subscribe({
        // At the start every InferenceService is looked at anyway.
        added: (runtime, initial) => {
          if (!initial) enqueue(wake({ runtime }), 'live');
        },
        updated: (runtime, previous) => enqueue(wake({ runtime, previous }), 'live'),
      });
    },
  };
}
