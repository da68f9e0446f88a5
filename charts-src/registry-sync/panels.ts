import { registrySyncMetrics } from '../../definitions/metrics/registry-sync';
import { apiServerPanels, processPanels, reconcilePanels, statePanels } from '../monitoring/controller-panels';
import { queriesOf } from '../monitoring/expression';
import type { PanelRow } from '../monitoring/panel';
import type { ScrapeTarget } from '../monitoring/scrape-target';

/** What Grafana makes of it fits the resolution of the picture. */
const over = '$__rate_interval';

/** Rows of registry sync's dashboard: what users notice first. */
export function registrySyncPanels(target: ScrapeTarget): readonly PanelRow[] {
  const { max, rate, increase, quantile } = queriesOf(target);
  const { linked, requests, requestSeconds, failures, cleanupsSkipped } = registrySyncMetrics;
  return [
    {
      title: 'Registry sync',
      panels: [
        {
          title: 'InferenceServices linked',
          description: 'InferenceServices that have a record in a Model Registry.',
          shows: 'number',
          // Every pod counts all of them, standing by or not.
          queries: [{ expression: max(linked) }],
        },
        ...statePanels(target),
      ],
    },
    {
      title: 'Model Registries',
      panels: [
        {
          title: 'Registry requests by code',
          description: 'Code <error>: no answer.',
          shows: 'lines',
          queries: [{ expression: rate(requests, { by: ['method', 'code'], over }) }],
        },
        {
          title: 'Registry latency',
          description: 'From sending a request to having its whole answer.',
          shows: 'lines',
          queries: [
            { expression: quantile(0.5, requestSeconds, { by: ['method'], over }), legend: 'p50' },
            { expression: quantile(0.99, requestSeconds, { by: ['method'], over }), legend: 'p99' },
          ],
        },
        {
          title: 'Failures by reason',
          description: 'Reasons of the events on InferenceServices, which name the cause.',
          shows: 'lines',
          queries: [{ expression: increase(failures, { by: ['reason'], over }) }],
        },
        {
          title: 'Linked over time',
          description: 'A fall without deletions means that labels were taken away.',
          shows: 'lines',
          queries: [{ expression: max(linked), legend: 'linked' }],
        },
        {
          title: 'Cleanups skipped',
          description: 'Records that stay deployed in the registry although nothing serves them.',
          shows: 'lines',
          queries: [{ expression: increase(cleanupsSkipped, { over }), legend: 'skipped' }],
        },
      ],
    },
    reconcilePanels(target),
    apiServerPanels(target),
    processPanels(target),
  ];
}
