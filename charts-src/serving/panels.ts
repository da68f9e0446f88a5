import { servingMetrics } from '../../definitions/metrics/serving';
import { webhookMetrics } from '../../definitions/metrics/webhooks';
import { apiServerPanels, processPanels, reconcilePanels, statePanels } from '../monitoring/controller-panels';
import { queriesOf } from '../monitoring/expression';
import type { PanelRow } from '../monitoring/panel';
import type { ScrapeTarget } from '../monitoring/scrape-target';

/** What Grafana makes of it fits the resolution of the picture. */
const over = '$__rate_interval';

/** Rows of the dashboard of all models: what users notice first. */
export function servingPanels(target: ScrapeTarget): readonly PanelRow[] {
  const { max, min, sum, rate, increase, quantile } = queriesOf(target);
  const { inferenceServices, modelLoadSeconds, failures, configErrors } = servingMetrics;
  const models = { by: ['namespace', 'name'] as const, over: '1h' } as const;
  return [
    {
      title: 'Models',
      panels: [
        {
          title: 'Ready',
          description: 'InferenceServices that are ready.',
          shows: 'number',
          // Every pod counts all of them, standing by or not.
          queries: [{ expression: max(inferenceServices, { where: { ready: 'true' } }) }],
        },
        {
          title: 'Not ready',
          description: 'InferenceServices whose condition Ready is False; those that rest on purpose are not counted.',
          shows: 'number',
          queries: [{ expression: max(inferenceServices, { where: { ready: 'false' } }) }],
        },
        ...statePanels(target).slice(0, 2),
        {
          title: 'InferenceServices by readiness',
          description: 'unknown: on the way.',
          shows: 'lines',
          queries: [{ expression: max(inferenceServices, { by: ['ready'] }) }],
        },
        {
          title: 'Model load time',
          description: 'From the start of the download until the pod took requests, by InferenceService.',
          shows: 'lines',
          queries: [
            { expression: quantile(0.5, modelLoadSeconds, models), legend: 'p50' },
            { expression: quantile(0.99, modelLoadSeconds, models), legend: 'p99' },
          ],
        },
        {
          title: 'Failures by reason',
          description: 'Reasons of the events on InferenceServices, which name the cause.',
          shows: 'lines',
          queries: [{ expression: increase(failures, { by: ['reason'], over }) }],
        },
      ],
    },
    {
      title: 'Webhooks',
      panels: [
        {
          title: 'Reviews by webhook and code',
          description: '403: an object was refused. 500: the webhook failed.',
          shows: 'lines',
          queries: [{ expression: rate(webhookMetrics.requests, { by: ['webhook', 'code'], over }) }],
        },
        {
          title: 'Review latency',
          description: 'Users wait that much longer for each write.',
          shows: 'lines',
          queries: [
            { expression: quantile(0.5, webhookMetrics.seconds, { by: ['webhook'], over }), legend: 'p50' },
            { expression: quantile(0.99, webhookMetrics.seconds, { by: ['webhook'], over }), legend: 'p99' },
          ],
        },
        {
          title: 'Reviews in flight',
          description: 'It has to come back to 0.',
          shows: 'lines',
          queries: [{ expression: sum(webhookMetrics.inFlight, { by: ['webhook'] }) }],
        },
        {
          title: 'Time until the certificate ends',
          description: 'It grows again when the certificate is renewed, long before 0.',
          shows: 'lines',
          queries: [{ expression: min(webhookMetrics.certificateNotAfter, { by: ['pod'] }).fromNow() }],
        },
        {
          title: 'Settings that can’t be used',
          description: 'Keys of the ConfigMap inferenceservice-config; the last good document of a key stays in force.',
          shows: 'lines',
          queries: [{ expression: increase(configErrors, { by: ['key'], over }) }],
        },
      ],
    },
    reconcilePanels(target),
    apiServerPanels(target),
    processPanels(target),
  ];
}
