import type { Construct } from 'constructs';
import { type ServingConfig, servingConfigFile, servingConfigSchema } from '../../definitions/config/serving';
import {
  servingCertificateSecret,
  servingWebhookPort,
  servingWebhookPortName,
  webhookCertificateDirectory,
} from '../../definitions/names/serving-webhooks';
import { asJson, difference } from '../kubernetes/configuration';
import { addControllerDeployment } from '../kubernetes/controller-deployment';
import { serialize } from '../kubernetes/serialize';
import { metricsCertificate } from '../monitoring/metrics-certificate';
import { managerName, managerSelector, metricsPort, metricsPortName, servingNames as names } from './names';
import type { ServingOptions } from './options';

/** What the Deployment is made of. */
export interface DeploymentProps {
  readonly options: ServingOptions;
  /** Configuration of the process. */
  readonly config: ServingConfig;
  /** Reference of the image. */
  readonly image: string;
}

/** ConfigMap and Deployment of the manager. */
export function addDeployment(scope: Construct, { options, config, image }: DeploymentProps): void {
  const { namespace, replicas, resources, metrics, webhooks } = options;
  addControllerDeployment(scope, {
    component: 'serving',
    name: names.deployment,
    namespace,
    labels: { 'app.kubernetes.io/name': managerName, ...managerSelector },
    selector: managerSelector,
    replicas,
    serviceAccount: names.serviceAccount,
    image,
    resources,
    config: { configMap: names.configMap, file: servingConfigFile, text: settingsFile(config) },
    metrics,
    metricsPortName,
    metricsCertificate: metricsCertificate(metricsPort(options)),
    ports: [{ name: servingWebhookPortName, containerPort: servingWebhookPort }],
    liveness: { initialDelaySeconds: 30, failureThreshold: 5, timeoutSeconds: 5 },
    readiness: {
      // Upstream waits for 30 s: as long the only replica, started anew, would leave every admission without an answer.
      initialDelaySeconds: 5,
      periodSeconds: 5,
      failureThreshold: 5,
      timeoutSeconds: 5,
    },
    mounts:
      webhooks.certificate.from === 'cert-manager'
        ? [
            {
              volume: { name: 'cert', secret: { secretName: servingCertificateSecret } },
              mountPath: webhookCertificateDirectory,
            },
          ]
        : [],
  });
}

/** What differs from the defaults. The certificate stands there whole: its members mean nothing without its `from`. */
function settingsFile(config: ServingConfig): string {
  const { webhooks, ...others } = servingConfigSchema.parse({});
  const { certificate: _certificate, ...otherWebhooks } = webhooks;
  return serialize(difference(asJson(config), asJson({ ...others, webhooks: otherWebhooks })));
}
