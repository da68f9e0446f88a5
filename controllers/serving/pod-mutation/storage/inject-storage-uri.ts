import type { V1PodSpec } from '@kubernetes/client-node';
import { containerNames, modelDirectory, volumeNames } from '../../../../definitions/names/serving';
import { variableOf, withVariables } from '../container-variables';
import { mountModel } from '../model-volume';
import { ociMode } from '../oci/oci-mode';
import { servingContainers, withContainers } from '../serving-containers';
import { claimOf, type ModelClaim } from './claim';
import { downloadModel } from './download';
import { isReadOnly, type StorageInjection } from './injection';
import { storageAccess } from './storage-access';
import { chooseStorageContainer } from './storage-container';

/** Variable by which custom containers are told where their model is: after the injection, in the directory. */
const storageUriVariable = 'STORAGE_URI';

/**
 * A pod that has the model of one URI in `/mnt/models`: a claim is mounted, other files are fetched. Images with a mode of their own are
 * left alone, and so is a pod that has its initializer already.
 */
export async function injectStorageUri(spec: V1PodSpec, uri: string, pod: StorageInjection): Promise<V1PodSpec> {
  if (ociMode(uri, pod.settings.storageInitializer) !== undefined || hasInitializer(spec)) return spec;
  const { names, target } = servingContainers(spec);
  const claim = claimOf(uri);
  if (claim !== undefined) {
    await refuseUnsupported(uri, pod);
    return tellDirectory(mountClaim(spec, names, claim, pod), target.name);
  }
  const { access, resolve } = await storageAccess(spec, pod);
  const resolved = resolve(uri);
  const resolvedClaim = claimOf(resolved);
  if (resolvedClaim !== undefined) return tellDirectory(mountClaim(spec, names, resolvedClaim, pod), target.name);
  if (hasInitializer(spec, await initializerName(resolved, pod))) return spec;
  const sources = [{ uri: resolved, path: modelDirectory }];
  const download = { sources, volumeName: volumeNames.modelFiles, mountPath: modelDirectory, access };
  return tellDirectory(await downloadModel(spec, download, pod), target.name);
}

function hasInitializer({ initContainers = [] }: V1PodSpec, name: string = containerNames.storageInitializer): boolean {
  return initContainers.some((container) => container.name === name);
}

/** A storage container may bring a name of its own. */
async function initializerName(uri: string, { storageContainerName, surroundings }: StorageInjection): Promise<string> {
  const containers = await surroundings.clusterStorageContainers();
  const chosen = chooseStorageContainer(uri, storageContainerName, containers);
  return chosen?.spec.container.name ?? containerNames.storageInitializer;
}

/** Who asks for a storage container is told when it is not for the URI, although claims need none. */
async function refuseUnsupported(uri: string, { storageContainerName, surroundings }: StorageInjection): Promise<void> {
  if (storageContainerName === undefined) return;
  chooseStorageContainer(uri, storageContainerName, await surroundings.clusterStorageContainers());
}

function mountClaim(
  spec: V1PodSpec,
  names: readonly string[],
  { claimName, subPath }: ModelClaim,
  { annotations }: StorageInjection,
): V1PodSpec {
  return mountModel(spec, names, {
    volume: { name: volumeNames.modelClaim, persistentVolumeClaim: { claimName } },
    mountPath: modelDirectory,
    subPath,
    readOnly: isReadOnly(annotations),
  });
}

function tellDirectory(spec: V1PodSpec, target: string): V1PodSpec {
  return withContainers(spec, [target], (container) =>
    (variableOf(container, storageUriVariable)?.value ?? '') === ''
      ? container
      : withVariables(container, [{ name: storageUriVariable, value: modelDirectory }]),
  );
}
