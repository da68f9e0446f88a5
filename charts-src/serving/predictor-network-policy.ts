import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { inferenceServiceLabel, servingLabels, servingPorts } from '../../definitions/names/serving';
import { namespaceNamed, tcp } from '../kubernetes/network-peers';

export interface PredictorNetworkPolicyProps {
  /** @default 'kserve-predictor-netpol' */
  readonly name?: string;
  /** Namespace of the predictors. */
  readonly namespace: string;
  /** The one InferenceService that it is about. @default all of the namespace */
  readonly inferenceService?: string;
  /** Namespaces whose pods may send requests; those of the gateway and of Prometheus among them. */
  readonly fromNamespaces: readonly string[];
  /** Ports of the model servers. @default KServe's port for HTTP */
  readonly ports?: readonly number[];
}

/** Lets requests to predictors come from the namespaces that are named, and from nowhere else. */
export class PredictorNetworkPolicy extends Construct {
  constructor(scope: Construct, id: string, props: PredictorNetworkPolicyProps) {
    super(scope, id);
    const { name = 'kserve-predictor-netpol', namespace, inferenceService, fromNamespaces } = props;
    const { ports = [servingPorts.container] } = props;
    if (fromNamespaces.length === 0) {
      throw new Error(`${id}: fromNamespaces: got none, name at least one: a rule without a source lets everybody in`);
    }
    new k8s.KubeNetworkPolicy(this, 'NetworkPolicy', {
      metadata: { name, namespace },
      spec: {
        podSelector: {
          matchLabels: {
            [servingLabels.component]: 'predictor',
            ...(inferenceService === undefined ? {} : { [inferenceServiceLabel]: inferenceService }),
          },
        },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: fromNamespaces.map((from) => ({ namespaceSelector: namespaceNamed(from) })),
            ports: ports.map(tcp),
          },
        ],
      },
    });
  }
}
