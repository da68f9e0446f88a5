import type { Registry } from 'prom-client';
import { type ConfigKey, inferenceServiceConfigSchemas } from '../../definitions/config/inference-service-config';
import {
  readyValues,
  type ReadyValue,
  servingFailureReasons,
  servingMetrics as defined,
} from '../../definitions/metrics/serving';
import { metricsIn } from '../runtime/prometheus';
import type { LoadObserver } from './status/model-load';
import type { NotReady } from './status/not-ready';

const failureReasons: readonly string[] = servingFailureReasons;

/** Metrics of the serving controller. */
export interface ServingMetrics {
  /** Counts a load of a model. */
  readonly observeLoad: LoadObserver;
  /** Ends the series of an InferenceService that is gone. */
  readonly forget: (labels: Parameters<LoadObserver>[0]) => void;
  /** Says how many InferenceServices are ready. Called before each scrape. */
  readonly setReady: (counts: Readonly<Record<ReadyValue, number>>) => void;
  /** Says which InferenceServices are not ready, and for how long. Called before each scrape. */
  readonly setNotReady: (services: readonly NotReady[]) => void;
  /** Counts a failure each time its Warning event is recorded, also where the event itself is only counted up; other events don't count. */
  readonly failed: (reason: string) => void;
  /** Counts a document of the ConfigMap that can't be used. */
  readonly configInvalid: (key: ConfigKey) => void;
}

/** Makes the metrics; every key and every value of `ready` exists with 0 from the start. */
export function servingMetrics(registry: Registry): ServingMetrics {
  const { counter, gauge, histogram } = metricsIn(registry);
  const loads = histogram(defined.modelLoadSeconds);
  const services = gauge(defined.inferenceServices);
  const notReady = gauge(defined.notReadySeconds);
  const failures = counter(defined.failures);
  const configErrors = counter(defined.configErrors);
  for (const reason of servingFailureReasons) failures.inc({ reason }, 0);
  for (const ready of readyValues) services.set({ ready }, 0);
  for (const key of Object.keys(inferenceServiceConfigSchemas)) configErrors.inc({ key }, 0);
  return {
    observeLoad: ({ namespace, name }, seconds) => loads.observe({ namespace, name }, seconds),
    forget: ({ namespace, name }) => loads.remove({ namespace, name }),
    setReady: (counts) => {
      for (const ready of readyValues) services.set({ ready }, counts[ready]);
    },
    setNotReady: (services) => {
      notReady.reset();
      for (const { namespace, name, seconds } of services) notReady.set({ namespace, name }, seconds);
    },
    failed: (reason) => {
      if (failureReasons.includes(reason)) failures.inc({ reason });
    },
    configInvalid: (key) => configErrors.inc({ key }),
  };
}
