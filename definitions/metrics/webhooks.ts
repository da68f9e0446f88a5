import type { MetricDefinition } from './metric';

/** Bounds of controller-runtime's histogram of webhook times: Prometheus's defaults. */
const latencySeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics of admission webhooks: controller-runtime's names and labels; `webhook` is the path. */
export const webhookMetrics = {
  requests: {
    type: 'counter',
    name: 'controller_runtime_webhook_requests_total',
    help: 'Admission reviews by webhook and status: 200 allowed, 403 refused, 400 and 413 not understood, 500 failed.',
    labels: ['webhook', 'code'],
  },
  seconds: {
    type: 'histogram',
    name: 'controller_runtime_webhook_latency_seconds',
    help: 'Time from the head of a request until its answer is written.',
    labels: ['webhook'],
    unit: 'seconds',
    buckets: latencySeconds,
  },
  inFlight: {
    type: 'gauge',
    name: 'controller_runtime_webhook_requests_in_flight',
    help: 'Reviews that are being worked on.',
    labels: ['webhook'],
  },
  panics: {
    type: 'counter',
    name: 'controller_runtime_webhook_panics_total',
    help: 'Reviews that ended in a programming error.',
    labels: [],
  },
  certificateNotAfter: {
    type: 'gauge',
    name: 'slipway_webhook_certificate_not_after_seconds',
    help: 'When the certificate that is served now ends, seconds since the epoch; 0 before there is one.',
    labels: [],
    unit: 'seconds',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
