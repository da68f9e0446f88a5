/** Names of the serving API that controllers and charts share. Source: KServe v0.20. */

/** API group of InferenceService and its companions. */
export const servingGroup = 'serving.kserve.io';

/** Lease of the serving controller: upstream's leader election id, so that both never work at the same time. */
export const servingLease = 'kserve-controller-manager-leader-lock';

/** ConfigMap with the settings of the control plane, in the controller's namespace. */
export const servingConfigMap = 'inferenceservice-config';

/** Finalizer of InferenceServices. */
export const inferenceServiceFinalizer = 'inferenceservice.finalizers';

/** ConfigMap with certificates to trust, copied to namespaces of users, and its key. */
export const caBundleConfigMap = 'global-ca-bundle';
export const caBundleKey = 'cabundle.crt';

/** Key of the list of models in the ConfigMap of a multi-model predictor. */
export const modelConfigKey = 'models.json';

/** Directory of a model's files in its container. */
export const modelDirectory = '/mnt/models';

/** Components of an InferenceService. */
export const componentNames = ['predictor', 'transformer', 'explainer'] as const;
export type ComponentName = (typeof componentNames)[number];

/** How an InferenceService is deployed. */
export const deploymentModes = ['Standard', 'Knative', 'ModelMesh'] as const;
export type DeploymentMode = (typeof deploymentModes)[number];

/** Old names of deployment modes, still accepted as input. */
export const formerDeploymentModes: Readonly<Record<string, DeploymentMode>> = {
  RawDeployment: 'Standard',
  Serverless: 'Knative',
};

/** Frameworks that a predictor may name instead of `model`, in the order in which upstream looks at them. */
export const frameworks = [
  'sklearn',
  'tensorflow',
  'xgboost',
  'pytorch',
  'triton',
  'onnx',
  'huggingface',
  'pmml',
  'lightgbm',
  'paddle',
] as const;
export type Framework = (typeof frameworks)[number];

/** Node of an InferenceGraph that requests start at. */
export const graphRoot = 'root';

/** Kinds of autoscalers, values of the annotation `autoscalerClass`. */
export const autoscalerClasses = ['hpa', 'external', 'keda', 'none'] as const;
export type AutoscalerClass = (typeof autoscalerClasses)[number];

export const servingPorts = {
  /** Of model servers, unless the container says otherwise. */
  container: 8080,
  /** Of the agent: logger and batcher. */
  agent: 9081,
  /** Of Services. */
  service: 80,
  /** Of the metrics that queue-proxy aggregates. */
  aggregateMetrics: 9088,
  /** Of metrics of pods without aggregation. */
  podMetrics: 9091,
} as const;

export const containerNames = {
  main: 'kserve-container',
  transformer: 'transformer-container',
  worker: 'worker-container',
  storageInitializer: 'storage-initializer',
  queueProxy: 'queue-proxy',
  agent: 'agent',
  modelcar: 'modelcar',
  modelcarInit: 'modelcar-init',
  istioInit: 'istio-init',
} as const;

export const volumeNames = {
  modelFiles: 'kserve-provision-location',
  modelClaim: 'kserve-pvc-source',
  modelConfig: 'model-config',
  modelDirectory: 'model-dir',
  caBundle: 'cabundle-cert',
  agentCaBundle: 'agent-ca-bundle',
  gcpServiceAccount: 'user-gcp-sa',
  hdfsSecrets: 'hdfs-secrets',
  ociDockerConfig: 'kserve-oci-fetch-docker-config',
  /** Of a directory that gives no name. */
  ociModel: 'oci-model',
} as const;

/** Key that a pod carries when it belongs to an InferenceService: its name. */
export const inferenceServiceLabel = 'serving.kserve.io/inferenceservice';

export const servingLabels = {
  inferenceService: inferenceServiceLabel,
  component: 'component',
  app: 'app',
  /** Which of several endpoints a pod serves, as the logger reports it. */
  endpoint: 'endpoint',
  inferenceGraph: 'serving.kserve.io/inferencegraph',
  trainedModelParent: 'inferenceservice',
  /** `cluster-local`: no ingress in Standard mode. */
  visibility: 'networking.kserve.io/visibility',
  knativeVisibility: 'networking.knative.dev/visibility',
  localModel: 'internal.serving.kserve.io/localmodel',
  localModelNamespace: 'internal.serving.kserve.io/localmodel-namespace',
  modelClass: 'modelClass',
  serviceEnvelope: 'serviceEnvelope',
} as const;

/** Value of a visibility label that keeps traffic inside of the cluster. */
export const clusterLocal = 'cluster-local';

/** `true` scales the InferenceService away while the object lives. */
export const stopAnnotation = 'serving.kserve.io/stop';

