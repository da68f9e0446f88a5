import { inferenceRunsMetrics } from '../../definitions/metrics/inference-runs';
import { apiServerPanels, processPanels, reconcilePanels, statePanels } from '../monitoring/controller-panels';
import { queriesOf } from '../monitoring/expression';
import type { PanelRow } from '../monitoring/panel';
import type { ScrapeTarget } from '../monitoring/scrape-target';
import { runnerPanels } from './runner-panels';

/** What Grafana makes of it fits the resolution of the picture. */
const over = '$__rate_interval';

/**
 * Rows of the dashboard of inference runs: what users notice first.
 *
 * @param target the controller
 * @param runners the pods of the Jobs
 */
export function inferenceRunsPanels(target: ScrapeTarget, runners: ScrapeTarget): readonly PanelRow[] {
  const { max, sum, rate, increase, quantile } = queriesOf(target);
  const { runs, runSeconds, attempts, items, queueDepth, reconciles, reconcileSeconds } = inferenceRunsMetrics;
  return [
    {
      title: 'Inference runs',
      panels: [
        {
          title: 'Running',
          description: 'Runs that are at work now.',
          shows: 'number',
          // Every pod counts all of them, standing by or not.
          queries: [{ expression: max(runs, { where: { phase: 'Running' } }) }],
        },
        {
          title: 'Blocked',
          description: 'Runs that can’t start: condition Synced of each says why.',
          shows: 'number',
          queries: [{ expression: max(runs, { where: { phase: 'Blocked' } }) }],
        },
        ...statePanels(target).slice(0, 2),
        {
          title: 'Runs by phase',
          description: 'Finished runs count until they are deleted.',
          shows: 'lines',
          queries: [{ expression: max(runs, { by: ['phase'] }) }],
        },
        {
          title: 'Attempts by outcome',
          description: 'lost: the Job was taken away before it ended.',
          shows: 'lines',
          queries: [{ expression: increase(attempts, { by: ['outcome'], over }) }],
        },
        {
          title: 'Duration of runs',
          description: 'From the first attempt to the end.',
          shows: 'lines',
          queries: [
            { expression: quantile(0.5, runSeconds, { over: '1h' }), legend: 'p50' },
            { expression: quantile(0.99, runSeconds, { over: '1h' }), legend: 'p99' },
          ],
        },
        {
          title: 'Items by outcome',
          description: 'As runners reported at the end of each attempt; failed ones are in the dead letters.',
          shows: 'lines',
          queries: [{ expression: increase(items, { by: ['outcome'], over }) }],
        },
      ],
    },
    {
      title: 'Work on runs',
      panels: [
        {
          title: 'Runs that wait',
          description: 'It has to come back to 0; if not, raise the setting workers.',
          shows: 'lines',
          queries: [{ expression: sum(queueDepth), legend: 'waiting' }],
        },
        {
          title: 'Reconciles of runs by result',
          description: 'error is retried, ever more slowly.',
          shows: 'lines',
          queries: [{ expression: rate(reconciles, { by: ['result'], over }) }],
        },
        {
          title: 'Reconcile latency of runs',
          description: 'Includes the requests that the reconcile makes.',
          shows: 'lines',
          queries: [
            { expression: quantile(0.5, reconcileSeconds, { over }), legend: 'p50' },
            { expression: quantile(0.99, reconcileSeconds, { over }), legend: 'p99' },
          ],
        },
      ],
    },
    runnerPanels(runners),
    reconcilePanels(target),
    apiServerPanels(target),
    processPanels(target),
  ];
}
