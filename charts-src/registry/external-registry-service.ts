import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  registryPort,
  registryPorts,
  registryServiceLabel,
  registryServiceName,
  serviceAddressAnnotations,
} from '../../definitions/names/model-registry';

/** A Model Registry that runs outside the cluster. */
export interface ExternalRegistryServiceProps {
  readonly namespace: string;
  /** Base URL of the registry's REST API with scheme, for example `http://127.0.0.1:18080`. */
  readonly address: string;
}

/**
 * Service by which registry sync discovers a Model Registry that runs outside the cluster: it has upstream's name, labels
 * and port but no pods; its annotation says where the registry is.
 */
export class ExternalRegistryService extends Construct {
  constructor(scope: Construct, id: string, { namespace, address }: ExternalRegistryServiceProps) {
    super(scope, id);
    const [addressAnnotation] = serviceAddressAnnotations;
    const [, plainPort] = registryPorts;
    new k8s.KubeService(this, 'Service', {
      metadata: {
        name: registryServiceName,
        namespace,
        labels: {
          app: registryServiceName,
          [registryServiceLabel.key]: registryServiceLabel.value,
          'app.kubernetes.io/part-of': 'model-registry',
        },
        annotations: {
          displayName: 'Model Registry',
          description: 'Model Registry outside the cluster',
          [addressAnnotation]: address,
        },
      },
      spec: { type: 'ClusterIP', ports: [{ name: plainPort.name, port: registryPort, appProtocol: plainPort.scheme }] },
    });
  }
}
