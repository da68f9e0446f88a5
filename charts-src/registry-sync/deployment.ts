import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { registrySyncConfigFile } from '../../definitions/config/registry-sync';
import {
  configChecksumAnnotation,
  configDirectory,
  healthPort,
  imageUser,
  livenessPath,
  metricsPorts,
  readinessPath,
  registryTokenDirectory,
} from '../../definitions/names/controller';
import { spread } from '../kubernetes/availability';
import {
  controllerCommand,
  controllerVariables,
  terminationGracePeriodSeconds,
} from '../kubernetes/controller-process';
import { externalReferences } from '../kubernetes/references';
import { resourceRequirements } from '../kubernetes/resources';
import { metricsCertificate } from '../monitoring/metrics-certificate';
import { metricsPort, type RegistrySyncNames } from './names';
import type { RegistrySyncOptions } from './options';
import type { RenderedSettings } from './settings-file';

/** What the Deployment is made of. */
export interface DeploymentProps {
  readonly names: RegistrySyncNames;
  readonly options: RegistrySyncOptions;
  readonly settings: RenderedSettings;
  /** Reference of the image. */
  readonly image: string;
}

/** ConfigMap and Deployment of the controller; a change of the file rolls the pods through the checksum. */
export function addDeployment(scope: Construct, { names, options, settings, image }: DeploymentProps): void {
  const { namespace, replicas, resources, metrics, registryTokenAudience: audience } = options;
  const certificate = metricsCertificate(metricsPort(names, options));
  new k8s.KubeConfigMap(scope, 'Config', {
    metadata: { name: names.configMap, namespace },
    data: { [registrySyncConfigFile]: settings.file },
  });
  new k8s.KubeDeployment(scope, 'Deployment', {
    metadata: {
      name: names.deployment,
      namespace,
      labels: { ...names.labels },
      ...externalReferences(certificate?.external === true ? [`Secret/${certificate.secretName}`] : []),
    },
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...names.selector } },
      template: {
        metadata: {
          labels: { ...names.selector, ...names.labels },
          annotations: {
            'kubectl.kubernetes.io/default-container': 'manager',
            [configChecksumAnnotation]: createHash('sha256').update(settings.file).digest('hex').slice(0, 16),
          },
        },
        spec: {
          serviceAccountName: names.serviceAccount,
          automountServiceAccountToken: true,
          terminationGracePeriodSeconds,
          securityContext: { runAsUser: imageUser, runAsGroup: imageUser },
          ...spread({ name: names.deployment, namespace, selector: names.selector, replicas }),
          containers: [
            {
              name: 'manager',
              image,
              command: controllerCommand,
              args: [
                'registry-sync',
                `--metrics-bind-address=:${metricsPorts[metrics]}`,
                ...(metrics === 'http' ? ['--metrics-secure=false'] : []),
                ...(certificate === undefined ? [] : [`--metrics-cert-path=${certificate.directory}`]),
                '--leader-elect',
                `--health-probe-bind-address=:${healthPort}`,
              ],
              env: [...settings.variables.map(({ name, value }) => ({ name, value })), ...controllerVariables],
              ports: [
                { name: metrics, containerPort: metricsPorts[metrics] },
                { name: 'health', containerPort: healthPort },
              ],
              livenessProbe: {
                httpGet: { path: livenessPath, port: k8s.IntOrString.fromNumber(healthPort) },
                initialDelaySeconds: 15,
                periodSeconds: 20,
              },
              readinessProbe: {
                httpGet: { path: readinessPath, port: k8s.IntOrString.fromNumber(healthPort) },
                initialDelaySeconds: 5,
                periodSeconds: 10,
              },
              resources: resourceRequirements(resources),
              volumeMounts: [
                { name: 'config', mountPath: configDirectory, readOnly: true },
                { name: 'tmp', mountPath: '/tmp' },
                ...(certificate === undefined
                  ? []
                  : [{ name: 'metrics-certificate', mountPath: certificate.directory, readOnly: true }]),
                ...(audience === undefined
                  ? []
                  : [{ name: 'registry-token', mountPath: registryTokenDirectory, readOnly: true }]),
              ],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name: names.configMap } },
            { name: 'tmp', emptyDir: {} },
            ...(certificate === undefined
              ? []
              : [{ name: 'metrics-certificate', secret: { secretName: certificate.secretName } }]),
            ...(audience === undefined ? [] : [registryToken(audience)]),
          ],
        },
      },
    },
  });
}

/** A token that no API server accepts; the kubelet renews it. */
function registryToken(audience: string): k8s.Volume {
  const serviceAccountToken = { audience, path: 'token', expirationSeconds: 3600 };
  return { name: 'registry-token', projected: { sources: [{ serviceAccountToken }] } };
}
