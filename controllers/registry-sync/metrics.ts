import { Counter, Histogram, type Registry } from 'prom-client';
import type { RegistryClientOptions } from '../model-registry/registry-client';

/** Metrics of the calls to registries. */
export interface RegistryMetrics {
  readonly observeRequest: NonNullable<RegistryClientOptions['observe']>;
}

const methods = ['GET', 'POST', 'PATCH'];

/** Makes the metrics; every method exists with 0 from the start. */
export function registryMetrics(registry: Registry): RegistryMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'slipway_registry_requests_total',
    help: 'Requests to Model Registries, by method and HTTP status; code <error> when there was no answer.',
    labelNames: ['method', 'code'],
    registers,
  });
  const seconds = new Histogram({
    name: 'slipway_registry_request_duration_seconds',
    help: 'Time from sending a request to a Model Registry to having its whole answer.',
    labelNames: ['method'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    registers,
  });
  for (const method of methods) {
    requests.inc({ method, code: '200' }, 0);
    seconds.zero({ method });
  }
  return {
    observeRequest: ({ method, code, seconds: taken }) => {
      requests.inc({ method, code });
      seconds.observe({ method }, taken);
    },
  };
}
