import * as z from 'zod';
import { deploymentModes, formerDeploymentModes } from '../names/serving';
import { anyCase } from './any-case';

/**
 * The ConfigMap `inferenceservice-config`: each key holds one JSON document, parsed by itself, so that a mistake in one
 * affects only what reads it. Shapes, defaults and spellings are KServe's (v0.20). Member names match in any case, because
 * Go reads them so and manifests rely on it; unknown members are ignored; `null` is as good as absent.
 */

const quantityText = z.string().min(1);
const requestsAndLimits = (
  defaults: Readonly<Record<'memoryRequest' | 'memoryLimit' | 'cpuRequest' | 'cpuLimit', string>>,
) => ({
  memoryRequest: quantityText.default(defaults.memoryRequest),
  memoryLimit: quantityText.default(defaults.memoryLimit),
  cpuRequest: quantityText.default(defaults.cpuRequest),
  cpuLimit: quantityText.default(defaults.cpuLimit),
});
const small = { memoryRequest: '100Mi', memoryLimit: '1Gi', cpuRequest: '100m', cpuLimit: '1' };

/** A boolean that Go's configuration writes as a string. */
const booleanText = z.enum(['true', 'false', '']).default('false');

const explainers = anyCase({
  art: anyCase({
    image: z.string().default('kserve/art-explainer'),
    defaultImageVersion: z.string().default('latest'),
  }).prefault({}),
});

const inferenceService = anyCase({
  /** What containers get that ask for no cpu or memory; empty: nothing. */
  resource: anyCase({
    cpuLimit: z.string().default(''),
    memoryLimit: z.string().default(''),
    cpuRequest: z.string().default(''),
    memoryRequest: z.string().default(''),
  }).prefault({}),
  serviceAnnotationDisallowedList: z.array(z.string()).default([]),
  serviceLabelDisallowedList: z.array(z.string()).default([]),
});

/** How models in OCI images reach their container. */
export const ociModelModes = ['modelcar', 'native', 'fetch'] as const;

const storageInitializer = anyCase({
  image: z.string().default(''),
  ...requestsAndLimits(small),
  caBundleConfigMapName: z.string().default(''),
  caBundleVolumeMountPath: z.string().default('/etc/ssl/custom-certs'),
  enableModelcar: z.boolean().default(false),
  enableOciModelSupport: z.boolean().default(false),
  ociModelMode: z.enum(ociModelModes).exactOptional(),
  ociInsecureRegistry: z.boolean().default(false),
  cpuModelcar: quantityText.default('10m'),
  memoryModelcar: quantityText.default('15Mi'),
  uidModelcar: z.int().exactOptional(),
});

const credentials = anyCase({
  storageSpecSecretName: z.string().default('storage-config'),
  storageSecretNameAnnotation: z.string().default('serving.kserve.io/storageSecretName'),
  gcs: anyCase({ gcsCredentialFileName: z.string().default('gcloud-application-credentials.json') }).prefault({}),
  s3: anyCase({
    s3AccessKeyIDName: z.string().default('awsAccessKeyID'),
    s3SecretAccessKeyName: z.string().default('awsSecretAccessKey'),
    s3Endpoint: z.string().default(''),
    s3UseHttps: z.string().default(''),
    s3Region: z.string().default(''),
    s3VerifySSL: z.string().default(''),
    s3UseVirtualBucket: z.string().default(''),
    s3UseAccelerate: z.string().default(''),
    s3UseAnonymousCredential: z.string().default(''),
    s3CABundleConfigMap: z.string().default(''),
    s3CABundle: z.string().default(''),
  }).prefault({}),
});

const ingress = anyCase({
  enableGatewayApi: z.boolean().default(false),
  kserveIngressGateway: z.string().default(''),
  ingressGateway: z.string().default(''),
  localGateway: z.string().default(''),
  localGatewayService: z.string().default(''),
  knativeLocalGatewayService: z.string().exactOptional(),
  ingressDomain: z.string().default('example.com'),
  additionalIngressDomains: z.array(z.string()).default([]),
  ingressClassName: z.string().exactOptional(),
  domainTemplate: z.string().default('{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}'),
  urlScheme: z.string().default('http'),
  disableIstioVirtualHost: z.boolean().default(false),
  disableIngressCreation: z.boolean().default(false),
  disableHTTPRouteTimeout: z.boolean().default(false),
  pathTemplate: z.string().default(''),
});

