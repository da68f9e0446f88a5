import type { Construct } from 'constructs';
import type { Alert } from './alert';
import { Alerts } from './alerts';
import { Dashboard } from './dashboard';
import { metricsCertificate, type MetricsPort } from './metrics-certificate';
import type { MonitoringOptions } from './options';
import type { PanelRow } from './panel';
import type { ScrapeTarget } from './scrape-target';
import { ServiceMonitor } from './service-monitor';

/** A controller as its monitor sees it. */
export interface ControllerMonitorProps {
  readonly names: { readonly serviceMonitor: string; readonly alerts: string; readonly dashboard: string };
  readonly metricsPort: MetricsPort;
  /** Name of the Service's port. */
  readonly portName: string;
  /** Labels that the metrics Service has and no other Service of the namespace. */
  readonly serviceLabels: Readonly<Record<string, string>>;
  /** Labels of the objects, by which a Prometheus finds them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly monitoring: MonitoringOptions;
  /** Whether labels that the series bring stand where Prometheus would give some of that name. @default false */
  readonly honorLabels?: boolean;
  readonly alerts: (target: ScrapeTarget) => readonly Alert[];
  readonly dashboard: { readonly title: string; readonly rows: (target: ScrapeTarget) => readonly PanelRow[] };
}

/** ServiceMonitor of a controller and, where the options want them, alerts and dashboard. */
export function addControllerMonitor(scope: Construct, props: ControllerMonitorProps): void {
  const { names, metricsPort, portName: port, serviceLabels, labels, monitoring, honorLabels, dashboard } = props;
  const { namespace, metrics } = metricsPort;
  const certificate = metricsCertificate(metricsPort);
  const target = { namespace, job: metricsPort.service };
  new ServiceMonitor(scope, 'ServiceMonitor', {
    name: names.serviceMonitor,
    namespace,
    labels,
    serviceLabels,
    port,
    ...(honorLabels === undefined ? {} : { honorLabels }),
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
    new Alerts(scope, 'Alerts', { name: names.alerts, target, labels, alerts: props.alerts(target) });
  }
  if (monitoring.dashboard) {
    const rows = dashboard.rows(target);
    new Dashboard(scope, 'Dashboard', { name: names.dashboard, title: dashboard.title, target, rows });
  }
}
