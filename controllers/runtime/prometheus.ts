import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CounterDefinition, GaugeDefinition, HistogramDefinition } from '../../definitions/metrics/metric';

/** Makes metrics of one registry from their definitions. */
export function metricsIn(registry: Registry) {
  const registers = [registry];
  return {
    counter: <L extends string>({ name, help, labels }: CounterDefinition<L>) =>
      new Counter<L>({ name, help, labelNames: labels.slice(), registers }),
    gauge: <L extends string>({ name, help, labels }: GaugeDefinition<L>) =>
      new Gauge<L>({ name, help, labelNames: labels.slice(), registers }),
    histogram: <L extends string>({ name, help, labels, buckets }: HistogramDefinition<L>) =>
      new Histogram<L>({ name, help, labelNames: labels.slice(), buckets: buckets.slice(), registers }),
  };
}
