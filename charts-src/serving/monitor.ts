import type { Construct } from 'constructs';
import { metricsCertificate } from '../monitoring/metrics-certificate';
import { ModelPodMonitor } from '../monitoring/pod-monitor';
import { ServiceMonitor } from '../monitoring/service-monitor';
import { metricsPort, metricsPortName, metricsServiceLabels, servingNames as names } from './names';
import type { ServingOptions } from './options';

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
  new ModelPodMonitor(scope, 'PodMonitor', { name: names.podMonitor, namespace, labels });
}
