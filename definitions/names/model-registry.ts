/**
 * Names of the Model Registry integration: labels, annotations, ports and paths that users, the registry's own
 * manifests and our controllers agree on. Source: the registry sync contract.
 */

/** Label and annotation keys with their contract defaults; every one can be changed by configuration. */
export const registryKeys = {
  /** Label (user): id of the RegisteredModel being served. Starts a link. */
  registeredModelId: 'modelregistry.kubeflow.org/registered-model-id',
  /** Label (user, optional): id of the ModelVersion being served. */
  modelVersionId: 'modelregistry.kubeflow.org/model-version-id',
  /** Label (controller): id of the registry's InferenceService record. */
  inferenceServiceId: 'modelregistry.kubeflow.org/inference-service-id',
  /** Label (user, optional): name of the registry's Kubernetes Service. */
  name: 'modelregistry.kubeflow.org/name',
  /** Label (user, optional): namespace of the registry's Kubernetes Service. */
  namespace: 'modelregistry.kubeflow.org/namespace',
  /** Annotation (user, optional): base URL of the registry; replaces discovery. */
  url: 'modelregistry.kubeflow.org/url',
  /** Finalizer: holds the InferenceService until its record is UNDEPLOYED. */
  finalizer: 'modelregistry.kubeflow.org/finalizer',
  /** Annotation (user, optional): URL to publish in the record instead of `status.url`. */
  publishedUrl: 'modelregistry.kubeflow.org/published-url',
  /** Annotation (user, optional): id of a record of somebody else that this InferenceService takes over on purpose. */
  adopt: 'modelregistry.kubeflow.org/adopt-record',
  /** Annotation (controller): base URL of the registry that holds the record, and the record's id: survives label edits. */
  record: 'modelregistry.kubeflow.org/record',
} as const;

/** Annotation keys under which a registry's Service may carry its external address, in order of precedence. */
export const serviceAddressAnnotations = [
  'modelregistry.kubeflow.org/service-url',
  'routing.kubeflow.org/external-address-rest',
  'routing.opendatahub.io/external-address-rest',
] as const;

/** Label by which a registry's Service is discovered. */
export const registryServiceLabel = { key: 'component', value: 'model-registry' } as const;

/** Label of the registry server's pods, used by selectors and NetworkPolicies. */
export const registryServerLabel = { key: 'component', value: 'model-registry-server' } as const;

/** Name of the registry's Service in the manifests. */
export const registryServiceName = 'model-registry-service';

/** Port names of a registry Service in order of preference, with the scheme each implies. */
export const registryPorts = [
  { name: 'https-api', scheme: 'https' },
  { name: 'http-api', scheme: 'http' },
] as const;

/** Service port of the registry's REST API. */
export const registryPort = 8080;

/** Base path of the registry's REST API, without the version. */
export const registryApiPath = '/api/model_registry';
