import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metricsPorts } from '../../definitions/names/controller';
import {
  servingWebhookPort,
  servingWebhookPortName,
  servingWebhookService,
} from '../../definitions/names/serving-webhooks';
import { dnsEgress, egressTo, metricsNamespaces, tcp } from '../kubernetes/network-peers';
import { managerSelector, metricsPortName, metricsServiceLabels, servingNames as names } from './names';
import type { ServingOptions } from './options';

/** Service of the metrics, which monitors select by its label, and Service of the webhooks. */
export function addServices(scope: Construct, { namespace, metrics }: ServingOptions): void {
  new k8s.KubeService(scope, 'MetricsService', {
    metadata: { name: names.metricsService, namespace, labels: { ...metricsServiceLabels } },
    spec: {
      selector: { ...managerSelector },
      ports: [
        {
          name: metricsPortName,
          port: metricsPorts[metrics],
          targetPort: k8s.IntOrString.fromString(metricsPortName),
        },
      ],
    },
  });
  new k8s.KubeService(scope, 'WebhookService', {
    metadata: { name: servingWebhookService, namespace },
    spec: {
      selector: { ...managerSelector },
      ports: [{ port: 443, targetPort: k8s.IntOrString.fromString(servingWebhookPortName) }],
    },
  });
}

/**
 * Allows what the controller needs and nothing else: metrics and webhooks in; DNS and the API server out. Where the API server's own
 * requests come from depends on the cluster, and nobody else has a use for the webhooks: their port is open to all.
 */
export function addNetworkPolicy(scope: Construct, { namespace, networkPolicy, metrics }: ServingOptions): void {
  if (networkPolicy === undefined) return;
  new k8s.KubeNetworkPolicy(scope, 'NetworkPolicy', {
    metadata: { name: names.networkPolicy, namespace },
    spec: {
      podSelector: { matchLabels: { ...managerSelector } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [{ namespaceSelector: { matchLabels: metricsNamespaces } }], ports: [tcp(metricsPorts[metrics])] },
        { ports: [tcp(servingWebhookPort)] },
      ],
      egress: [dnsEgress, ...egressTo(networkPolicy.apiServer)],
    },
  });
}
