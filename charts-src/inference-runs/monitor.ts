import type { Construct } from 'constructs';
import { addControllerMonitor } from '../monitoring/controller-monitor';
import { inferenceRunsAlerts } from './alerts';
import { inferenceRunsNames, metricsPort } from './names';
import type { InferenceRunsOptions } from './options';
import { inferenceRunsPanels } from './panels';

/** ServiceMonitor, alerts and dashboard, where the options want them. */
export function addMonitor(scope: Construct, options: InferenceRunsOptions): void {
  const { namespace, monitor, monitoring, metrics } = options;
  if (!monitor) return;
  const names = inferenceRunsNames(options);
  // The Prometheus operator calls the job of a PodMonitor so.
  const runners = { namespace, job: `${namespace}/${names.runnerMonitor}` };
  addControllerMonitor(scope, {
    names,
    metricsPort: metricsPort(options),
    portName: metrics,
    serviceLabels: names.selector,
    labels: monitoring.labels,
    monitoring,
    alerts: (target) => inferenceRunsAlerts({ target, deployment: names.deployment }),
    dashboard: { title: 'Inference runs', rows: (target) => inferenceRunsPanels(target, runners) },
  });
}
