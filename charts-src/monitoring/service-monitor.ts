import { Construct } from 'constructs';
import { metricsPath, serviceAccountDirectory } from '../../definitions/names/controller';
import {
  ServiceMonitor as ServiceMonitorObject,
  type ServiceMonitorSpecEndpoints,
  ServiceMonitorSpecEndpointsScheme,
} from '../../imports/monitoring.coreos.com';

/** How the metrics port speaks HTTPS; Prometheus shows the token of its own ServiceAccount. */
export interface HttpsMetrics {
  /** Secret of the same namespace with the authority of the certificate; absent: any certificate will do. */
  readonly authority?: { readonly secretName: string; readonly key: string; readonly serverName: string };
}

export interface ServiceMonitorProps {
  readonly name: string;
  readonly namespace: string;
  /** Labels of the object, by which a Prometheus finds it. */
  readonly labels: Readonly<Record<string, string>>;
  /** Labels that the metrics Service has and no other Service of the namespace. */
  readonly serviceLabels: Readonly<Record<string, string>>;
  /** Name of the Service's port. */
  readonly port: string;
  /** Whether labels that the series bring stand where Prometheus would give some of that name. @default false */
  readonly honorLabels?: boolean;
  /** @default plain HTTP */
  readonly https?: HttpsMetrics;
}

/** Has Prometheus scrape the pods behind a metrics Service. */
export class ServiceMonitor extends Construct {
  constructor(scope: Construct, id: string, props: ServiceMonitorProps) {
    super(scope, id);
    const { name, namespace, labels, serviceLabels, port, honorLabels = false, https } = props;
    new ServiceMonitorObject(this, 'Monitor', {
      metadata: { name, namespace, labels: { ...labels } },
      spec: {
        selector: { matchLabels: { ...serviceLabels } },
        endpoints: [
          {
            port,
            path: metricsPath,
            ...(honorLabels ? { honorLabels } : {}),
            ...(https === undefined ? {} : secured(https)),
          },
        ],
      },
    });
  }
}

function secured({ authority }: HttpsMetrics): Partial<ServiceMonitorSpecEndpoints> {
  return {
    scheme: ServiceMonitorSpecEndpointsScheme.HTTPS,
    bearerTokenFile: `${serviceAccountDirectory}/token`,
    tlsConfig:
      authority === undefined
        ? { insecureSkipVerify: true }
        : {
            ca: { secret: { name: authority.secretName, key: authority.key } },
            serverName: authority.serverName,
          },
  };
}
