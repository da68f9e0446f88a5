import * as z from 'zod';
import { registryKeys, registryServiceLabel, serviceAddressAnnotations } from '../names/model-registry';

/** `prefix/name` as Kubernetes accepts it for labels, annotations and finalizers. */
const qualifiedName = z
  .string()
  .max(317)
  .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/, 'not a qualified name');

const namespaceName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'not a namespace name');

/**
 * Configuration of registry sync: rendered by the constructs into a ConfigMap, parsed by the controller at start.
 * Upstream's environment variables override single values (definitions/config/registry-sync-variables.ts).
 */
export const registrySyncConfigSchema = z.strictObject({
  /** Off: the process stays up and healthy and does nothing. */
  enabled: z.boolean().default(true),
  /** Keys on InferenceServices and Services. */
  keys: z
    .strictObject({
      namespaceLabel: qualifiedName.default(registryKeys.namespace),
      nameLabel: qualifiedName.default(registryKeys.name),
      urlAnnotation: qualifiedName.default(registryKeys.url),
      inferenceServiceIdLabel: qualifiedName.default(registryKeys.inferenceServiceId),
      modelVersionIdLabel: qualifiedName.default(registryKeys.modelVersionId),
      registeredModelIdLabel: qualifiedName.default(registryKeys.registeredModelId),
      finalizer: qualifiedName.default(registryKeys.finalizer),
      publishedUrlAnnotation: qualifiedName.default(registryKeys.publishedUrl),
      recordAnnotation: qualifiedName.default(registryKeys.record),
      adoptAnnotation: qualifiedName.default(registryKeys.adopt),
      /** Looked up on the registry's Service in this order; the first non-empty one is its external address. */
      serviceAnnotations: z
        .array(qualifiedName)
        .min(1)
        .default([...serviceAddressAnnotations]),
    })
    .prefault({}),
  /** Namespace searched for registry Services when an InferenceService names none. */
  registriesNamespace: namespaceName.default('kubeflow'),
  /**
   * Namespaces in which registries may be; empty: any. With a list, Services elsewhere are neither read nor sent our token, and the
   * constructs render a Role in each of them instead of a ClusterRole's rule.
   */
  allowedRegistryNamespaces: z.array(namespaceName).default([]),
  /** Label that makes a Service a registry's, `key=value`. */
  registryServiceLabel: z
    .string()
    .regex(/^[^\s=,!()]+=[^\s=,!()]+$/, 'expected key=value')
    .default(`${registryServiceLabel.key}=${registryServiceLabel.value}`),
  /** DNS domain of the cluster, for `service.namespace.svc.<domain>`. */
  clusterDomain: z.string().default('cluster.local'),
  /** How the registry's REST API is called. */
  registry: z
    .strictObject({
      /** Version part of the API's path. */
      apiVersion: z
        .string()
        .regex(/^v[0-9a-z]+$/, 'not an API version')
        .default('v1alpha3'),
      /** Accept any certificate. */
      skipTlsVerify: z.boolean().default(false),
      /** PEM files trusted in addition to the system's. */
      caFiles: z.array(z.string()).default([]),
      /** Seconds until a connection must be up. */
      connectTimeoutSeconds: z.number().int().min(1).max(300).default(5),
      /** Seconds until the whole answer must be here. */
      requestTimeoutSeconds: z.number().int().min(1).max(300).default(15),
      /** Hosts (`host` or `host:port`) that get the token and may be loopback although an annotation or an external address names them. */
      trustedHosts: z.array(z.string()).default([]),
      /** File with the token to send instead of the one for the API server: a projected one that only registries accept. */
      tokenFile: z.string().min(1).exactOptional(),
      /** Whether users may name a registry by URL annotation. */
      urlAnnotation: z.enum(['allowed', 'disabled']).default('allowed'),
    })
    .prefault({}),
  /**
   * Whether a record is only made for a registered model and a version that exist there. Off: as upstream, which takes any
   * number.
   */
  requireExistingModel: z.boolean().default(true),
  /** Whether a record that somebody set to UNDEPLOYED by hand is set back while its InferenceService lives. Off: nothing of ours sets it back. */
  reassertDesiredState: z.boolean().default(true),
  /**
   * Marks records UNDEPLOYED whose InferenceService went without us seeing it. Not for a registry that several clusters share unless
   * each has its own `environmentPrefix`: the others' records would look lost.
   */
  sweep: z
    .strictObject({
      enabled: z.boolean().default(false),
      /** Seconds between two sweeps; ±10 % jitter. */
      intervalSeconds: z.number().int().min(1).max(86_400).default(3600),
    })
    .prefault({}),
  /** Put before the namespace in the name of the serving environment, for registries shared by several clusters. */
  environmentPrefix: z.string().max(100).default(''),
  /** Seconds between two checks of a linked InferenceService against its record; ±10 % jitter. */
  recheckSeconds: z.number().int().min(1).max(86_400).default(600),
  /** Seconds after its deletion for which an InferenceService waits for an unreachable registry. */
  cleanupGraceSeconds: z.number().int().min(0).max(86_400).default(300),
  /**
   * InferenceServices worked on at the same time. With eight, a registry that answers after 5 ms was what a mass change waited for; with
   * sixteen it is the API server.
   */
  workers: z.number().int().min(1).max(64).default(16),
});

/** Configuration with every default applied. */
export type RegistrySyncConfig = z.output<typeof registrySyncConfigSchema>;

/** Configuration as a user writes it: everything optional. */
export type RegistrySyncSettings = z.input<typeof registrySyncConfigSchema>;

/** File name of the configuration in its ConfigMap and below the configuration directory. */
export const registrySyncConfigFile = 'registry-sync.yaml';
