import type { V1Container } from '@kubernetes/client-node';
import type { ClusterStorageContainer } from '../../../../definitions/serving/cluster-storage-container';
import { mergeContainer } from '../../runtimes/merge-container';
import { PodMutationError } from '../pod-mutation-error';

/** Workload of storage containers that run in serving pods. */
const ofPods = 'initContainer';

/**
 * The storage container for a URI: the one that is named, else the first in the list that is for it; `undefined` when there is none and
 * the default initializer is to fetch it. Throws when the named one can't be used.
 */
export function chooseStorageContainer(
  uri: string,
  name: string | undefined,
  containers: readonly ClusterStorageContainer[],
): ClusterStorageContainer | undefined {
  if (name !== undefined && name !== '') return namedContainer(uri, name, containers);
  return containers.find(
    (container) => container.disabled !== true && container.spec.workloadType === ofPods && supportsUri(container, uri),
  );
}

function namedContainer(
  uri: string,
  name: string,
  containers: readonly ClusterStorageContainer[],
): ClusterStorageContainer {
  const refuse = (cause: string) => new PodMutationError(`ClusterStorageContainer "${name}" ${cause}`);
  const container = containers.find(({ metadata }) => metadata.name === name);
  if (container === undefined) throw refuse('not found');
  if (container.disabled === true) throw refuse('is disabled');
  if (container.spec.workloadType !== ofPods) {
    throw refuse(`has workloadType "${container.spec.workloadType}"; explicit selection requires "${ofPods}"`);
  }
  if (!supportsUri(container, uri)) throw refuse(`does not support storageUri "${uri}"`);
  return container;
}

/** Whether one of its formats is the URI's: a prefix, or without one an expression found anywhere in it. */
function supportsUri({ metadata, spec }: ClusterStorageContainer, uri: string): boolean {
  return spec.supportedUriFormats.some(({ prefix = '', regex = '' }) => {
    if (prefix !== '') return uri.startsWith(prefix);
    return regex !== '' && expression(metadata.name, regex).test(uri);
  });
}

function expression(container: string, regex: string): RegExp {
  try {
    return new RegExp(regex);
  } catch (error) {
    throw new PodMutationError(`ClusterStorageContainer "${container}" has regex "${regex}", which is not one`, {
      cause: error,
    });
  }
}

/** The storage container over the initializer, by the rules of runtimes, but for arguments: its own replace the URIs. */
export function overInitializer(initializer: V1Container, { spec }: ClusterStorageContainer): V1Container {
  const { args, ...withoutArguments } = initializer;
  const overlay = withTextQuantities(spec.container);
  const replaces = overlay.args !== undefined && overlay.args.length > 0;
  return mergeContainer(replaces || args === undefined ? withoutArguments : initializer, overlay);
}

/** Quantities may be written as numbers; types of pods know texts only. */
function withTextQuantities(written: ClusterStorageContainer['spec']['container']): V1Container {
  const { resources, ...container } = written;
  if (resources === undefined) return container;
  const { limits, requests, ...others } = resources;
  return {
    ...container,
    resources: {
      ...others,
      ...(limits === undefined ? {} : { limits: texts(limits) }),
      ...(requests === undefined ? {} : { requests: texts(requests) }),
    },
  };
}

function texts(quantities: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(quantities).map(([name, quantity]) => [name, `${quantity}`]));
}

/** Throws unless the container takes several URIs; without a word of it, it takes one. */
export function requireSeveral({ spec }: ClusterStorageContainer): void {
  if (spec.supportsMultiModelDownload) return;
  throw new PodMutationError(
    `storage container "${spec.container.name}" does not support multi-model download; use the default kserve storage initializer or a compatible storage container`,
  );
}