const loggerStorage = anyCase({
  path: z.string().exactOptional(),
  parameters: z.record(z.string(), z.string()).exactOptional(),
  key: z.string().exactOptional(),
  serviceAccountName: z.string().exactOptional(),
});

const logger = anyCase({
  image: z.string().default('kserve/agent:latest'),
  ...requestsAndLimits(small),
  defaultUrl: z.string().default('http://default-broker'),
  caBundle: z.string().default(''),
  caCertFile: z.string().default(''),
  tlsSkipVerify: z.boolean().default(false),
  storage: loggerStorage.exactOptional(),
  marshallerUrl: z.string().default(''),
  batchSize: z.int().exactOptional(),
  batchInterval: z.string().default(''),
});

const batcher = anyCase({
  image: z.string().default('kserve/agent:latest'),
  ...requestsAndLimits({ memoryRequest: '1Gi', memoryLimit: '1Gi', cpuRequest: '1', cpuLimit: '1' }),
  maxBatchSize: z.string().default('32'),
  maxLatency: z.string().default('5000'),
});

const agent = anyCase({ image: z.string().default('kserve/agent:latest'), ...requestsAndLimits(small) });

const router = anyCase({
  image: z.string().default('kserve/router:latest'),
  ...requestsAndLimits(small),
  imagePullPolicy: z.string().exactOptional(),
  imagePullSecrets: z.array(z.string()).default([]),
  headers: anyCase({ propagate: z.array(z.string()).default([]) }).prefault({}),
});

const deploy = anyCase({
  defaultDeploymentMode: z
    .string()
    .refine((mode) => mode !== '', 'invalid deploy config, defaultDeploymentMode is required')
    .transform((written) => formerDeploymentModes[written] ?? written)
    .pipe(z.enum(deploymentModes, 'invalid deployment mode. Supported modes are Knative, Standard and ModelMesh')),
  deploymentRolloutStrategy: anyCase({
    defaultRollout: anyCase({
      maxSurge: z.string().exactOptional(),
      maxUnavailable: z.string().exactOptional(),
    }).exactOptional(),
  }).exactOptional(),
});

const metricsAggregator = anyCase({ enableMetricAggregation: booleanText, enablePrometheusScraping: booleanText });

const localModel = anyCase({
  enabled: z.boolean().default(false),
  jobNamespace: z.string().default('kserve-localmodel-jobs'),
  defaultJobImage: z.string().default('kserve/storage-initializer:latest'),
  fsGroup: z.int().exactOptional(),
  jobTTLSecondsAfterFinished: z.int().exactOptional(),
  reconcilationFrequencyInSecs: z.int().exactOptional(),
  disableVolumeManagement: z.boolean().default(false),
});

/** Off when the key is missing: what upstream's zero value says. */
const security = anyCase({ autoMountServiceAccountToken: z.boolean().default(false) });

const service = anyCase({ serviceClusterIPNone: z.boolean().default(false) });

const multiNode = anyCase({ customGPUResourceTypeList: z.array(z.string()).default([]) });

const opentelemetryCollector = anyCase({
  scrapeInterval: z.string().default('5s'),
  metricReceiverEndpoint: z.string().default('keda-otel-scaler.keda.svc:4317'),
  metricScalerEndpoint: z.string().default('keda-otel-scaler.keda.svc:4318'),
  resource: anyCase(
    requestsAndLimits({ cpuLimit: '1', memoryLimit: '2Gi', cpuRequest: '200m', memoryRequest: '512Mi' }),
  ).prefault({}),
});

const autoscaler = anyCase({
  scaleUpStabilizationWindowSeconds: z.string().default('0'),
  scaleDownStabilizationWindowSeconds: z.string().default('300'),
});

/** One schema for each key of the ConfigMap. */
export const inferenceServiceConfigSchemas = {
  explainers,
  inferenceService,
  storageInitializer,
  credentials,
  ingress,
  logger,
  batcher,
  agent,
  router,
  deploy,
  metricsAggregator,
  localModel,
  security,
  service,
  multiNode,
  opentelemetryCollector,
  autoscaler,
} as const;

/** A key of the ConfigMap. */
export type ConfigKey = keyof typeof inferenceServiceConfigSchemas;

/** The documents of all keys with every default applied. */
export type InferenceServiceConfig = {
  readonly [Key in ConfigKey]: z.output<(typeof inferenceServiceConfigSchemas)[Key]>;
};

/** The documents as constructs write them. */
export type InferenceServiceConfigInput = {
  readonly [Key in ConfigKey]?: z.input<(typeof inferenceServiceConfigSchemas)[Key]>;
};
