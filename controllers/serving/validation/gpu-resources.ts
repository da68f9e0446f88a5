import * as z from 'zod';
import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { gpuResources, servingAnnotations } from '../../../definitions/names/serving';
import type { Container } from './environment';
import type { Refusal } from './verdict';

/** The section of the configuration that names further GPU resources. */
export type MultiNodeSettings = Pick<InferenceServiceConfig, 'multiNode'>;

/** Resources that are no devices. */
const plainResources = ['cpu', 'memory', 'storage', 'ephemeral-storage'];

const namesSchema = z.array(z.string().min(1)).min(1);

/** Resources that count as GPUs for one object, or why its annotation is refused. */
export type KnownGpus = { readonly names: ReadonlySet<string> } | { readonly refusal: string };

/**
 * Resources that count as GPUs: the well-known ones, those of the configuration and those of the object's annotation.
 *
 * @param annotation JSON array of resource names
 */
export function knownGpus(annotation: string | undefined, { multiNode }: MultiNodeSettings): KnownGpus {
  const names = annotation === undefined || annotation === '' ? [] : namesIn(annotation);
  if (names === undefined) {
    const key = servingAnnotations.gpuResourceTypes;
    return { refusal: `invalid GPU format(${annotation}) for ${key} annotation: must be a valid JSON array` };
  }
  return { names: new Set([...gpuResources, ...multiNode.customGPUResourceTypeList, ...names]) };
}

/** Whether a container asks for a resource that is neither plain nor a known GPU. */
export function asksForUnknownGpu({ resources }: Pick<Container, 'resources'>, known: ReadonlySet<string>): boolean {
  return [resources?.limits, resources?.requests]
    .flatMap((quantities) => Object.keys(quantities ?? {}))
    .some((name) => !plainResources.includes(name) && !known.has(name));
}

/** Whether limits name a GPU for which upstream has images with the suffix `-gpu`. */
export function isGpuEnabled({ resources }: Pick<Container, 'resources'>): boolean {
  const limits = Object.keys(resources?.limits ?? {});
  return limits.some((name) => name === gpuResources[0] || name.startsWith('nvidia.com/mig'));
}

/** Refuses split sizes below one, which leave no pod. */
export function refusedParallelism(
  sizes: { readonly pipelineParallelSize?: number; readonly tensorParallelSize?: number },
  prefix = '',
): Refusal {
  const { pipelineParallelSize: pipeline = 1, tensorParallelSize: tensor = 1 } = sizes;
  if (pipeline < 1) return `${prefix}WorkerSpec.PipelineParallelSize cannot be less than 1(${pipeline})`;
  if (tensor < 1) return `${prefix}WorkerSpec.TensorParallelSize cannot be less than 1(${tensor})`;
  return undefined;
}

function namesIn(annotation: string): readonly string[] | undefined {
  try {
    return namesSchema.safeParse(JSON.parse(annotation)).data;
  } catch {
    return undefined;
  }
}
