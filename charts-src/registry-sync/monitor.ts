import type { Construct } from 'constructs';
import { addControllerMonitor } from '../monitoring/controller-monitor';
import { registrySyncAlerts } from './alerts';
import { metricsPort, type RegistrySyncNames } from './names';
import type { RegistrySyncOptions } from './options';
import { registrySyncPanels } from './panels';

/** ServiceMonitor, alerts and dashboard, where the options want them. */
export function addMonitor(scope: Construct, names: RegistrySyncNames, options: RegistrySyncOptions): void {
  const { monitor, monitoring, metrics, settings } = options;
  if (!monitor) return;
  const { deployment } = names;
  const { apiVersion } = settings.registry;
  addControllerMonitor(scope, {
    names,
    metricsPort: metricsPort(names, options),
    portName: metrics,
    serviceLabels: { 'app.kubernetes.io/name': names.application, 'app.kubernetes.io/instance': names.instance },
    labels: { ...names.labels, ...monitoring.labels },
    monitoring,
    alerts: (target) => registrySyncAlerts({ target, deployment, apiVersion }),
    dashboard: { title: 'Registry sync', rows: registrySyncPanels },
  });
}
