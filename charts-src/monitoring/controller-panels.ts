import { processMetrics } from '../../definitions/metrics/process';
import { runtimeMetrics } from '../../definitions/metrics/runtime';
import { queriesOf } from './expression';
import type { Panel, PanelRow } from './panel';
import { type ScrapeTarget, up } from './scrape-target';

/** What Grafana makes of it fits the resolution of the picture. */
const over = '$__rate_interval';

/** Whether a controller works at all. */
export function statePanels(target: ScrapeTarget): readonly Panel[] {
  const { sum, min } = queriesOf(target);
  return [
    {
      title: 'Pods',
      description: 'Pods that Prometheus reaches.',
      shows: 'number',
      queries: [{ expression: sum(up) }],
      redBelow: 1,
    },
    {
      title: 'Leader',
      description: 'The pod that holds the lease and works; the others stand by.',
      shows: 'name',
      queries: [{ expression: sum(runtimeMetrics.leader, { by: ['pod'] }).above(0) }],
    },
    {
      title: 'Caches listed',
      description: '1 when every pod has listed all that it watches; before that it is not ready.',
      shows: 'number',
      queries: [{ expression: min(runtimeMetrics.reflectorListed) }],
      redBelow: 1,
    },
  ];
}

/** How a controller's work goes. */
export function reconcilePanels(target: ScrapeTarget): PanelRow {
  const { sum, rate, quantile } = queriesOf(target);
  const { reconcileTotal, reconcileSeconds, queueDepth, queueWaitSeconds, activeWorkers, maxWorkers } = runtimeMetrics;
  return {
    title: 'Reconciles',
    panels: [
      {
        title: 'Reconciles by result',
        description: 'requeue_after is the normal end of a reconcile that looks again later; error is retried.',
        shows: 'lines',
        queries: [{ expression: rate(reconcileTotal, { by: ['result'], over }) }],
      },
      {
        title: 'Reconcile latency',
        description: 'Includes the requests that the reconcile makes.',
        shows: 'lines',
        queries: [
          { expression: quantile(0.5, reconcileSeconds, { over }), legend: 'p50' },
          { expression: quantile(0.99, reconcileSeconds, { over }), legend: 'p99' },
        ],
      },
      {
        title: 'Queue depth by priority',
        description: '0: live events; -100: initial list and resync. It has to come back to 0.',
        shows: 'lines',
        queries: [{ expression: sum(queueDepth, { by: ['priority'] }) }],
      },
      {
        title: 'Time in the queue',
        description: 'How long objects wait for a worker.',
        shows: 'lines',
        queries: [
          { expression: quantile(0.5, queueWaitSeconds, { over }), legend: 'p50' },
          { expression: quantile(0.99, queueWaitSeconds, { over }), legend: 'p99' },
        ],
      },
      {
        title: 'Workers',
        description: 'Busy all the time: there is more work than workers.',
        shows: 'lines',
        queries: [
          { expression: sum(activeWorkers), legend: 'busy' },
          { expression: sum(maxWorkers, { by: ['pod'] }), legend: 'of' },
        ],
      },
    ],
  };
}

/** What a controller asks of the API server. */
export function apiServerPanels(target: ScrapeTarget): PanelRow {
  const { max, rate, increase } = queriesOf(target);
  const { requests, reflectorRestarts, reflectorObjects } = runtimeMetrics;
  return {
    title: 'API server',
    panels: [
      {
        title: 'API requests by method and code',
        description: 'Code <error>: no answer. 409 now and then is normal; 403 says that a permission is missing.',
        shows: 'lines',
        queries: [{ expression: rate(requests, { by: ['method', 'code'], over }) }],
      },
      {
        title: 'Watch restarts',
        description: 'closed is the normal end of a watch, every five minutes; expired costs a new list.',
        shows: 'lines',
        queries: [{ expression: increase(reflectorRestarts, { by: ['resource', 'reason'], over }) }],
      },
      {
        title: 'Objects in the caches',
        description: 'They decide about the memory that a pod needs.',
        shows: 'lines',
        queries: [{ expression: max(reflectorObjects, { by: ['resource'] }) }],
      },
    ],
  };
}

/** What a controller's processes use. */
export function processPanels(target: ScrapeTarget): PanelRow {
  const { sum, max, rate } = queriesOf(target);
  const by = ['pod'] as const;
  return {
    title: 'Process',
    panels: [
      {
        title: 'Memory',
        description: 'Resident memory counts against the limit of the container.',
        shows: 'lines',
        queries: [
          { expression: sum(processMetrics.residentMemory, { by }), legend: 'resident' },
          { expression: sum(processMetrics.heapUsed, { by }), legend: 'heap' },
        ],
      },
      {
        title: 'CPU',
        description: '100 % is one core.',
        shows: 'lines',
        queries: [{ expression: rate(processMetrics.cpu, { by, over }) }],
      },
      {
        title: 'Event loop lag p99',
        description: 'Seconds of lag endanger the lease: the process is starved of CPU or works on something large.',
        shows: 'lines',
        queries: [{ expression: max(processMetrics.eventLoopLagP99, { by }) }],
      },
    ],
  };
}
