import { inferenceRunsConfigFile, type InferenceRunsConfig } from '../../definitions/config/inference-runs';
import type { InferenceConfig } from '../../definitions/inference/inference-config';
import type { InferenceRun } from '../../definitions/inference/inference-run';
import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { inferenceRunsLease, runAnnotations } from '../../definitions/names/inference';
import type { Component, ComponentParts, ConfiguredComponent } from '../component';
import { Controller, watching, type Watch } from '../runtime/controller';
import type { Manager } from '../runtime/manager';
import { keyOf } from '../runtime/object-key';
import type { Store } from '../runtime/store';
import { ConfigReconciler } from './config-reconciler';
import { runMetrics } from './metrics';
import { ReconcileRate } from './reconcile-rate';
import { RunReconciler } from './reconciler';
import { configKeyOf, keysOfMade, runStores, serviceKeyOf, type RunStores } from './run-stores';
import { inferenceRunsSettings, type GivenFlags } from './settings';
import { WorkSlots } from './work-slots';
import { statusWriter } from './write-status';

/** Names of the controllers in metrics and logs. */
const runControllerName = 'inferencerun';
const configControllerName = 'inferenceconfig';

/** Back-off of a key, as upstream's. */
const backoff = { baseMs: 1_000, maxMs: 60_000 };

/** `slipway inference-runs`: makes Jobs of InferenceRuns. */
export const inferenceRuns = (flags: GivenFlags): Component => ({
  name: 'inference-runs',
  lease: inferenceRunsLease,
  configFile: inferenceRunsConfigFile,
  configure: (file, environment) => new ConfiguredInferenceRuns(inferenceRunsSettings(file, environment, flags)),
});

class ConfiguredInferenceRuns implements ConfiguredComponent {
  readonly enabled = true;

  constructor(private readonly settings: InferenceRunsConfig) {}

  addTo(manager: Manager, parts: ComponentParts): void {
    const { settings } = this;
    const { clock, log, metrics, events } = parts;
    if (settings.runnerServiceAccount === undefined) {
      log.warn(
        'SA_RUNNER is not set: runners whose config names no ServiceAccount get the default one of their namespace',
      );
    }
    const own = runMetrics(metrics.registry, metrics.queueDepth, runControllerName);
    const rate = new ReconcileRate(settings.reconcilesPerSecond, clock);
    const slots = new WorkSlots(settings.workers);
    const shared = { ...parts, settings, metrics: own, rate, slots, writeStatus: statusWriter(events, own) };
    // One watch of everything, or one per namespace: a Role allows no more.
    const namespaces = settings.watchNamespaces.length === 0 ? [undefined] : settings.watchNamespaces;
    const all = namespaces.map((namespace) => {
      const stores = runStores(manager, namespace, settings.inferenceServices);
      addControllers(manager, stores, shared);
      return stores;
    });
    metrics.beforeScrape(() => own.show(all.flatMap(({ runs }) => runs.list())));
  }

  async close(): Promise<void> {
    // Holds nothing beside its watches.
  }
}

type Shared = Omit<ConstructorParameters<typeof RunReconciler>[0], 'stores'>;

function addControllers(manager: Manager, stores: RunStores, shared: Shared): void {
  const runs = new RunReconciler({ ...shared, stores });
  const { workers, pollingSeconds } = shared.settings;
  manager.add(
    new Controller<InferenceRun>({
      name: runControllerName,
      for: stores.runs,
      watches: watchesOf(stores),
      reconcile: runs.reconcile,
      workers,
      backoff,
      resyncSeconds: Math.max(pollingSeconds, 3_600),
    }),
  );
  const configs = new ConfigReconciler({ ...shared, stores });
  stores.configs.subscribe({ deleted: configs.deleted });
  manager.add(
    new Controller({
      name: configControllerName,
      for: stores.configs,
      // The number of runs that use it.
      watches: [watching(stores.runs, (run) => [configKeyOf(run)].filter((key) => key !== undefined))],
      reconcile: configs.reconcile,
      backoff,
    }),
  );
}

/** What wakes a run besides its own changes. */
function watchesOf(stores: RunStores): readonly Watch[] {
  const { inferenceServices } = stores;
  const made = <T extends KubernetesObject>({ store }: { readonly store: Store<T> }) =>
    watching(store, (object) => keysOfMade(stores, object));
  return [
    configWatch(stores),
    made(stores.jobs),
    made(stores.cronJobs),
    made(stores.configMaps),
    made(stores.pods),
    ...(inferenceServices === undefined ? [] : [serviceWatch(stores, inferenceServices)]),
  ];
}

/** What users change of a config wakes its runs; what we say about it in its status does not. */
function configWatch({ configs, runsByConfig }: RunStores): Watch {
  const runsOf = (config: InferenceConfig) => runsByConfig.get(keyOf(config)).map(keyOf);
  return {
    store: configs,
    subscribe: (enqueue) =>
      configs.subscribe({
        added: (config, initial) => enqueue(runsOf(config), initial ? 'initial' : 'live'),
        updated: (config, previous) => {
          if (!isSameToRuns(config, previous)) enqueue(runsOf(config), 'live');
        },
        deleted: (config) => enqueue(runsOf(config), 'live'),
      }),
  };
}

function isSameToRuns({ metadata: now }: InferenceConfig, { metadata: before }: InferenceConfig): boolean {
  const allowed = runAnnotations.allowedNamespaces;
  return now.generation === before.generation && now.annotations?.[allowed] === before.annotations?.[allowed];
}

/** An InferenceService that gets its address wakes the runs of configs that name it. */
function serviceWatch<T extends KubernetesObject>({ configs, runsByConfig }: RunStores, services: Store<T>): Watch {
  const byService = configs.index('InferenceService', (config) =>
    [serviceKeyOf(config)].filter((key) => key !== undefined),
  );
  return watching(services, (service) =>
    byService.get(keyOf(service)).flatMap((config) => runsByConfig.get(keyOf(config)).map(keyOf)),
  );
}
