import { collectDefaultMetrics, Registry } from 'prom-client';
import { runnerMetrics as defined } from '../../definitions/metrics/runner';
import type { MetricsOptions } from '../runtime/metrics';
import { metricsIn } from '../runtime/prometheus';

/** Sums that are counted elsewhere and read when somebody looks. */
export interface RunnerSums {
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly batches: number;
  readonly requests: number;
  readonly retries: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Metrics of a run. */
export interface RunnerMetrics {
  /** More or fewer batches in flight. */
  inFlight(difference: 1 | -1): void;
  batchSeconds(seconds: number): void;
  /** Prometheus text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

/**
 * Makes the metrics, every series with 0.
 *
 * @param options `process`: whether memory, CPU and event loop of this process are measured too
 */
export function createRunnerMetrics(sums: () => RunnerSums, options: MetricsOptions): RunnerMetrics {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry });
  const { counter, gauge, histogram } = metricsIn(registry);
  const items = counter(defined.items);
  const batches = counter(defined.batches);
  const requests = counter(defined.requests);
  const retries = counter(defined.retries);
  const bytes = counter(defined.bytes);
  const seconds = histogram(defined.batchSeconds);
  const inFlight = gauge(defined.inFlight);
  seconds.zero({});
  const update = () => {
    const now = sums();
    for (const one of [items, batches, requests, retries, bytes]) one.reset();
    items.inc({ outcome: 'succeeded' }, now.succeeded);
    items.inc({ outcome: 'failed' }, now.failed);
    items.inc({ outcome: 'skipped' }, now.skipped);
    batches.inc(now.batches);
    requests.inc(now.requests);
    retries.inc(now.retries);
    bytes.inc({ direction: 'in' }, now.bytesIn);
    bytes.inc({ direction: 'out' }, now.bytesOut);
  };
  return {
    inFlight: (difference) => inFlight.inc(difference),
    batchSeconds: (taken) => seconds.observe(taken),
    text: async () => {
      update();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