/** Annotations that users set. */
export const servingAnnotations = {
  deploymentMode: 'serving.kserve.io/deploymentMode',
  autoscalerClass: 'serving.kserve.io/autoscalerClass',
  stop: stopAnnotation,
  enableMetricAggregation: 'serving.kserve.io/enable-metric-aggregation',
  enablePrometheusScraping: 'serving.kserve.io/enable-prometheus-scraping',
  disableAutoUpdate: 'serving.kserve.io/disable-auto-update',
  disableLocalModel: 'serving.kserve.io/disable-localmodel',
  nodeGroup: 'serving.kserve.io/nodegroup',
  gkeAccelerator: 'serving.kserve.io/gke-accelerator',
  gpuResourceTypes: 'serving.kserve.io/gpu-resource-types',
  storageInitializerUid: 'serving.kserve.io/storage-initializer-uid',
  /** On runtimes. */
  serverType: 'serving.kserve.io/server-type',
  modelFormat: 'modelFormat',
  readOnly: 'storage.kserve.io/readonly',
  kservePrometheusPort: 'prometheus.kserve.io/port',
  kservePrometheusPath: 'prometheus.kserve.io/path',
  prometheusPort: 'prometheus.io/port',
  prometheusPath: 'prometheus.io/path',
  knativeAutoscalerClass: 'autoscaling.knative.dev/class',
  istioInterceptionMode: 'sidecar.istio.io/interceptionMode',
  istioStatus: 'sidecar.istio.io/status',
} as const;

/** Annotations by which the controller tells the pod webhook what to do. */
export const internalAnnotations = {
  storageSourceUri: 'internal.serving.kserve.io/storage-initializer-sourceuri',
  storageSpec: 'internal.serving.kserve.io/storage-spec',
  storageSpecParameters: 'internal.serving.kserve.io/storage-spec-param',
  storageSpecKey: 'internal.serving.kserve.io/storage-spec-key',
  storageContainerName: 'internal.serving.kserve.io/storage-container-name',
  logger: 'internal.serving.kserve.io/logger',
  loggerSinkUrl: 'internal.serving.kserve.io/logger-sink-url',
  loggerMode: 'internal.serving.kserve.io/logger-mode',
  loggerMetadataHeaders: 'internal.serving.kserve.io/logger-metadata-headers',
  loggerMetadataAnnotations: 'internal.serving.kserve.io/logger-metadata-annotations',
  batcher: 'internal.serving.kserve.io/batcher',
  batcherMaxBatchSize: 'internal.serving.kserve.io/batcher-max-batchsize',
  batcherMaxLatency: 'internal.serving.kserve.io/batcher-max-latency',
  agent: 'internal.serving.kserve.io/agent',
  configVolumeName: 'internal.serving.kserve.io/configVolumeName',
  configMountPath: 'internal.serving.kserve.io/configMountPath',
  modelDir: 'internal.serving.kserve.io/modelDir',
  predictorHost: 'internal.serving.kserve.io/predictor-host',
  predictorProtocol: 'internal.serving.kserve.io/predictor-protocol',
  localModelSourceUri: 'internal.serving.kserve.io/localmodel-sourceuri',
  localModelClaim: 'internal.serving.kserve.io/localmodel-pvc-name',
  confidentialEnabled: 'internal.serving.kserve.io/confidential-enabled',
  confidentialResourceId: 'internal.serving.kserve.io/confidential-resource-id',
} as const;

/** Placeholder that stands for the scheme of a storage path until its storage is known. */
export const storageSchemePlaceholder = '<scheme-placeholder>';

/** Annotations that never go from an InferenceService to its children, more by configuration. */
export const disallowedAnnotations: readonly string[] = [
  'autoscaling.knative.dev/min-scale',
  'autoscaling.knative.dev/max-scale',
  internalAnnotations.storageSourceUri,
  'kubectl.kubernetes.io/last-applied-configuration',
  servingAnnotations.modelFormat,
];

/** Headers that routes set, for gateways that meter. */
export const routeHeaders = { name: 'KServe-Isvc-Name', namespace: 'KServe-Isvc-Namespace' } as const;

/** Container resources that count as GPUs, more by configuration and annotation. */
export const gpuResources = ['nvidia.com/gpu', 'amd.com/gpu', 'intel.com/gpu', 'habana.ai/gaudi'] as const;

/** Inference protocols; the first is what a client means that says nothing. */
export const inferenceProtocols = ['v1', 'v2', 'grpc-v1', 'grpc-v2'] as const;

/** Digest of the desired object on a child: a child that carries it and contains the object is not written again. */
export const appliedAnnotation = 'slipway.dev/applied';

/** Field manager of everything that the serving controller writes. */
export const servingFieldManager = 'slipway-serving';

/** Field manager of what upstream's controller has written, which we take over. */
export const upstreamFieldManager = 'manager';

/** Annotations of Secrets and ServiceAccounts with the settings of an S3 storage. */
export const s3Annotations = {
  useHttps: 'serving.kserve.io/s3-usehttps',
  endpoint: 'serving.kserve.io/s3-endpoint',
  verifySsl: 'serving.kserve.io/s3-verifyssl',
  useAnonymousCredential: 'serving.kserve.io/s3-useanoncredential',
  region: 'serving.kserve.io/s3-region',
  useVirtualBucket: 'serving.kserve.io/s3-usevirtualbucket',
  useAccelerate: 'serving.kserve.io/s3-useaccelerate',
  caBundle: 'serving.kserve.io/s3-cabundle',
  caBundleConfigMap: 'serving.kserve.io/s3-cabundle-configmap',
} as const;

/** Annotation of ServiceAccounts with the role that EKS gives their pods. */
export const awsRoleAnnotation = 'eks.amazonaws.com/role-arn';

/** Label by which GKE's nodes tell their accelerator. */
export const gkeAcceleratorLabel = 'cloud.google.com/gke-accelerator';
