import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Bounds of controller-runtime's histogram of reconcile times: 40, from 5 ms to 60 s. */
const reconcileSeconds = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** Bounds of controller-runtime's queue histograms: powers of ten from 10 ns to 1000 s. */
const queueSeconds = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];

/** How a reconcile ended. */
export const reconcileResults = ['success', 'error', 'requeue', 'requeue_after'] as const;
export type ReconcileOutcome = (typeof reconcileResults)[number];

/**
 * The runtime's metrics under controller-runtime's names and labels, so that its dashboards and alerts work, plus those of
 * the reflectors. Whoever counts creates its label sets with value 0 when it starts: `rate()` misses the first event of a
 * series that appears with it.
 */
export type RuntimeMetrics = ReturnType<typeof createMetrics>;

/** Where the metrics of a process come together. */
export interface MetricsOptions {
  /** Whether memory, CPU and event loop of this process are measured too. */
  readonly process: boolean;
}

/** Makes the metrics in a registry of their own: two managers in one process don't count together. */
export function createMetrics({ process }: MetricsOptions) {
  const registry = new Registry();
  const registers = [registry];
  if (process) collectDefaultMetrics({ register: registry });

  const reconcile = <L extends string>(name: string, help: string, ...labels: L[]) =>
    new Counter({ name: `controller_runtime_${name}`, help, labelNames: ['controller', ...labels], registers });
  const workers = (name: string, help: string) =>
    new Gauge({ name: `controller_runtime_${name}`, help, labelNames: ['controller'], registers });
  const queueCounter = (name: string, help: string) =>
    new Counter({ name: `workqueue_${name}`, help, labelNames: ['name', 'controller'], registers });
  const queueHistogram = (name: string, help: string) =>
    new Histogram({
      name: `workqueue_${name}`,
      help,
      labelNames: ['name', 'controller'],
      buckets: queueSeconds,
      registers,
    });
  const scrapes: (() => void)[] = [];
  const queueGauge = (name: string, help: string) =>
    new Gauge({ name: `workqueue_${name}`, help, labelNames: ['name', 'controller'], registers });

  return {
    registry,
    reconcileTotal: reconcile('reconcile_total', 'Reconciles by controller and result.', 'result'),
    reconcileErrors: reconcile('reconcile_errors_total', 'Reconciles that ended in an error.'),
    terminalErrors: reconcile(
      'terminal_reconcile_errors_total',
      'Reconciles that ended in an error not to be retried.',
    ),
    reconcilePanics: reconcile('reconcile_panics_total', 'Reconciles that ended in a programming error.'),
    reconcileTimeouts: reconcile('reconcile_timeouts_total', 'Reconciles that ran into their time-out.'),
    reconcileSeconds: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'Time a reconcile took.',
      labelNames: ['controller'],
      buckets: reconcileSeconds,
      registers,
    }),
    maxWorkers: workers('max_concurrent_reconciles', 'Workers of a controller.'),
    activeWorkers: workers('active_workers', 'Workers of a controller that are busy.'),

    queueDepth: new Gauge({
      name: 'workqueue_depth',
      help: 'Keys that wait to be worked on; priority 0: live events, -100: initial list and resync.',
      labelNames: ['name', 'controller', 'priority'],
      registers,
    }),
    queueAdds: queueCounter('adds_total', 'Keys added to the queue.'),
    queueRetries: queueCounter('retries_total', 'Keys added again because of an error.'),
    queueWaitSeconds: queueHistogram('queue_duration_seconds', 'Time a key waited in the queue.'),
    queueWorkSeconds: queueHistogram('work_duration_seconds', 'Time a key was worked on.'),
    queueUnfinished: queueGauge('unfinished_work_seconds', 'Time that work now in progress has taken, summed up.'),
    queueLongest: queueGauge('longest_running_processor_seconds', 'Time the longest work now in progress has taken.'),

    requests: new Counter({
      name: 'rest_client_requests_total',
      help: 'Requests to the API server by status code, method and host; code <error>: no answer.',
      labelNames: ['code', 'method', 'host'],
      registers,
    }),
    leader: new Gauge({
      name: 'leader_election_master_status',
      help: 'Whether this process holds the lease: 1, else 0.',
      labelNames: ['name'],
      registers,
    }),

    reflectorLists: new Counter({
      name: 'reflector_lists_total',
      help: 'Complete lists taken over into the store.',
      labelNames: ['resource'],
      registers,
    }),
    reflectorRestarts: new Counter({
      name: 'reflector_watch_restarts_total',
      help: 'Watches that ended, by why: closed, idle, expired, error.',
      labelNames: ['resource', 'reason'],
      registers,
    }),
    reflectorObjects: new Gauge({
      name: 'reflector_objects',
      help: 'Objects in the store.',
      labelNames: ['resource'],
      registers,
    }),
    reflectorListed: new Gauge({
      name: 'reflector_listed',
      help: 'Whether the store has been filled at least once: 1, else 0.',
      labelNames: ['resource'],
      registers,
    }),
    handlerErrors: new Counter({
      name: 'reflector_handler_errors_total',
      help: 'Errors thrown by handlers of store events.',
      labelNames: ['resource'],
      registers,
    }),

    /** Calls back before each scrape, to bring gauges of running durations up to date. */
    beforeScrape: (update: () => void) => void scrapes.push(update),
    /** Prometheus text format. */
    text: async (): Promise<string> => {
      for (const update of scrapes) update();
      return registry.metrics();
    },
  };
}
