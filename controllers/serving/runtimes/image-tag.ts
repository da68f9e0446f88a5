import type { V1Container } from '@kubernetes/client-node';
import { serverTypes } from '../../../definitions/names/serving-runtimes';
import { serverTypeForImage, type NamedRuntime } from './server-type';

/** Servers whose images have a variant for GPUs, told by the end of the tag. */
const gpuTagged: readonly string[] = [serverTypes.tensorflow, serverTypes.torchserve, serverTypes.huggingface];

/**
 * Image of a container for the version that its model asks for; without one, the variant for GPU or CPU that the server's
 * images have.
 */
export function imageWithTag(
  image: string,
  runtimeVersion: string | undefined,
  runtime: NamedRuntime,
  resources: V1Container['resources'],
): string {
  if (image.includes('@sha256:')) {
    return image;
  }
  // A colon before a slash is that of a registry's port.
  const tag = /:[\w.-]*$/.exec(image)?.[0];
  const repository = tag === undefined ? image : image.slice(0, -tag.length);
  if (runtimeVersion !== undefined && runtimeVersion !== '') {
    return `${repository}:${runtimeVersion}`;
  }
  const type = serverTypeForImage(runtime);
  if (tag === undefined || type === undefined) {
    return image;
  }
  if (asksForGpu(resources)) {
    return gpuTagged.includes(type) && !tag.endsWith('-gpu') ? `${image}-gpu` : image;
  }
  return type === serverTypes.vllm && !repository.endsWith('-cpu') ? `${repository}-cpu${tag}` : image;
}

function asksForGpu(resources: V1Container['resources']): boolean {
  const limits = Object.keys(resources?.limits ?? {});
  return limits.some((resource) => resource === 'nvidia.com/gpu' || resource.startsWith('nvidia.com/mig'));
}
