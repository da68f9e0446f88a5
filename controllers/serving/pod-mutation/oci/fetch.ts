import type { V1Container, V1EnvVar, V1PodSpec } from '@kubernetes/client-node';
import { volumeNames } from '../../../../definitions/names/serving';
import { withAccess, type Access } from '../container-in-pod';
import { withVariables } from '../container-variables';
import { mountModel, withModelMount, withModelVolume } from '../model-volume';
import { servingContainers } from '../serving-containers';
import { withCaBundle } from '../storage/ca-bundle';
import { initializerContainer, type StorageSource } from '../storage/initializer-container';
import { freeName, isStorageInitializer } from '../storage/initializer-name';
import type { StorageInjection } from '../storage/injection';
import { modelVariables } from '../storage/model-variables';
import { ociImage } from './oci-mode';

/** Where the initializer finds the credentials of registries. */
const dockerConfigDirectory = '/mnt/oci-fetch-auth';
const dockerConfigFile = 'config.json';

/** An image, the directory that its files go to, and the name of the volume of that directory. */
export interface ImageSource extends StorageSource {
  readonly volumeName: string;
}

/** A pod whose storage initializer fetches the files of images. */
export function fetchImages(spec: V1PodSpec, images: readonly ImageSource[], pod: StorageInjection): V1PodSpec {
  const written = images.map((image) => ({ ...image, uri: `oci://${ociImage(image.uri)}` }));
  const missing = written.filter((image) => !isFetched(image, spec.initContainers ?? []));
  const fetched = missing.length === 0 ? spec : withInitializer(spec, missing, pod);
  const { names } = servingContainers(spec);
  return written.reduce((changed, image) => mountModel(changed, names, mountOf(image)), fetched);
}

function mountOf({ volumeName, path }: ImageSource) {
  return { volume: { name: volumeName, emptyDir: {} }, mountPath: path, readOnly: false };
}

function isFetched({ uri, path }: StorageSource, initContainers: readonly V1Container[]): boolean {
  return initContainers
    .filter(isStorageInitializer)
    .some(({ args = [] }) =>
      args.some((argument, index) => index % 2 === 0 && argument === uri && args[index + 1] === path),
    );
}

function withInitializer(spec: V1PodSpec, images: readonly ImageSource[], pod: StorageInjection): V1PodSpec {
  const { storageInitializer } = pod.settings;
  const empty = initializerContainer(images, storageInitializer);
  const container = images.reduce((mounted, image) => withModelMount(mounted, mountOf(image)), empty);
  const withVolumes = images.reduce((changed, image) => withModelVolume(changed, mountOf(image).volume), spec);
  const access = registryAccess(spec);
  const trusted = withAccess({ container, volumes: withVolumes.volumes ?? [] }, access);
  const bundled = withCaBundle(trusted, storageInitializer, pod);
  const own = modelVariables(servingContainers(spec).target, access.env);
  const insecure: readonly V1EnvVar[] = storageInitializer.ociInsecureRegistry
    ? [{ name: 'KSERVE_OCI_INSECURE_REGISTRY', value: 'true' }]
    : [];
  const finished = withVariables(bundled.container, [...insecure, ...own]);
  const initContainers = spec.initContainers ?? [];
  const named = { ...finished, name: freeName(finished.name, initContainers) };
  return { ...spec, initContainers: [...initContainers, named], volumes: [...bundled.volumes] };
}

/** The first Secret that the pod pulls its own images with. */
function registryAccess({ imagePullSecrets = [] }: V1PodSpec): Access {
  const secretName = imagePullSecrets[0]?.name ?? '';
  if (secretName === '') return { env: [], mounted: [] };
  const items = [{ key: '.dockerconfigjson', path: dockerConfigFile }];
  return {
    env: [{ name: 'KSERVE_OCI_DOCKER_CONFIG', value: `${dockerConfigDirectory}/${dockerConfigFile}` }],
    mounted: [
      {
        volume: { name: volumeNames.ociDockerConfig, secret: { secretName, defaultMode: 0o400, items } },
        mountPath: dockerConfigDirectory,
      },
    ],
  };
}
