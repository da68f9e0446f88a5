import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { registrySyncConfigFile, type RegistrySyncConfig } from '../../definitions/config/registry-sync';
import type { V1Service } from '@kubernetes/client-node';
import { services, type Stored } from '../../definitions/kubernetes/core-resources';
import { registrySyncLease } from '../../definitions/permissions/registry-sync';
import { inferenceServices, type InferenceService } from '../../definitions/serving/inference-service';
import type { Component, ComponentParts, ConfiguredComponent } from '../component';
import { registryConnections } from '../model-registry/registry-connections';
import { Controller, watching } from '../runtime/controller';
import { keyOf } from '../runtime/object-key';
import type { Manager } from '../runtime/manager';
import type { Store } from '../runtime/store';
import { tokenFile } from '../runtime/token-file';
import { registryMetrics } from './metrics';
import { RegistrySyncReconciler } from './reconciler';
import { Registries } from './registries';
import { registrySyncSettings } from './settings';
import { readLink } from './link';
import { Sweep } from './sweep';

/** Name of the controller in metrics and logs: upstream's, so that its dashboards fit. */
const controllerName = 'inferenceservice';

/**
 * Back-off of a key: the first retry at once, then doubling to a minute. A registry that is down is spared by its circuit breaker, so a
 * key need not wait longer to notice that it is back.
 */
const backoff = { baseMs: 5, maxMs: 60_000 };

/** `slipway registry-sync`: keeps Model Registry records in step with InferenceServices. */
// Imported when it is asked for, which the tool does not see.
// ts-unused-exports:disable-next-line
export const registrySync: Component = {
  name: 'registry-sync',
  lease: registrySyncLease,
  configFile: registrySyncConfigFile,
  configure: (file, environment) => new ConfiguredRegistrySync(registrySyncSettings(file, environment)),
};

/** How many InferenceServices carry the id of their record. */
function linkedCount(isvcs: Store<InferenceService>, { keys }: RegistrySyncConfig): number {
  return isvcs.list().filter(({ metadata }) => (metadata.labels?.[keys.inferenceServiceIdLabel] ?? '') !== '').length;
}

/** One watch of all Services with the registry label, or one per namespace in which registries are allowed. */
function serviceStores(manager: Manager, config: RegistrySyncConfig): readonly Store<Stored<V1Service>>[] {
  const { allowedRegistryNamespaces, registryServiceLabel: labelSelector } = config;
  if (allowedRegistryNamespaces.length === 0) return [manager.store(services, { labelSelector })];
  return allowedRegistryNamespaces.map((namespace) => manager.store(services, { namespace, labelSelector }));
}

class ConfiguredRegistrySync implements ConfiguredComponent {
  private readonly dispatcher;

  constructor(private readonly config: RegistrySyncConfig) {
    this.dispatcher = registryConnections({
      skipTlsVerify: config.registry.skipTlsVerify,
      caFiles: config.registry.caFiles,
      connectTimeoutSeconds: config.registry.connectTimeoutSeconds,
    });
  }

  get enabled(): boolean {
    return this.config.enabled;
  }

  addTo(manager: Manager, parts: ComponentParts): void {
    const { config, dispatcher } = this;
    const { clock, client, events, random } = parts;
    const isvcs = manager.store(inferenceServices);
    const registryServices = serviceStores(manager, config);
    const file = config.registry.tokenFile ?? join(parts.serviceAccountDirectory, 'token');
    const registry = registryMetrics(parts.metrics.registry);
    parts.metrics.beforeScrape(() => registry.setLinked(linkedCount(isvcs, config)));
    const registries = new Registries({
      config,
      dispatcher,
      // Outside of a cluster there is none; one that was asked for must be there.
      ...(config.registry.tokenFile !== undefined || existsSync(file) ? { token: tokenFile(file, clock) } : {}),
      userAgent: parts.userAgent,
      now: () => clock.monotonic(),
      observe: registry.observeRequest,
      ...(parts.beforeWrite === undefined ? {} : { beforeWrite: parts.beforeWrite }),
    });
    const reconciler = new RegistrySyncReconciler({
      config,
      client,
      inferenceServices: isvcs,
      registryServices: {
        list: (namespace) => registryServices.flatMap((store) => store.list(namespace)),
      },
      registries,
      events,
      failed: registry.failed,
      clock,
      random,
    });
    const byRegistryNamespace = isvcs.index('registry namespace', (object) => [
      readLink(object, config).registryNamespace,
    ]);
    manager.add(
      new Controller({
        name: controllerName,
        for: isvcs,
        // A registry that appears, moves or goes is news to everybody who looks for one in its namespace.
        watches: registryServices.map((store) =>
          watching(store, ({ metadata }) => byRegistryNamespace.get(metadata.namespace ?? '').map(keyOf)),
        ),
        reconcile: reconciler.reconcile,
        workers: config.workers,
        backoff,
      }),
    );
    if (config.sweep.enabled) {
      const byUid = isvcs.index('uid', ({ metadata }) => [metadata.uid ?? '']);
      const exists = (uid: string) => byUid.get(uid).length > 0;
      const sweep = new Sweep({ config, exists, registries, log: parts.log });
      manager.addPeriodic('sweep', config.sweep.intervalSeconds, sweep.run);
    }
  }

  async close(): Promise<void> {
    await this.dispatcher.close();
  }
}
