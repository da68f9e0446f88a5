import type { GaugeDefinition } from '../../definitions/metrics/metric';

/** Whose metrics a query reads. */
export interface ScrapeTarget {
  readonly namespace: string;
  /** Name of the metrics Service: the Prometheus operator makes the label `job` of it. */
  readonly job: string;
}

/** Labels that the Prometheus operator's scrape configuration puts on every series of a ServiceMonitor. */
export const targetLabels = ['namespace', 'job', 'service', 'pod', 'container', 'endpoint', 'instance'] as const;
export type TargetLabel = (typeof targetLabels)[number];

/** Prometheus' own word on a target. */
export const up = {
  type: 'gauge',
  name: 'up',
  help: 'Whether the last scrape succeeded: 1, else 0.',
  labels: [],
} as const satisfies GaugeDefinition;
