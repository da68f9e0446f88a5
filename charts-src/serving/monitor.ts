import type { Construct } from 'constructs';
import { addControllerMonitor } from '../monitoring/controller-monitor';
import { Dashboard } from '../monitoring/dashboard';
import { ModelPodMonitor } from '../monitoring/pod-monitor';
import { servingAlerts } from './alerts';
import { modelPanels, modelVariables } from './model-panels';
import { metricsPort, metricsPortName, metricsServiceLabels, servingNames as names } from './names';
import type { ServingOptions } from './options';
import { servingPanels } from './panels';

/** Monitors of the manager and of models, alerts and dashboards, where the options want them. */
export function addMonitor(scope: Construct, options: ServingOptions): void {
  const { namespace, monitor, monitoring } = options;
  if (!monitor) return;
  const { labels } = monitoring;
  addControllerMonitor(scope, {
    names,
    metricsPort: metricsPort(options),
    portName: metricsPortName,
    serviceLabels: metricsServiceLabels,
    labels,
    monitoring,
    // Load times are told by namespace and name of the InferenceService.
    honorLabels: true,
    alerts: servingAlerts,
    dashboard: { title: 'Model serving', rows: servingPanels },
  });
  if (monitoring.dashboard) {
    // The Prometheus operator calls the job of a PodMonitor so.
    const models = { namespace, job: `${namespace}/${names.podMonitor}` };
    new Dashboard(scope, 'ModelDashboard', {
      name: names.modelDashboard,
      title: 'Models',
      target: models,
      rows: modelPanels(models, { namespace, job: names.metricsService }),
      variables: modelVariables(models),
    });
  }
  new ModelPodMonitor(scope, 'PodMonitor', { name: names.podMonitor, namespace, labels });
}
