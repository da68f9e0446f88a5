import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { registrySyncConfigFile } from '../../definitions/config/registry-sync';
import { registryTokenDirectory } from '../../definitions/names/controller';
import { addControllerDeployment } from '../kubernetes/controller-deployment';
import type { RenderedSettings } from '../kubernetes/rendered-settings';
import { metricsCertificate } from '../monitoring/metrics-certificate';
import { metricsPort, type RegistrySyncNames } from './names';
import type { RegistrySyncOptions } from './options';

/** What the Deployment is made of. */
export interface DeploymentProps {
  readonly names: RegistrySyncNames;
  readonly options: RegistrySyncOptions;
  readonly settings: RenderedSettings;
  /** Reference of the image. */
  readonly image: string;
}

/** ConfigMap and Deployment of the controller. */
export function addDeployment(scope: Construct, { names, options, settings, image }: DeploymentProps): void {
  const { namespace, replicas, resources, metrics, registryTokenAudience: audience } = options;
  addControllerDeployment(scope, {
    component: 'registry-sync',
    name: names.deployment,
    namespace,
    labels: names.labels,
    selector: names.selector,
    replicas,
    serviceAccount: names.serviceAccount,
    image,
    resources,
    config: { configMap: names.configMap, file: registrySyncConfigFile, text: settings.file },
    metrics,
    metricsPortName: metrics,
    metricsCertificate: metricsCertificate(metricsPort(names, options)),
    variables: settings.variables.map(({ name, value }) => ({ name, value })),
    liveness: { initialDelaySeconds: 15, periodSeconds: 20 },
    readiness: { initialDelaySeconds: 5, periodSeconds: 10 },
    mounts: audience === undefined ? [] : [{ volume: registryToken(audience), mountPath: registryTokenDirectory }],
  });
}

/** A token that no API server accepts; the kubelet renews it. */
function registryToken(audience: string): k8s.Volume {
  const serviceAccountToken = { audience, path: 'token', expirationSeconds: 3600 };
  return { name: 'registry-token', projected: { sources: [{ serviceAccountToken }] } };
}
