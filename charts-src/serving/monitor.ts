import type { Construct } from 'constructs';
import { Alerts } from '../monitoring/alerts';
import { Dashboard } from '../monitoring/dashboard';
import { metricsCertificate } from '../monitoring/metrics-certificate';
import { ModelPodMonitor } from '../monitoring/pod-monitor';
import { ServiceMonitor } from '../monitoring/service-monitor';
import { servingAlerts } from './alerts';
import { modelPanels, modelVariables } from './model-panels';
import { metricsPort, metricsPortName, metricsServiceLabels, servingNames as names } from './names';
import type { ServingOptions } from './options';
import { servingPanels } from './panels';

/** Monitors of the manager and of models, alerts and dashboards, where the options want them. */
export function addMonitor(scope: Construct, options: ServingOptions): void {
  const { namespace, monitor, monitoring, metrics } = options;
  if (!monitor) return;
  const certificate = metricsCertificate(metricsPort(options));
  const { labels } = monitoring;
  new ServiceMonitor(scope, 'ServiceMonitor', {
    name: names.serviceMonitor,
    namespace,
    labels,
    serviceLabels: metricsServiceLabels,
    port: metricsPortName,
    // Load times are told by namespace and name of the InferenceService.
    honorLabels: true,
    ...(metrics === 'https'
      ? {
          https:
            certificate === undefined
              ? {}
              : {
                  authority: { secretName: certificate.secretName, key: 'ca.crt', serverName: certificate.serverName },
                },
        }
      : {}),
  });
  const target = { namespace, job: names.metricsService };
  if (monitoring.alerts) {
    new Alerts(scope, 'Alerts', { name: names.alerts, target, labels, alerts: servingAlerts(target) });
  }
  if (monitoring.dashboard) {
    const rows = servingPanels(target);
    new Dashboard(scope, 'Dashboard', { name: names.dashboard, title: 'Model serving', target, rows });
    // The Prometheus operator calls the job of a PodMonitor so.
    const models = { namespace, job: `${namespace}/${names.podMonitor}` };
    new Dashboard(scope, 'ModelDashboard', {
      name: names.modelDashboard,
      title: 'Models',
      target: models,
      rows: modelPanels(models, target),
      variables: modelVariables(models),
    });
  }
  new ModelPodMonitor(scope, 'PodMonitor', { name: names.podMonitor, namespace, labels });
}
