import type { MetricDefinition } from './metric';

/** Bounds of controller-runtime's histogram of reconcile times: 40, from 5 ms to 60 s. */
const reconcileSeconds = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** Bounds of controller-runtime's queue histograms: powers of ten from 10 ns to 1000 s. */
const queueSeconds = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];

/**
 * Metrics of every controller process: controller-runtime's names and labels, so that its dashboards and alerts work,
 * plus those of the reflectors.
 */
export const runtimeMetrics = {
  reconcileTotal: {
    type: 'counter',
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciles by controller and result.',
    labels: ['controller', 'result'],
  },
  reconcileErrors: {
    type: 'counter',
    name: 'controller_runtime_reconcile_errors_total',
    help: 'Reconciles that ended in an error.',
    labels: ['controller'],
  },
  terminalErrors: {
    type: 'counter',
    name: 'controller_runtime_terminal_reconcile_errors_total',
    help: 'Reconciles that ended in an error not to be retried.',
    labels: ['controller'],
  },
  reconcilePanics: {
    type: 'counter',
    name: 'controller_runtime_reconcile_panics_total',
    help: 'Reconciles that ended in a programming error.',
    labels: ['controller'],
  },
  reconcileTimeouts: {
    type: 'counter',
    name: 'controller_runtime_reconcile_timeouts_total',
    help: 'Reconciles that ran into their time-out.',
    labels: ['controller'],
  },
  reconcileSeconds: {
    type: 'histogram',
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Time a reconcile took.',
    labels: ['controller'],
    unit: 'seconds',
    buckets: reconcileSeconds,
  },
  maxWorkers: {
    type: 'gauge',
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Workers of a controller.',
    labels: ['controller'],
  },
  activeWorkers: {
    type: 'gauge',
    name: 'controller_runtime_active_workers',
    help: 'Workers of a controller that are busy.',
    labels: ['controller'],
  },

  queueDepth: {
    type: 'gauge',
    name: 'workqueue_depth',
    help: 'Keys that wait to be worked on; priority 0: live events, -100: initial list and resync.',
    labels: ['name', 'controller', 'priority'],
  },
  queueAdds: {
    type: 'counter',
    name: 'workqueue_adds_total',
    help: 'Keys added to the queue.',
    labels: ['name', 'controller'],
  },
  queueRetries: {
    type: 'counter',
    name: 'workqueue_retries_total',
    help: 'Keys added again because of an error.',
    labels: ['name', 'controller'],
  },
  queueWaitSeconds: {
    type: 'histogram',
    name: 'workqueue_queue_duration_seconds',
    help: 'Time a key waited in the queue.',
    labels: ['name', 'controller'],
    unit: 'seconds',
    buckets: queueSeconds,
  },
  queueWorkSeconds: {
    type: 'histogram',
    name: 'workqueue_work_duration_seconds',
    help: 'Time a key was worked on.',
    labels: ['name', 'controller'],
    unit: 'seconds',
    buckets: queueSeconds,
  },
  queueUnfinished: {
    type: 'gauge',
    name: 'workqueue_unfinished_work_seconds',
    help: 'Time that work now in progress has taken, summed up.',
    labels: ['name', 'controller'],
    unit: 'seconds',
  },
  queueLongest: {
    type: 'gauge',
    name: 'workqueue_longest_running_processor_seconds',
    help: 'Time the longest work now in progress has taken.',
    labels: ['name', 'controller'],
    unit: 'seconds',
  },

  requests: {
    type: 'counter',
    name: 'rest_client_requests_total',
    help: 'Requests to the API server by status code, method and host; code <error>: no answer.',
    labels: ['code', 'method', 'host'],
  },
  leader: {
    type: 'gauge',
    name: 'leader_election_master_status',
    help: 'Whether this process holds the lease: 1, else 0.',
    labels: ['name'],
  },

  reflectorLists: {
    type: 'counter',
    name: 'reflector_lists_total',
    help: 'Complete lists taken over into the store.',
    labels: ['resource'],
  },
  reflectorRestarts: {
    type: 'counter',
    name: 'reflector_watch_restarts_total',
    help: 'Watches that ended, by why: closed, idle, expired, error.',
    labels: ['resource', 'reason'],
  },
  reflectorObjects: {
    type: 'gauge',
    name: 'reflector_objects',
    help: 'Objects in the store.',
    labels: ['resource'],
  },
  reflectorListed: {
    type: 'gauge',
    name: 'reflector_listed',
    help: 'Whether the store has been filled at least once: 1, else 0.',
    labels: ['resource'],
  },
  handlerErrors: {
    type: 'counter',
    name: 'reflector_handler_errors_total',
    help: 'Errors thrown by handlers of store events.',
    labels: ['resource'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
