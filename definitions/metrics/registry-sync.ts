import { registryEvents } from '../names/registry-events';
import type { MetricDefinition } from './metric';

/** Metrics of the registry sync controller. */
export const registrySyncMetrics = {
  requests: {
    type: 'counter',
    name: 'slipway_registry_requests_total',
    help: 'Requests to Model Registries, by method and HTTP status; code <error> when there was no answer.',
    labels: ['method', 'code'],
  },
  requestSeconds: {
    type: 'histogram',
    name: 'slipway_registry_request_duration_seconds',
    help: 'Time from sending a request to a Model Registry to having its whole answer.',
    labels: ['method'],
    unit: 'seconds',
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
  },
  linked: {
    type: 'gauge',
    name: 'slipway_registry_sync_linked',
    help: 'InferenceServices that are linked to a record of a Model Registry.',
    labels: [],
  },
  failures: {
    type: 'counter',
    name: 'slipway_registry_sync_failures_total',
    help: 'Failures to keep a record in step, by the reason of the Warning event that tells of it.',
    labels: ['reason'],
  },
  cleanupsSkipped: {
    type: 'counter',
    name: 'slipway_registry_sync_cleanups_skipped_total',
    help: 'InferenceServices that were let go without their record being marked UNDEPLOYED.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Reasons that count as failures: those of Warning events. */
export const registryFailureReasons = [
  registryEvents.notFound,
  registryEvents.ambiguous,
  registryEvents.nameMismatch,
  registryEvents.unreachable,
  registryEvents.rejected,
  registryEvents.recordMismatch,
  registryEvents.cleanupSkipped,
] as const;
