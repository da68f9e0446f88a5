import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metricsPorts } from '../../definitions/names/controller';
import { registryServerLabel } from '../../definitions/names/model-registry';
import type { RegistrySyncNames } from './names';
import type { RegistrySyncOptions } from './options';

/** Namespaces that may read metrics carry this label, as in upstream's policy. */
const metricsNamespaces = { metrics: 'enabled' };

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
      ports: [{ name: metrics, port: metricsPorts[metrics], targetPort: k8s.IntOrString.fromString(metrics) }],
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
  const tcp = (port: number): k8s.NetworkPolicyPort => ({ protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) });
  const namespaceNamed = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
  const dns: k8s.NetworkPolicyEgressRule = {
    to: [{ namespaceSelector: namespaceNamed('kube-system') }],
    ports: [{ protocol: 'UDP', port: k8s.IntOrString.fromNumber(53) }, tcp(53)],
  };
  new k8s.KubeNetworkPolicy(scope, 'NetworkPolicy', {
    metadata: { name: names.networkPolicy, namespace },
    spec: {
      podSelector: { matchLabels: { ...names.selector } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [{ namespaceSelector: { matchLabels: metricsNamespaces } }], ports: [tcp(metricsPorts[metrics])] },
      ],
      egress: [
        dns,
        ...[...apiServer, ...externalRegistries].map(({ cidr, ports }) => ({
          to: [{ ipBlock: { cidr } }],
          ports: ports.map(tcp),
        })),
        ...registries.map(({ namespace: where, port }) => ({
          to: [
            {
              namespaceSelector: namespaceNamed(where),
              podSelector: { matchLabels: { [registryServerLabel.key]: registryServerLabel.value } },
            },
          ],
          ports: [tcp(port)],
        })),
      ],
    },
  });
}
