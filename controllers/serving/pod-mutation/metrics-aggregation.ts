import type { V1Container, V1Pod } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { containerNames, servingAnnotations, servingPorts } from '../../../definitions/names/serving';
import { withVariables } from './container-variables';
import { withContainers } from './serving-containers';

const metricsPath = '/metrics';

/**
 * Tells a pod whether queue-proxy serves the model's metrics with its own, and Prometheus where to scrape: what the pod's annotations leave
 * open is the platform's setting.
 */
export function aggregateMetrics(pod: V1Pod, settings: InferenceServiceConfig['metricsAggregator']): V1Pod {
  const {
    [servingAnnotations.enableMetricAggregation]: aggregates = settings.enableMetricAggregation,
    [servingAnnotations.enablePrometheusScraping]: scrapes = settings.enablePrometheusScraping,
    ...others
  } = pod.metadata?.annotations ?? {};
  const port = aggregates === 'true' ? servingPorts.aggregateMetrics : servingPorts.podMetrics;
  const annotations = {
    ...others,
    [servingAnnotations.enableMetricAggregation]: aggregates,
    [servingAnnotations.enablePrometheusScraping]: scrapes,
    ...(scrapes === 'true'
      ? { [servingAnnotations.prometheusPort]: `${port}`, [servingAnnotations.prometheusPath]: metricsPath }
      : {}),
  };
  const annotated = { ...pod, metadata: { ...pod.metadata, annotations } };
  if (aggregates !== 'true' || pod.spec === undefined) return annotated;
  const spec = withContainers(pod.spec, [containerNames.queueProxy], (proxy) => aggregating(proxy, others));
  return { ...annotated, spec };
}

/** queue-proxy that serves the metrics of the container of the model too. */
function aggregating(proxy: V1Container, annotations: Readonly<Record<string, string>>): V1Container {
  const ports = proxy.ports ?? [];
  const { aggregateMetrics: containerPort } = servingPorts;
  const withEnv = withVariables(proxy, [
    {
      name: 'KSERVE_CONTAINER_PROMETHEUS_METRICS_PORT',
      value: annotations[servingAnnotations.kservePrometheusPort] ?? `${servingPorts.container}`,
    },
    {
      name: 'KSERVE_CONTAINER_PROMETHEUS_METRICS_PATH',
      value: annotations[servingAnnotations.kservePrometheusPath] ?? metricsPath,
    },
    { name: 'AGGREGATE_PROMETHEUS_METRICS_PORT', value: `${containerPort}` },
  ]);
  if (ports.some((port) => port.containerPort === containerPort)) return withEnv;
  return { ...withEnv, ports: [...ports, { name: 'aggr-metric', containerPort, protocol: 'TCP' }] };
}
