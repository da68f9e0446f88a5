import { collectDefaultMetrics, Registry } from 'prom-client';
import { runtimeMetrics as defined } from '../../definitions/metrics/runtime';
import { metricsIn } from './prometheus';

/** How a reconcile ended. */
export const reconcileResults = ['success', 'error', 'requeue', 'requeue_after'] as const;
export type ReconcileOutcome = (typeof reconcileResults)[number];

/**
 * The runtime's metrics (definitions/metrics/runtime.ts). Whoever counts creates its label sets with value 0 when it starts:
 * `rate()` misses the first event of a series that appears with it.
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
  if (process) collectDefaultMetrics({ register: registry });
  const { counter, gauge, histogram } = metricsIn(registry);
  const metrics = {
    reconcileTotal: counter(defined.reconcileTotal),
    reconcileErrors: counter(defined.reconcileErrors),
    terminalErrors: counter(defined.terminalErrors),
    reconcilePanics: counter(defined.reconcilePanics),
    reconcileTimeouts: counter(defined.reconcileTimeouts),
    reconcileSeconds: histogram(defined.reconcileSeconds),
    maxWorkers: gauge(defined.maxWorkers),
    activeWorkers: gauge(defined.activeWorkers),

    queueDepth: gauge(defined.queueDepth),
    queueAdds: counter(defined.queueAdds),
    queueRetries: counter(defined.queueRetries),
    queueWaitSeconds: histogram(defined.queueWaitSeconds),
    queueWorkSeconds: histogram(defined.queueWorkSeconds),
    queueUnfinished: gauge(defined.queueUnfinished),
    queueLongest: gauge(defined.queueLongest),

    requests: counter(defined.requests),
    leader: gauge(defined.leader),

    reflectorLists: counter(defined.reflectorLists),
    reflectorRestarts: counter(defined.reflectorRestarts),
    reflectorObjects: gauge(defined.reflectorObjects),
    reflectorListed: gauge(defined.reflectorListed),
    handlerErrors: counter(defined.handlerErrors),
  } satisfies Record<keyof typeof defined, unknown>;

  const scrapes: (() => void)[] = [];
  return {
    registry,
    ...metrics,
    /** Calls back before each scrape, to bring gauges of running durations up to date. */
    beforeScrape: (update: () => void) => void scrapes.push(update),
    /** Prometheus text format. */
    text: async (): Promise<string> => {
      for (const update of scrapes) update();
      return registry.metrics();
    },
  };
}
