import { Construct } from 'constructs';
import {
  containerNames,
  inferenceServiceLabel,
  servingAnnotations,
  servingLabels,
} from '../../definitions/names/serving';
import {
  PodMonitor as PodMonitorObject,
  type PodMonitorSpecPodMetricsEndpointsRelabelings,
  PodMonitorSpecPodMetricsEndpointsRelabelingsAction as Action,
} from '../../imports/monitoring.coreos.com';

export interface ModelPodMonitorProps {
  readonly name: string;
  readonly namespace: string;
  /** Labels of the object, by which a Prometheus finds it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Names that Prometheus makes of label and annotation keys. */
const sanitized = (key: string) => key.replaceAll(/[^a-zA-Z0-9_]/g, '_');
const annotation = (key: string) => `__meta_kubernetes_pod_annotation_${sanitized(key)}`;

/** Labels of pods that their series carry. */
const podLabels = [inferenceServiceLabel, servingLabels.component];

/** Pods say by annotations of their runtime where their metrics are: one target for each container that serves. */
const relabelings: readonly PodMonitorSpecPodMetricsEndpointsRelabelings[] = [
  {
    action: Action.KEEP,
    sourceLabels: ['__meta_kubernetes_pod_container_name'],
    regex: [containerNames.main, containerNames.transformer].join('|'),
  },
  {
    action: Action.KEEP,
    sourceLabels: [annotation(servingAnnotations.kservePrometheusPort)],
    regex: '\\d+',
  },
  {
    action: Action.REPLACE,
    sourceLabels: ['__meta_kubernetes_pod_ip', annotation(servingAnnotations.kservePrometheusPort)],
    regex: '(.+);(\\d+)',
    replacement: '$1:$2',
    targetLabel: '__address__',
  },
  {
    action: Action.REPLACE,
    sourceLabels: [annotation(servingAnnotations.kservePrometheusPath)],
    regex: '(.+)',
    targetLabel: '__metrics_path__',
  },
];

/** Has Prometheus scrape the pods of all InferenceServices. */
export class ModelPodMonitor extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, labels }: ModelPodMonitorProps) {
    super(scope, id);
    new PodMonitorObject(this, 'Monitor', {
      metadata: { name, namespace, labels: { ...labels } },
      spec: {
        selector: { matchExpressions: [{ key: inferenceServiceLabel, operator: 'Exists' }] },
        namespaceSelector: { any: true },
        podTargetLabels: podLabels,
        podMetricsEndpoints: [{ relabelings: [...relabelings] }],
      },
    });
  }
}
