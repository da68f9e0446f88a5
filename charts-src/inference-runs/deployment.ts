import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { inferenceRunsConfigFile } from '../../definitions/config/inference-runs';
import { addControllerDeployment } from '../kubernetes/controller-deployment';
import type { RenderedSettings } from '../kubernetes/rendered-settings';
import { metricsCertificate } from '../monitoring/metrics-certificate';
import { inferenceRunsNames, metricsPort } from './names';
import type { InferenceRunsOptions } from './options';

/** What the Deployment is made of. */
export interface DeploymentProps {
  readonly options: InferenceRunsOptions;
  readonly settings: RenderedSettings;
  /** Reference of the image. */
  readonly image: string;
}

/** ConfigMaps and Deployment of the controller. */
export function addDeployment(scope: Construct, { options, settings, image }: DeploymentProps): void {
  const { namespace, replicas, resources, metrics, pod } = options;
  const names = inferenceRunsNames(options);
  const data = Object.fromEntries(settings.variables.map(({ name, value }) => [name, value]));
  const hasVariables = settings.variables.length > 0;
  if (hasVariables) {
    new k8s.KubeConfigMap(scope, 'Variables', { metadata: { name: names.variables, namespace }, data });
  }
  addControllerDeployment(scope, {
    component: 'inference-runs',
    name: names.deployment,
    namespace,
    labels: pod.labels,
    selector: names.selector,
    replicas,
    serviceAccount: names.serviceAccount,
    image,
    resources,
    config: { configMap: names.configMap, file: inferenceRunsConfigFile, text: settings.file },
    metrics,
    metricsPortName: metrics,
    metricsCertificate: metricsCertificate(metricsPort(options)),
    container: names.container,
    ...(hasVariables ? { variablesFrom: { configMap: names.variables, data } } : {}),
    liveness: { initialDelaySeconds: 15, periodSeconds: 20 },
    readiness: { initialDelaySeconds: 5, periodSeconds: 10 },
    annotations: pod.annotations,
    placement: placementOf(pod),
  });
}

/** What is not said is left out: empty lists and maps would be a difference for ever. */
function placementOf({ nodeSelector, tolerations, affinity, imagePullSecrets }: InferenceRunsOptions['pod']) {
  return {
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector: { ...nodeSelector } }),
    ...(tolerations.length === 0 ? {} : { tolerations: [...tolerations] }),
    ...(affinity === undefined ? {} : { affinity }),
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
  };
}
