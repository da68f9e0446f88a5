import type { MetricDefinition } from './metric';

/** Metrics that prom-client makes of any process: those that alerts and dashboards show. */
export const processMetrics = {
  cpu: {
    type: 'counter',
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    labels: [],
    unit: 'seconds',
  },
  residentMemory: {
    type: 'gauge',
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    labels: [],
    unit: 'bytes',
  },
  heapUsed: {
    type: 'gauge',
    name: 'nodejs_heap_size_used_bytes',
    help: 'Process heap size used from Node.js in bytes.',
    labels: [],
    unit: 'bytes',
  },
  eventLoopLagP99: {
    type: 'gauge',
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: 'The 99th percentile of the recorded event loop delays.',
    labels: [],
    unit: 'seconds',
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
