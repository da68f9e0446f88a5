import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metricsPorts } from '../../definitions/names/controller';
import { registryServerLabel } from '../../definitions/names/model-registry';
import { dnsEgress, egressTo, metricsNamespaces, podsIn, tcp } from '../kubernetes/network-peers';
import type { RegistrySyncNames } from './names';
import type { RegistrySyncOptions } from './options';

/** The metrics Service, which the ServiceMonitor selects by its labels. */
export function addMetricsService(
  scope: Construct,
  names: RegistrySyncNames,
  { namespace, metrics }: RegistrySyncOptions,
): void {
  new k8s.KubeService(scope, 'MetricsService', {
    metadata: { name: names.metricsService, namespace, labels: { ...names.labels } },
    spec: {
      selector: { ...names.selector },
      ports: [
        { name: metrics, port: metricsPorts[metrics], targetPort: k8s.IntOrString.fromNumber(metricsPorts[metrics]) },
      ],
    },
  });
}

/** Allows what the controller needs and nothing else: metrics in; DNS, the API server and registries out. */
export function addNetworkPolicy(
  scope: Construct,
  names: RegistrySyncNames,
  { namespace, networkPolicy, metrics }: RegistrySyncOptions,
): void {
  if (networkPolicy === undefined) return;
  const { apiServer, registries, externalRegistries } = networkPolicy;
  new k8s.KubeNetworkPolicy(scope, 'NetworkPolicy', {
    metadata: { name: names.networkPolicy, namespace },
    spec: {
      podSelector: { matchLabels: { ...names.selector } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [{ namespaceSelector: { matchLabels: metricsNamespaces } }], ports: [tcp(metricsPorts[metrics])] },
      ],
      egress: [
        dnsEgress,
        ...egressTo([...apiServer, ...externalRegistries]),
        ...registries.map(({ namespace: where, port }) => ({
          to: [podsIn(where, { [registryServerLabel.key]: registryServerLabel.value })],
          ports: [tcp(port)],
        })),
      ],
    },
  });
}
