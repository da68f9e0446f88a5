import type { V1Service, V1ServicePort } from '@kubernetes/client-node';
import type { RegistrySyncConfig } from '../../definitions/config/registry-sync';
import type { Stored } from '../../definitions/kubernetes/core-resources';
import { registryEvents, type RegistryEventReason } from '../../definitions/names/registry-events';
import { registryPorts } from '../../definitions/names/model-registry';
import { AddressError, isTrusted, normaliseAddress } from './address';
import type { Link } from './link';

/** The registry that an InferenceService belongs to. */
export interface Registry {
  readonly baseUrl: string;
  /** Whether our token may be sent there: Services found in the cluster and hosts the operator lists, nothing else. */
  readonly sendToken: boolean;
  /** How it was found, for the log: `service kubeflow/model-registry-service, port http-api`. */
  readonly foundBy: string;
  /** What the user should know although it worked. */
  readonly warning?: { readonly reason: RegistryEventReason; readonly note: string };
}

/** Why no registry could be chosen; `reason` is the event's, `note` its text. */
export interface NoRegistry {
  readonly reason: RegistryEventReason;
  readonly note: string;
}

type Service = Stored<V1Service>;

/** The Services that a decision is made from. */
export interface RegistryServices {
  /** The Service a user named, if it exists. */
  readonly named?: Service;
  /** Services in the link's namespace that carry the registry label. */
  readonly labelled: readonly Service[];
}

/** Exact event text when nothing names a registry and none can be found. */
const specifyRegistry =
  'Specify the namespace and the name of the Model Registry service to use by adding labels to the InferenceService.';

/** Chooses the registry: URL annotation, then the named Service, then the only labelled Service of the namespace. */
export function chooseRegistry(
  link: Link,
  services: RegistryServices,
  config: RegistrySyncConfig,
): Registry | NoRegistry {
  if (link.registryUrl !== undefined) return fromAnnotation(link.registryUrl, config);
  const namespace = link.registryNamespace;
  if (!isAllowedNamespace(namespace, config)) {
    return {
      reason: registryEvents.rejected,
      note: `Registries in namespace ${namespace} are not allowed by the operator, only in ${config.allowedRegistryNamespaces.join(', ')}.`,
    };
  }
  if (services.named !== undefined) return fromNamedService(services.named, config);
  const [only, ...others] = services.labelled;
  if (others.length > 0) {
    const names = services.labelled.map((service) => service.metadata.name).sort();
    return {
      reason: registryEvents.ambiguous,
      note:
        `More than one Model Registry service found in namespace ${namespace}. Specify which one to use via labels.` +
        (link.registryName === undefined
          ? ''
          : ` There is no service ${link.registryName}; found: ${names.join(', ')}.`),
    };
  }
  if (only === undefined) return { reason: registryEvents.notFound, note: specifyRegistry };
  const registry = fromService(only, config);
  if (link.registryName === undefined || 'reason' in registry) return registry;
  return {
    ...registry,
    warning: {
      reason: registryEvents.nameMismatch,
      note: `There is no service ${link.registryName} in namespace ${namespace}; using ${only.metadata.name}, the only Model Registry there.`,
    },
  };
}

/** Whether registries in this namespace may be used. */
export function isAllowedNamespace(namespace: string, config: RegistrySyncConfig): boolean {
  return config.allowedRegistryNamespaces.length === 0 || config.allowedRegistryNamespaces.includes(namespace);
}

/**
 * The registry at an address that was remembered. The annotation that remembers it can be written by users: it counts no more than a
 * URL that they write, unless one of the watched Services has this very address.
 */
export function formerRegistry(
  baseUrl: string,
  labelled: readonly Service[],
  config: RegistrySyncConfig,
): Registry | NoRegistry {
  for (const service of labelled) {
    const registry = fromService(service, config);
    if ('baseUrl' in registry && registry.baseUrl === baseUrl) return registry;
  }
  return fromAnnotation(baseUrl, config);
}

/** Any Service can be named; one that does not look like a registry's is worth a word. */
function fromNamedService(service: Service, config: RegistrySyncConfig): Registry | NoRegistry {
  const registry = fromService(service, config);
  const [key = '', value] = config.registryServiceLabel.split('=');
  if ('reason' in registry || service.metadata.labels?.[key] === value) return registry;
  const { namespace = '', name } = service.metadata;
  return {
    ...registry,
    warning: {
      reason: registryEvents.nameMismatch,
      note: `Service ${name} in namespace ${namespace} does not carry the label ${config.registryServiceLabel} of a Model Registry; it is used all the same.`,
    },
  };
}

function fromAnnotation(url: string, config: RegistrySyncConfig): Registry | NoRegistry {
  const { trustedHosts, urlAnnotation } = config.registry;
  if (urlAnnotation === 'disabled') {
    return {
      reason: registryEvents.rejected,
      note: `Annotation ${config.keys.urlAnnotation} is disabled by the operator.`,
    };
  }
  return usable(() => {
    const baseUrl = normaliseAddress(url, trustedHosts);
    return { baseUrl, sendToken: isTrusted(baseUrl, trustedHosts), foundBy: `annotation ${config.keys.urlAnnotation}` };
  });
}

function fromService(service: Service, config: RegistrySyncConfig): Registry | NoRegistry {
  const { namespace = '', name } = service.metadata;
  const annotations = service.metadata.annotations ?? {};
  const annotation = config.keys.serviceAnnotations.find((key) => (annotations[key] ?? '').trim() !== '');
  if (annotation !== undefined) {
    return usable(() => ({
      baseUrl: normaliseAddress(annotations[annotation] ?? '', config.registry.trustedHosts),
      sendToken: true,
      foundBy: `service ${namespace}/${name}, annotation ${annotation}`,
    }));
  }
  const port = choosePort(service.spec?.ports ?? []);
  if (port === undefined) {
    return {
      reason: registryEvents.rejected,
      note: `Service ${name} in namespace ${namespace} has no port named https-api or http-api and not exactly one other.`,
    };
  }
  return {
    baseUrl: `${port.scheme}://${name}.${namespace}.svc.${config.clusterDomain}:${port.port}`,
    sendToken: true,
    foundBy: `service ${namespace}/${name}, port ${port.name ?? port.port}`,
  };
}

/** By name, then by appProtocol, then a sole port. */
function choosePort(ports: readonly V1ServicePort[]): (V1ServicePort & { scheme: string }) | undefined {
  for (const { name, scheme } of registryPorts) {
    const port = ports.find((candidate) => candidate.name === name);
    if (port !== undefined) return { ...port, scheme };
  }
  for (const scheme of ['https', 'http']) {
    const port = ports.find((candidate) => candidate.appProtocol === scheme);
    if (port !== undefined) return { ...port, scheme };
  }
  const [sole, ...others] = ports;
  if (sole === undefined || others.length > 0) return undefined;
  return { ...sole, scheme: sole.port === 443 || sole.port === 8443 ? 'https' : 'http' };
}

function usable(address: () => Registry): Registry | NoRegistry {
  try {
    return address();
  } catch (error) {
    if (error instanceof AddressError) return { reason: registryEvents.rejected, note: `${error.message}.` };
    throw error;
  }
}
