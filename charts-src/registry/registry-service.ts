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
export interface RegistryServiceProps {
  readonly namespace: string;
  /** Base URL of the registry's REST API with scheme, for example `http://127.0.0.1:18080`. */
  readonly externalAddress: string;
}

/**
 * Service by which registry sync discovers a Model Registry that runs outside the cluster: it has upstream's name, labels
 * and port but no pods; its annotation says where the registry is.
 */
export class RegistryService extends Construct {
  constructor(scope: Construct, id: string, { namespace, externalAddress }: RegistryServiceProps) {
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
          [addressAnnotation]: externalAddress,
        },
      },
      spec: { type: 'ClusterIP', ports: [{ name: plainPort.name, port: registryPort, appProtocol: plainPort.scheme }] },
    });
  }
}
