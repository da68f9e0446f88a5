import { Gauge, type Registry } from 'prom-client';
import type { InferenceRun } from '../../definitions/inference/inference-run';
import type { InferenceRunStatus } from '../../definitions/inference/inference-run-status';
import {
  attemptOutcomes,
  inferenceRunsMetrics as defined,
  itemOutcomes,
  reconcileResults,
  type AttemptOutcome,
  type ReconcileResult,
} from '../../definitions/metrics/inference-runs';
import { failureReasons, runPhases } from '../../definitions/names/inference';
import { metricsIn } from '../runtime/prometheus';
import { newRecords } from './run-events';

/** Metrics of inference runs. */
export interface RunMetrics {
  /** Counts what a change of a status tells. */
  readonly changed: (before: InferenceRunStatus, after: InferenceRunStatus, scheduled: boolean) => void;
  readonly reconciled: (result: ReconcileResult, seconds: number) => void;
  /** Brings the gauges up to date. Called before each scrape. */
  readonly show: (runs: readonly InferenceRun[]) => void;
}

/**
 * Makes the metrics; every label exists with 0 from the start.
 *
 * @param depth what the runtime counts of all queues
 * @param controller whose queue is ours
 */
export function runMetrics(registry: Registry, depth: Pick<Gauge, 'get'>, controller: string): RunMetrics {
  const { counter, gauge, histogram } = metricsIn(registry);
  const runs = gauge(defined.runs);
  const runSeconds = histogram(defined.runSeconds);
  const attempts = counter(defined.attempts);
  const reconciles = counter(defined.reconciles);
  const reconcileSeconds = histogram(defined.reconcileSeconds);
  const items = counter(defined.items);
  const { name, help } = defined.queueDepth;
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      const { values } = await depth.get();
      const ours = values.filter(({ labels }) => labels['name'] === controller || labels['controller'] === controller);
      this.set(ours.reduce((sum, { value }) => sum + value, 0));
    },
  });
  for (const outcome of attemptOutcomes) attempts.inc({ outcome }, 0);
  for (const outcome of itemOutcomes) items.inc({ outcome }, 0);
  for (const result of reconcileResults) reconciles.inc({ result }, 0);
  return {
    changed: (before, after, scheduled) => {
      const ended = newRecords(before, after);
      for (const { phase } of ended) attempts.inc({ outcome: outcomeOf(phase, after) });
      if (ended.length > 0 && after.result !== undefined) {
        for (const outcome of itemOutcomes) items.inc({ outcome }, after.result.items[outcome]);
      }
      if (!scheduled && isFinished(after) && !isFinished(before)) observeRun(after);
    },
    reconciled: (result, seconds) => {
      reconciles.inc({ result });
      reconcileSeconds.observe(seconds);
    },
    show: (all) => {
      for (const phase of runPhases) {
        runs.set({ phase }, all.filter(({ status }) => status?.phase === phase).length);
      }
    },
  };

  function observeRun({ startTime, completionTime }: InferenceRunStatus): void {
    if (startTime === undefined || completionTime === undefined) return;
    runSeconds.observe(Math.max(0, (Date.parse(completionTime) - Date.parse(startTime)) / 1000));
  }
}

/** Whether a run has ended for good. */
export function isFinished({ phase }: InferenceRunStatus): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

function outcomeOf(phase: string, { failure }: InferenceRunStatus): AttemptOutcome {
  if (phase === 'Succeeded') return 'succeeded';
  return failure?.reason === failureReasons.jobLost ? 'lost' : 'failed';
}
