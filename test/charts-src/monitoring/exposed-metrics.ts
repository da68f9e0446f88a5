import { targetLabels, up } from '../../../charts-src/monitoring/scrape-target';
import { runMetrics } from '../../../controllers/inference-runs/metrics';
import { registryMetrics } from '../../../controllers/registry-sync/metrics';
import { createMetrics } from '../../../controllers/runtime/metrics';
import { metricsIn } from '../../../controllers/runtime/prometheus';
import { servingMetrics } from '../../../controllers/serving/metrics';
import type { MetricDefinition } from '../../../definitions/metrics/metric';
import { modelServerMetrics } from '../../../definitions/metrics/model-servers';
import { runnerMetrics, runnerSeries } from '../../../definitions/metrics/runner';
import { webhookMetrics } from '../../../definitions/metrics/webhooks';

/** Metrics as the processes of our controllers make them: labels by name, type by name. */
export function processRegistry() {
  const { registry, queueDepth } = createMetrics({ process: true });
  registryMetrics(registry);
  runMetrics(registry, queueDepth, 'inferencerun');
  servingMetrics(registry);
  const { counter, gauge, histogram } = metricsIn(registry);
  histogram(webhookMetrics.seconds);
  for (const one of [webhookMetrics.requests, webhookMetrics.panics]) counter<string>(one);
  for (const one of [webhookMetrics.inFlight, webhookMetrics.certificateNotAfter]) gauge<string>(one);
  return registry.getMetricsAsArray().map((metric) => {
    const labels: unknown = Reflect.get(metric, 'labelNames');
    return {
      name: metric.name,
      help: metric.help,
      // The type is in the class: the array's members carry none.
      type: metric.constructor.name.toLowerCase(),
      labels: Array.isArray(labels) ? labels.map(String) : [],
    };
  });
}

type Exposed = Pick<MetricDefinition, 'name' | 'labels'> & { readonly type: string };

/** Series that a query about a controller, a runner or a model server can find, each with the labels it has in Prometheus. */
export function seriesInPrometheus(): ReadonlyMap<string, ReadonlySet<string>> {
  const exposed: readonly Exposed[] = [
    ...processRegistry(),
    ...Object.values<MetricDefinition>(modelServerMetrics),
    ...Object.values<MetricDefinition>(runnerMetrics).map(runnerSeries),
    up,
  ];
  const series = exposed.flatMap(({ name, type, labels }): [string, readonly string[]][] => {
    if (type !== 'histogram') return [[name, labels]];
    return [
      [`${name}_bucket`, [...labels, 'le']],
      [`${name}_sum`, labels],
      [`${name}_count`, labels],
    ];
  });
  const found = new Map<string, Set<string>>();
  for (const [name, labels] of series) {
    found.set(name, new Set([...(found.get(name) ?? []), ...labels, ...targetLabels]));
  }
  return found;
}
