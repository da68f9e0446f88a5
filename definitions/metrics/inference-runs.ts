import type { MetricDefinition } from './metric';

/** Metrics of the controller of inference runs. */
export const inferenceRunsMetrics = {
  runs: {
    type: 'gauge',
    name: 'inference_runs',
    help: 'InferenceRuns by phase.',
    labels: ['phase'],
  },
  runSeconds: {
    type: 'histogram',
    name: 'inference_run_duration_seconds',
    help: 'Time from the first attempt of an InferenceRun until it succeeded or failed for good.',
    labels: [],
    unit: 'seconds',
    buckets: [1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400],
  },
  attempts: {
    type: 'counter',
    name: 'inference_run_attempts_total',
    help: 'Attempts and scheduled executions of InferenceRuns that ended, by outcome: succeeded, failed, lost.',
    labels: ['outcome'],
  },
  reconciles: {
    type: 'counter',
    name: 'inference_reconcile_total',
    help: 'Reconciles of InferenceRuns by result: success, requeue_after, error.',
    labels: ['result'],
  },
  reconcileSeconds: {
    type: 'histogram',
    name: 'inference_reconcile_duration_seconds',
    help: 'Time a reconcile of an InferenceRun took.',
    labels: [],
    unit: 'seconds',
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  queueDepth: {
    type: 'gauge',
    name: 'inference_queue_depth',
    help: 'InferenceRuns that wait to be worked on.',
    labels: [],
  },
  items: {
    type: 'counter',
    name: 'inference_items_total',
    help: 'Items of finished attempts by outcome, as their runners reported: succeeded, failed, skipped.',
    labels: ['outcome'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Values of the label `outcome` of attempts. */
export const attemptOutcomes = ['succeeded', 'failed', 'lost'] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** Values of the label `outcome` of items. */
export const itemOutcomes = ['succeeded', 'failed', 'skipped'] as const;
export type ItemOutcome = (typeof itemOutcomes)[number];

/** Values of the label `result`. */
export const reconcileResults = ['success', 'requeue_after', 'error'] as const;
export type ReconcileResult = (typeof reconcileResults)[number];
