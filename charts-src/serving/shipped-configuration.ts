import type { ConfigKey } from '../../definitions/config/inference-service-config';
import { type Image, imageReference, type Images } from '../images';
import { isMap, type Json, type JsonMap } from '../kubernetes/manifest';
import type { Configuration } from './configuration';

const sidecar = { memoryRequest: '100Mi', memoryLimit: '1Gi', cpuRequest: '100m', cpuLimit: '1' };

/** Tag of an image that something else puts its repository before, pinned like a whole reference. */
function pinnedTag({ tag, digest }: Image): string {
  return digest === undefined ? tag : `${tag}@${digest}`;
}

/**
 * The documents that KServe ships, with images that are pinned and Standard as the mode of services that choose none: the one mode
 * that this controller works in.
 */
function shippedConfiguration(images: Images): Readonly<Record<ConfigKey, JsonMap>> {
  const storageInitializer = imageReference(images.kserveStorageInitializer);
  const agent = imageReference(images.servingAgent);
  return {
    explainers: {
      art: { image: images.artExplainer.repository, defaultImageVersion: pinnedTag(images.artExplainer) },
    },
    inferenceService: { resource: { cpuLimit: '1', memoryLimit: '2Gi', cpuRequest: '1', memoryRequest: '2Gi' } },
    storageInitializer: {
      image: storageInitializer,
      ...sidecar,
      caBundleConfigMapName: '',
      caBundleVolumeMountPath: '/etc/ssl/custom-certs',
      enableModelcar: true,
      cpuModelcar: '10m',
      memoryModelcar: '15Mi',
      uidModelcar: 1010,
    },
    credentials: {
      storageSpecSecretName: 'storage-config',
      storageSecretNameAnnotation: 'serving.kserve.io/storageSecretName',
      gcs: { gcsCredentialFileName: 'gcloud-application-credentials.json' },
      s3: {
        s3AccessKeyIDName: 'AWS_ACCESS_KEY_ID',
        s3SecretAccessKeyName: 'AWS_SECRET_ACCESS_KEY',
        s3Endpoint: '',
        s3UseHttps: '',
        s3Region: '',
        s3VerifySSL: '',
        s3UseVirtualBucket: '',
        s3UseAccelerate: '',
        s3UseAnonymousCredential: '',
        s3CABundleConfigMap: '',
        s3CABundle: '',
      },
    },
    ingress: {
      enableGatewayApi: false,
      kserveIngressGateway: 'kserve/kserve-ingress-gateway',
      ingressGateway: 'knative-serving/knative-ingress-gateway',
      localGateway: 'knative-serving/knative-local-gateway',
      localGatewayService: 'knative-local-gateway.istio-system.svc.cluster.local',
      ingressDomain: 'example.com',
      ingressClassName: 'istio',
      domainTemplate: '{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}',
      urlScheme: 'http',
      disableIstioVirtualHost: false,
      disableIngressCreation: false,
      disableHTTPRouteTimeout: false,
    },
    logger: { image: agent, ...sidecar, defaultUrl: 'http://default-broker' },
    batcher: {
      image: agent,
      memoryRequest: '1Gi',
      memoryLimit: '1Gi',
      cpuRequest: '1',
      cpuLimit: '1',
      maxBatchSize: '32',
      maxLatency: '5000',
    },
    agent: { image: agent, ...sidecar },
    router: { image: imageReference(images.servingRouter), ...sidecar, imagePullPolicy: 'IfNotPresent' },
    deploy: { defaultDeploymentMode: 'Standard' },
    metricsAggregator: { enableMetricAggregation: 'false', enablePrometheusScraping: 'false' },
    localModel: {
      enabled: false,
      jobNamespace: 'kserve-localmodel-jobs',
      defaultJobImage: storageInitializer,
      fsGroup: 1000,
      jobTTLSecondsAfterFinished: 3600,
      reconcilationFrequencyInSecs: 60,
      disableVolumeManagement: false,
    },
    security: { autoMountServiceAccountToken: true },
    service: { serviceClusterIPNone: false },
    multiNode: { customGPUResourceTypeList: [] },
    opentelemetryCollector: {
      scrapeInterval: '5s',
      metricReceiverEndpoint: 'keda-otel-scaler.keda.svc:4317',
      metricScalerEndpoint: 'keda-otel-scaler.keda.svc:4318',
      resource: { cpuLimit: '1', memoryLimit: '2Gi', cpuRequest: '200m', memoryRequest: '512Mi' },
    },
    autoscaler: { scaleUpStabilizationWindowSeconds: '0', scaleDownStabilizationWindowSeconds: '300' },
  };
}

/** Data of the ConfigMap: one JSON document per key. */
export function configurationData(images: Images, changes: Configuration): Record<string, string> {
  const documents = laidOver(shippedConfiguration(images), changes as JsonMap);
  const texts = Object.entries(documents).map(([key, document]) => [key, `${JSON.stringify(document, null, 2)}\n`]);
  return Object.fromEntries(texts) as Record<string, string>;
}

/** Maps are laid over each other member by member, anything else is replaced. */
function laidOver(map: JsonMap, changes: JsonMap): JsonMap {
  const changed = Object.entries(changes).map(([key, value]): [string, Json] => {
    const present = map[key];
    return [key, isMap(present) && isMap(value) ? laidOver(present, value) : value];
  });
  return { ...map, ...Object.fromEntries(changed) };
}
