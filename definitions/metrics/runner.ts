import type { MetricDefinition } from './metric';

/** Metrics of a runner. */
export const runnerMetrics = {
  items: {
    type: 'counter',
    name: 'slipway_runner_items_total',
    help: 'Items that are done, by outcome: succeeded, failed, skipped (done by an earlier attempt).',
    labels: ['outcome'],
  },
  batches: {
    type: 'counter',
    name: 'slipway_runner_batches_total',
    help: 'Batches that were made.',
    labels: [],
  },
  batchSeconds: {
    type: 'histogram',
    name: 'slipway_runner_batch_duration_seconds',
    help: 'Time from the first request for a batch to the last answer, tries and halves included.',
    labels: [],
    unit: 'seconds',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
  },
  requests: {
    type: 'counter',
    name: 'slipway_runner_requests_total',
    help: 'Requests to the model.',
    labels: [],
  },
  retries: {
    type: 'counter',
    name: 'slipway_runner_retries_total',
    help: 'Requests to the model that were tried again.',
    labels: [],
  },
  bytes: {
    type: 'counter',
    name: 'slipway_runner_bytes_total',
    help: 'Bytes moved, by direction: in, out.',
    labels: ['direction'],
    unit: 'bytes',
  },
  inFlight: {
    type: 'gauge',
    name: 'slipway_runner_batches_in_flight',
    help: 'Batches the model is being asked about.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Labels that the series of a runner have in Prometheus from their pod: whose work it is. */
export const runnerSeriesLabels = {
  run: 'ai_krateo_io_inference_run',
  config: 'ai_krateo_io_inference_config',
} as const;

const ofPod = ['namespace', runnerSeriesLabels.run, runnerSeriesLabels.config] as const;

/** A metric of runners as Prometheus has it: with the namespace and the labels of each runner's pod. */
export function runnerSeries<D extends MetricDefinition>(
  metric: D,
): Omit<D, 'labels'> & { readonly labels: readonly (D['labels'][number] | (typeof ofPod)[number])[] } {
  return { ...metric, labels: [...metric.labels, ...ofPod] };
}
