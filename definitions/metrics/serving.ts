import { servingEvents } from '../names/serving-conditions';
import type { MetricDefinition } from './metric';

/** Metrics of the serving controller. */
export const servingMetrics = {
  modelLoadSeconds: {
    type: 'histogram',
    name: 'kserve_model_load_seconds',
    help: 'Time from the start of the download of a model until its pod took requests, by InferenceService.',
    labels: ['namespace', 'name'],
    unit: 'seconds',
    buckets: [1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600],
  },
  inferenceServices: {
    type: 'gauge',
    name: 'slipway_serving_inferenceservices',
    help: 'InferenceServices by whether they are ready: true, false or unknown; those that are stopped don’t count.',
    labels: ['ready'],
  },
  notReadySeconds: {
    type: 'gauge',
    name: 'slipway_serving_not_ready_seconds',
    help: 'Time since an InferenceService has not been ready; only for those that are not, the 200 longest at most.',
    labels: ['namespace', 'name'],
    unit: 'seconds',
  },
  failures: {
    type: 'counter',
    name: 'slipway_serving_failures_total',
    help: 'Failures to serve a model, by the reason of the Warning event that tells of it.',
    labels: ['reason'],
  },
  configErrors: {
    type: 'counter',
    name: 'slipway_serving_config_errors_total',
    help: 'Documents of the ConfigMap inferenceservice-config that could not be used, by key.',
    labels: ['key'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** So many InferenceServices that are not ready are named: an outage of the storage must not flood Prometheus. */
export const namedNotReady = 200;

/** Reasons that count as failures: those of Warning events that tell of a model that is not served. */
export const servingFailureReasons = [
  servingEvents.notReady,
  servingEvents.internalError,
  servingEvents.updateFailed,
  servingEvents.modelLoadFailed,
  servingEvents.predictorPodBlocked,
  servingEvents.unsupportedDeploymentMode,
  servingEvents.configurationInvalid,
  servingEvents.childNotOurs,
] as const;

/** Values of the label `ready`. */
export const readyValues = ['true', 'false', 'unknown'] as const;
export type ReadyValue = (typeof readyValues)[number];
