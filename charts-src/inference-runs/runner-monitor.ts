import type { Construct } from 'constructs';
import { metricsPath } from '../../definitions/names/controller';
import { runController, runLabels, runnerComponent, runnerMetricsPortName } from '../../definitions/names/inference';
import { PodMonitor } from '../../imports/monitoring.coreos.com';
import { inferenceRunsNames } from './names';
import type { InferenceRunsOptions } from './options';
import { watchedNamespaces } from './watched';

/** Has Prometheus scrape runners while they work; the series say which run and config they belong to. */
export function addRunnerMonitor(scope: Construct, options: InferenceRunsOptions): void {
  const { namespace, monitor, monitoring } = options;
  if (!monitor) return;
  const watched = watchedNamespaces(options);
  new PodMonitor(scope, 'RunnerMonitor', {
    metadata: { name: inferenceRunsNames(options).runnerMonitor, namespace, labels: { ...monitoring.labels } },
    spec: {
      selector: { matchLabels: { [runLabels.managedBy]: runController, [runLabels.component]: runnerComponent } },
      namespaceSelector: watched.length === 0 ? { any: true } : { matchNames: watched },
      podTargetLabels: [runLabels.run, runLabels.config],
      podMetricsEndpoints: [{ port: runnerMetricsPortName, path: metricsPath }],
    },
  });
}
