import type { V1PodSpec } from '@kubernetes/client-node';
import { mountModel } from '../model-volume';
import { PodMutationError } from '../pod-mutation-error';
import { servingContainers } from '../serving-containers';
import type { ImageSource } from './fetch';
import { ociImage } from './oci-mode';

/** Directory of an image with the model's files. */
const modelsOfImage = 'models';

/** A pod with the image of a model as a volume. Throws when something else is mounted at its path. */
export function addImageVolume(spec: V1PodSpec, { uri, path, volumeName }: ImageSource): V1PodSpec {
  const { names } = servingContainers(spec);
  const other = spec.containers
    .filter(({ name }) => names.includes(name))
    .flatMap(({ volumeMounts = [] }) => volumeMounts)
    .find(({ name, mountPath }) => mountPath === path && name !== volumeName);
  if (other !== undefined) throw new PodMutationError(`mountPath "${path}" already used by volume "${other.name}"`);
  return mountModel(spec, names, {
    volume: { name: volumeName, image: { reference: ociImage(uri), pullPolicy: 'IfNotPresent' } },
    mountPath: path,
    subPath: modelsOfImage,
    readOnly: true,
  });
}
