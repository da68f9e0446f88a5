import type { Registry } from 'prom-client';
import { registryFailureReasons, registrySyncMetrics as defined } from '../../definitions/metrics/registry-sync';
import { registryEvents, type RegistryEventReason } from '../../definitions/names/registry-events';
import type { RegistryTransportOptions } from '../model-registry/registry-transport';
import { metricsIn } from '../runtime/prometheus';

/** Metrics of registry sync: the calls to registries and what came of them. */
export interface RegistryMetrics {
  readonly observeRequest: NonNullable<RegistryTransportOptions['observe']>;
  /** Says how many InferenceServices carry the id of their record. Called before each scrape. */
  readonly setLinked: (count: number) => void;
  /** Counts a failure each time its Warning event is recorded, also where the event itself is only counted up. */
  readonly failed: (reason: RegistryEventReason) => void;
}

const methods = ['GET', 'POST', 'PATCH'];

/** Makes the metrics; every method and every reason of a failure exists with 0 from the start. */
export function registryMetrics(registry: Registry): RegistryMetrics {
  const { counter, gauge, histogram } = metricsIn(registry);
  const requests = counter(defined.requests);
  const seconds = histogram(defined.requestSeconds);
  const linked = gauge(defined.linked);
  const failures = counter(defined.failures);
  const cleanupsSkipped = counter(defined.cleanupsSkipped);
  for (const method of methods) {
    requests.inc({ method, code: '200' }, 0);
    requests.inc({ method, code: '<error>' }, 0);
    seconds.zero({ method });
  }
  for (const reason of registryFailureReasons) failures.inc({ reason }, 0);
  return {
    observeRequest: ({ method, code, seconds: taken }) => {
      requests.inc({ method, code });
      seconds.observe({ method }, taken);
    },
    setLinked: (count) => linked.set(count),
    failed: (reason) => {
      failures.inc({ reason });
      if (reason === registryEvents.cleanupSkipped) cleanupsSkipped.inc();
    },
  };
}
