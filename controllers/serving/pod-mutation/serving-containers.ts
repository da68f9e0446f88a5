import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { containerNames } from '../../../definitions/names/serving';
import { PodMutationError } from './pod-mutation-error';

/** Containers of a pod that get to see its model. */
export interface ServingContainers {
  /** The container that loads the model. */
  readonly target: V1Container;
  /** Names of the target and of the transformer beside it. */
  readonly names: readonly string[];
}

/** The containers that serve: the main one, else the worker of several nodes; an error when there is neither. */
export function servingContainers({ containers }: V1PodSpec): ServingContainers {
  const named = (name: string) => containers.find((container) => container.name === name);
  const target = named(containerNames.main) ?? named(containerNames.worker);
  if (target === undefined) throw new PodMutationError('Invalid configuration: cannot find container');
  const transformer = named(containerNames.transformer);
  return { target, names: [target.name, ...(transformer === undefined ? [] : [transformer.name])] };
}

/** A pod with some of its containers changed. */
export function withContainers(
  spec: V1PodSpec,
  names: readonly string[],
  change: (container: V1Container) => V1Container,
): V1PodSpec {
  return {
    ...spec,
    containers: spec.containers.map((container) => (names.includes(container.name) ? change(container) : container)),
  };
}
