import type { V1Container, V1PodSpec, V1ResourceRequirements } from '@kubernetes/client-node';
import type * as z from 'zod';
import { containerShape, type container } from '../../definitions/kubernetes/container';
import { podSpecShape } from '../../definitions/kubernetes/pod-spec';
import type { resourceRequirements } from '../../definitions/kubernetes/resource-requirements';
import { servingVariables } from '../../definitions/names/serving-runtimes';
import { componentExtensionShape } from '../../definitions/serving/component-extension';
import type { InferenceService } from '../../definitions/serving/inference-service';
import type { ComponentExtension } from './component-plan';

type Predictor = InferenceService['spec']['predictor'];
type PodMembers = Pick<Predictor, keyof typeof podSpecShape>;
type ContainerMembers = Omit<z.infer<typeof container>, 'name'>;

/** The pod that a component inlines, as a PodSpec of Kubernetes: without members of the component. */
export function corePodSpec(component: PodMembers): V1PodSpec {
  const { containers = [], initContainers, resources, overhead, ...rest } = picked(component, podMembers);
  return {
    ...rest,
    containers: containers.map((each) => coreContainer(each.name, each)),
    ...(initContainers && { initContainers: initContainers.map((each) => coreContainer(each.name, each)) }),
    ...(resources && { resources: coreResources(resources) }),
    ...(overhead && { overhead: quantityTexts(overhead) }),
  };
}

/** The container that a model, framework or explainer inlines, as a Container of Kubernetes: without their own members. */
export function coreContainer(name: string, members: ContainerMembers): V1Container {
  const { resources, ...rest } = picked(members, containerMembers);
  return { name, ...rest, ...(resources && { resources: coreResources(resources) }) };
}

/** Scaling, traffic, logging and batching of a component. */
export function extensionOf(component: ComponentExtension): ComponentExtension {
  return picked(component, extensionMembers);
}

/** The container with a variable set: instead of one of its name that is there, else as the last. */
function withVariable(container: V1Container, name: string, value: string): V1Container {
  const env = container.env ?? [];
  return env.some((variable) => variable.name === name)
    ? { ...container, env: env.map((variable) => (variable.name === name ? { name, value } : variable)) }
    : { ...container, env: [...env, { name, value }] };
}

/** The container with the name of its InferenceService in its environment. */
export function knowingItsName(container: V1Container, inferenceService: string): V1Container {
  return withVariable(container, servingVariables.inferenceServiceName, inferenceService);
}

/** Value of a variable of a container, if it is given as such. */
export function variableOf(container: V1Container | undefined, name: string): string | undefined {
  return container?.env?.find((variable) => variable.name === name)?.value;
}

function coreResources({ limits, requests, claims }: z.infer<typeof resourceRequirements>): V1ResourceRequirements {
  return {
    ...(limits && { limits: quantityTexts(limits) }),
    ...(requests && { requests: quantityTexts(requests) }),
    ...(claims && { claims }),
  };
}

/** Users may write whole quantities as numbers, Kubernetes stores texts. */
function quantityTexts(quantities: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(quantities).map(([name, quantity]) => [name, String(quantity)]));
}

const podMembers = membersOf(podSpecShape);
const containerMembers = membersOf(containerShape);
const extensionMembers = membersOf(componentExtensionShape);

function membersOf<T extends object>(shape: T): readonly (keyof T)[] {
  return Object.keys(shape) as (keyof T)[];
}

function picked<T extends object, Member extends keyof T>(object: T, members: readonly Member[]): Pick<T, Member> {
  const present: Partial<T> = {};
  for (const member of members) {
    if (object[member] !== undefined) {
      present[member] = object[member];
    }
  }
  return present as Pick<T, Member>;
}
