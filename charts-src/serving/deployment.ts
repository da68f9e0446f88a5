import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { type ServingConfig, servingConfigFile, servingConfigSchema } from '../../definitions/config/serving';
import {
  configChecksumAnnotation,
  configDirectory,
  healthPort,
  imageUser,
  livenessPath,
  metricsPorts,
  readinessPath,
} from '../../definitions/names/controller';
import {
  servingCertificateSecret,
  servingWebhookPort,
  servingWebhookPortName,
  webhookCertificateDirectory,
} from '../../definitions/names/serving-webhooks';
import { spread } from '../kubernetes/availability';
import { asJson, difference } from '../kubernetes/configuration';
import {
  controllerCommand,
  controllerVariables,
  terminationGracePeriodSeconds,
} from '../kubernetes/controller-process';
import { externalReferences } from '../kubernetes/references';
import { resourceRequirements } from '../kubernetes/resources';
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

/** A file, or a Secret with a certificate, where the container finds it. */
interface Mounted {
  readonly volume: k8s.Volume;
  readonly mountPath: string;
  /** @default true */
  readonly readOnly?: boolean;
}

/** ConfigMap and Deployment of the manager; a change of the file rolls the pods through the checksum. */
export function addDeployment(scope: Construct, { options, config, image }: DeploymentProps): void {
  const { namespace, replicas, resources, metrics } = options;
  const file = settingsFile(config);
  const metricsFiles = metricsCertificate(metricsPort(options));
  const mounts = mountsOf(options);
  new k8s.KubeConfigMap(scope, 'Config', {
    metadata: { name: names.configMap, namespace },
    data: { [servingConfigFile]: file },
  });
  new k8s.KubeDeployment(scope, 'Deployment', {
    metadata: {
      name: names.deployment,
      namespace,
      labels: { 'app.kubernetes.io/name': managerName, ...managerSelector },
      ...externalReferences(metricsFiles?.external === true ? [`Secret/${metricsFiles.secretName}`] : []),
    },
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...managerSelector } },
      template: {
        metadata: {
          labels: { 'app.kubernetes.io/name': managerName, ...managerSelector },
          annotations: {
            'kubectl.kubernetes.io/default-container': 'manager',
            [configChecksumAnnotation]: createHash('sha256').update(file).digest('hex').slice(0, 16),
          },
        },
        spec: {
          serviceAccountName: names.serviceAccount,
          automountServiceAccountToken: true,
          terminationGracePeriodSeconds,
          securityContext: { runAsUser: imageUser, runAsGroup: imageUser },
          ...spread({ name: names.deployment, namespace, selector: managerSelector, replicas }),
          containers: [
            {
              name: 'manager',
              image,
              command: controllerCommand,
              args: [
                'serving',
                `--metrics-bind-address=:${metricsPorts[metrics]}`,
                ...(metrics === 'http' ? ['--metrics-secure=false'] : []),
                ...(metricsFiles === undefined ? [] : [`--metrics-cert-path=${metricsFiles.directory}`]),
                '--leader-elect',
                `--health-probe-bind-address=:${healthPort}`,
              ],
              env: [...controllerVariables],
              ports: [
                { name: metricsPortName, containerPort: metricsPorts[metrics] },
                { name: servingWebhookPortName, containerPort: servingWebhookPort },
                { name: 'health', containerPort: healthPort },
              ],
              livenessProbe: {
                httpGet: { path: livenessPath, port: k8s.IntOrString.fromNumber(healthPort) },
                initialDelaySeconds: 30,
                failureThreshold: 5,
                timeoutSeconds: 5,
              },
              readinessProbe: {
                httpGet: { path: readinessPath, port: k8s.IntOrString.fromNumber(healthPort) },
                // Upstream waits for 30 s: as long the only replica, started anew, would leave every admission without an answer.
                initialDelaySeconds: 5,
                periodSeconds: 5,
                failureThreshold: 5,
                timeoutSeconds: 5,
              },
              resources: resourceRequirements(resources),
              volumeMounts: mounts.map(({ volume, mountPath, readOnly = true }) => ({
                name: volume.name,
                mountPath,
                ...(readOnly ? { readOnly } : {}),
              })),
            },
          ],
          volumes: mounts.map(({ volume }) => volume),
        },
      },
    },
  });
}

/** What differs from the defaults. The certificate stands there whole: its members mean nothing without its `from`. */
function settingsFile(config: ServingConfig): string {
  const { webhooks, ...others } = servingConfigSchema.parse({});
  const { certificate: _certificate, ...otherWebhooks } = webhooks;
  return serialize(difference(asJson(config), asJson({ ...others, webhooks: otherWebhooks })));
}

function mountsOf(options: ServingOptions): readonly Mounted[] {
  const { certificate } = options.webhooks;
  const metricsFiles = metricsCertificate(metricsPort(options));
  return [
    { volume: { name: 'config', configMap: { name: names.configMap } }, mountPath: configDirectory },
    { volume: { name: 'tmp', emptyDir: {} }, mountPath: '/tmp', readOnly: false },
    ...(certificate.from === 'cert-manager'
      ? [
          {
            volume: { name: 'cert', secret: { secretName: servingCertificateSecret } },
            mountPath: webhookCertificateDirectory,
          },
        ]
      : []),
    ...(metricsFiles === undefined
      ? []
      : [
          {
            volume: { name: 'metrics-certificate', secret: { secretName: metricsFiles.secretName } },
            mountPath: metricsFiles.directory,
          },
        ]),
  ];
}
