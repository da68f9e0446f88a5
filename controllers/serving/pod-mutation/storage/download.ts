import { isDeepStrictEqual } from 'node:util';
import type { V1Container, V1EnvVar, V1PodSpec, V1Volume } from '@kubernetes/client-node';
import type { ClusterStorageContainer } from '../../../../definitions/serving/cluster-storage-container';
import { internalAnnotations } from '../../../../definitions/names/serving';
import { withAccess, type Access, type ContainerInPod } from '../container-in-pod';
import { withMissingVariables, withVariables } from '../container-variables';
import { mountModel, withModelMount, withModelVolume } from '../model-volume';
import { servingContainers } from '../serving-containers';
import { withCaBundle } from './ca-bundle';
import { huggingFaceVariables, initializerContainer, type StorageSource } from './initializer-container';
import { freeName } from './initializer-name';
import { isReadOnly, type StorageInjection } from './injection';
import { modelVariables } from './model-variables';
import { chooseStorageContainer, overInitializer, requireSeveral } from './storage-container';

/** Files that init containers fetch into one directory of the pod. */
export interface Download {
  readonly sources: readonly StorageSource[];
  /** Name of the volume, and where it is mounted: a directory that all of the sources go to. */
  readonly volumeName: string;
  readonly mountPath: string;
  readonly access: Access;
}

/** Sources that one container fetches. */
interface Share {
  readonly by: ClusterStorageContainer | undefined;
  readonly sources: readonly StorageSource[];
}

/** A pod whose init containers fetch the model's files for those that serve. */
export async function downloadModel(spec: V1PodSpec, download: Download, pod: StorageInjection): Promise<V1PodSpec> {
  const { names } = servingContainers(spec);
  const containers = await pod.surroundings.clusterStorageContainers();
  const volume = { name: download.volumeName, emptyDir: {} };
  let changed = withModelVolume(spec, volume);
  for (const share of shares(download.sources, pod.storageContainerName, containers)) {
    changed = withInitializer(changed, share, { ...download, volume }, pod);
  }
  return mountModel(changed, names, { ...download, volume, readOnly: isReadOnly(pod.annotations) });
}

/** Sources by the container that fetches them, in the order in which each first comes up. */
function shares(
  sources: readonly StorageSource[],
  name: string | undefined,
  containers: readonly ClusterStorageContainer[],
): readonly Share[] {
  const grouped = Map.groupBy(sources, ({ uri }) => chooseStorageContainer(uri, name, containers));
  return [...grouped].map(([by, ofIt]) => {
    if (by !== undefined && ofIt.length > 1) requireSeveral(by);
    return { by, sources: ofIt };
  });
}

/**
 * The order counts: the storage container has its say after the credentials, and what the user wrote in the model's container comes before
 * the platform's, but not before the credentials.
 */
function withInitializer(
  spec: V1PodSpec,
  { by, sources }: Share,
  { access, mountPath, volume }: Download & { readonly volume: V1Volume },
  pod: StorageInjection,
): V1PodSpec {
  const { storageInitializer } = pod.settings;
  const empty = initializerContainer(sources, storageInitializer);
  const plain = withModelMount(empty, { volume, mountPath, readOnly: false });
  const trusted = withAccess({ container: plain, volumes: spec.volumes ?? [] }, access);
  const merged = by === undefined ? trusted.container : overInitializer(trusted.container, by);
  const own = withVariables(merged, modelVariables(servingContainers(spec).target, access.env));
  const made = finish(withCaBundle({ ...trusted, container: own }, storageInitializer, pod), pod.annotations);
  const initContainers = spec.initContainers ?? [];
  if (initContainers.some((existing) => isSameDownload(existing, made.container))) return spec;
  const container = { ...made.container, name: freeName(made.container.name, initContainers) };
  return { ...spec, initContainers: [...initContainers, container], volumes: [...made.volumes] };
}

/** Whether an init container fetches the same files already: storage containers may have names of their own. */
function isSameDownload(existing: V1Container, { image, args, volumeMounts }: V1Container): boolean {
  const [files] = volumeMounts ?? [];
  return (
    existing.image === image &&
    isDeepStrictEqual(existing.args, args) &&
    existing.volumeMounts?.some(({ name, mountPath }) => name === files?.name && mountPath === files.mountPath) === true
  );
}

function finish({ container, volumes }: ContainerInPod, annotations: StorageInjection['annotations']): ContainerInPod {
  const fast: V1Container = withMissingVariables(container, huggingFaceVariables);
  return { container: withVariables(fast, confidentialVariables(annotations)), volumes };
}

/** Has the initializer decrypt files in a confidential container. */
function confidentialVariables(annotations: StorageInjection['annotations']): readonly V1EnvVar[] {
  if (annotations[internalAnnotations.confidentialEnabled] !== 'true') return [];
  const resource = annotations[internalAnnotations.confidentialResourceId] ?? '';
  return [
    { name: 'CONFIDENTIAL_ENABLED', value: 'true' },
    ...(resource === '' ? [] : [{ name: 'CONFIDENTIAL_RESOURCE_ID', value: resource }]),
  ];
}
