import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metricsPorts } from '../../definitions/names/controller';
import { runController, runLabels, runnerComponent, runnerPort } from '../../definitions/names/inference';
import { inferenceServiceLabel, servingPorts } from '../../definitions/names/serving';
import { dnsEgress, egressTo, metricsNamespaces, namespaceNamed, podsIn, tcp } from '../kubernetes/network-peers';
import { inferenceRunsNames } from './names';
import type { InferenceRunsOptions } from './options';
import { runnerNamespaces } from './watched';

/** The metrics Service, which the ServiceMonitor selects by its labels. */
export function addMetricsService(scope: Construct, options: InferenceRunsOptions): void {
  const { namespace, metrics } = options;
  const { metricsService, selector } = inferenceRunsNames(options);
  new k8s.KubeService(scope, 'MetricsService', {
    metadata: { name: metricsService, namespace },
    spec: {
      selector: { ...selector },
      ports: [
        { name: metrics, port: metricsPorts[metrics], targetPort: k8s.IntOrString.fromNumber(metricsPorts[metrics]) },
      ],
    },
  });
}

const fromMonitoring = { from: [{ namespaceSelector: { matchLabels: metricsNamespaces } }] };

/** Allows what controller and runners need and nothing else. */
export function addNetworkPolicies(scope: Construct, options: InferenceRunsOptions): void {
  const { namespace, networkPolicy, metrics } = options;
  if (networkPolicy === undefined) return;
  const names = inferenceRunsNames(options);
  new k8s.KubeNetworkPolicy(scope, 'NetworkPolicy', {
    metadata: { name: names.networkPolicy, namespace },
    spec: {
      podSelector: { matchLabels: { ...names.selector } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ...fromMonitoring, ports: [tcp(metricsPorts[metrics])] }],
      egress: [dnsEgress, ...egressTo(networkPolicy.apiServer)],
    },
  });
  for (const where of runnerNamespaces(options)) {
    new k8s.KubeNetworkPolicy(scope, `Runners ${where}`, {
      metadata: { name: names.runnerNetworkPolicy, namespace: where },
      spec: {
        podSelector: {
          matchLabels: { [runLabels.managedBy]: runController, [runLabels.component]: runnerComponent },
        },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ ...fromMonitoring, ports: [tcp(runnerPort)] }],
        egress: runnerEgress(options, networkPolicy),
      },
    });
  }
}

/** Name resolution, models, endpoints and storage; the API server only for those who read Secrets there. */
function runnerEgress(
  options: InferenceRunsOptions,
  { apiServer, runners }: NonNullable<InferenceRunsOptions['networkPolicy']>,
): k8s.NetworkPolicyEgressRule[] {
  const models =
    runners.models ?? runnerNamespaces(options).map((namespace) => ({ namespace, port: servingPorts.container }));
  return [
    dnsEgress,
    ...models.map(({ namespace, port }) => ({
      to: [
        {
          namespaceSelector: namespaceNamed(namespace),
          podSelector: { matchExpressions: [{ key: inferenceServiceLabel, operator: 'Exists' }] },
        },
      ],
      ports: [tcp(port)],
    })),
    ...runners.endpoints.map(({ namespace, labels, port }) => ({
      to: [podsIn(namespace, labels)],
      ports: [tcp(port)],
    })),
    ...egressTo(runners.addresses),
    ...(options.runners.secretNames.length > 0 ? egressTo(apiServer) : []),
  ];
}
