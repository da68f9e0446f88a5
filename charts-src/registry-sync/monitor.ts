import type { Construct } from 'constructs';
import { Alerts } from '../monitoring/alerts';
import { Dashboard } from '../monitoring/dashboard';
import { metricsCertificate } from '../monitoring/metrics-certificate';
import { ServiceMonitor } from '../monitoring/service-monitor';
import { registrySyncAlerts } from './alerts';
import { metricsPort, type RegistrySyncNames } from './names';
import type { RegistrySyncOptions } from './options';
import { registrySyncPanels } from './panels';

/** ServiceMonitor, alerts and dashboard, where the options want them. */
export function addMonitor(scope: Construct, names: RegistrySyncNames, options: RegistrySyncOptions): void {
  const { namespace, monitor, monitoring, metrics, settings } = options;
  if (!monitor) return;
  const certificate = metricsCertificate(metricsPort(names, options));
  const target = { namespace, job: names.metricsService };
  const labels = { ...names.labels, ...monitoring.labels };
  new ServiceMonitor(scope, 'ServiceMonitor', {
    name: names.serviceMonitor,
    namespace,
    labels,
    serviceLabels: { 'app.kubernetes.io/name': names.application, 'app.kubernetes.io/instance': names.instance },
    port: metrics,
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
  if (monitoring.alerts) {
    const { deployment } = names;
    const { apiVersion } = settings.registry;
    const alerts = registrySyncAlerts({ target, deployment, apiVersion });
    new Alerts(scope, 'Alerts', { name: names.alerts, target, labels, alerts });
  }
  if (monitoring.dashboard) {
    const rows = registrySyncPanels(target);
    new Dashboard(scope, 'Dashboard', { name: names.dashboard, title: 'Registry sync', target, rows });
  }
}
