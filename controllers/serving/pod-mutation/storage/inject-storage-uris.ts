import type { V1PodSpec } from '@kubernetes/client-node';
import { internalAnnotations, modelDirectory, volumeNames } from '../../../../definitions/names/serving';
import { mountModel, volumeNamesOf } from '../model-volume';
import { addOciSources } from '../oci/oci-sources';
import { ociMode } from '../oci/oci-mode';
import { PodMutationError } from '../pod-mutation-error';
import { servingContainers } from '../serving-containers';
import type { PodSurroundings } from '../surroundings';
import { claimOf } from './claim';
import { downloadModel } from './download';
import type { StorageSource } from './initializer-container';
import { isStorageInitializer } from './initializer-name';
import { isReadOnly, type StorageInjection, type StorageInjectionSettings } from './injection';
import { storageAccess } from './storage-access';

/** Sources of a component's model files, and what is known of its pods. */
export interface StorageUrisOfPod {
  readonly storageUris: readonly { readonly uri: string; readonly mountPath?: string }[];
  readonly namespace: string;
  /** Namespace of the controller: its pods have the platform's own ConfigMap of certificates. */
  readonly managerNamespace: string;
  /** Of the pods. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Of the component itself. Its credentials count when it has both members; else those of the pod's ServiceAccount. */
  readonly storageSpec?: { readonly key?: string; readonly parameters?: Readonly<Record<string, string>> };
  readonly storageContainerName?: string;
}

/**
 * The pod of a component that has the files of each URI in its directory: claims are mounted, images arrive by their mode, all other files
 * are fetched into one volume at the directory above them all. A pod that has an initializer already is left alone. Throws
 * PodMutationError when the sources don't fit a pod.
 */
export async function injectStorageUris(
  spec: V1PodSpec,
  { storageUris, storageSpec, ...place }: StorageUrisOfPod,
  settings: StorageInjectionSettings,
  surroundings: PodSurroundings,
): Promise<V1PodSpec> {
  if (storageUris.length === 0 || place.annotations[internalAnnotations.agent] !== undefined) return spec;
  if (spec.initContainers?.some(isStorageInitializer)) return spec;
  const { names } = servingContainers(spec);
  const pod: StorageInjection = { ...place, ...storageOf(storageSpec), settings, surroundings };
  const sources = storageUris.map(({ uri, mountPath }) => sourceOf(uri, mountPath));

  const {
    claims = [],
    images = [],
    files = [],
  } = Object.groupBy(sources, ({ uri }) => {
    if (claimOf(uri) !== undefined) return 'claims';
    return ociMode(uri, settings.storageInitializer) === undefined ? 'files' : 'images';
  });
  const directory = files.length === 0 ? undefined : commonParent(files.map(({ path }) => path));
  const taken = claims.map(({ path }) => path);
  if (new Set(taken).size < taken.length || taken.some((path) => path === directory)) {
    throw new PodMutationError('PVC storage paths must be unique');
  }
  const volumes = volumeNamesOf([...sources.map(({ path }) => path), ...(directory === undefined ? [] : [directory])]);
  const volumeOf = (path: string) => volumes.get(path) ?? volumeNames.ociModel;

  const mounted = mountClaims(spec, names, claims, volumeOf, pod);
  const fetched =
    directory === undefined
      ? mounted
      : await fetchFiles(mounted, files, { directory, volume: volumeOf(directory) }, pod);
  const withModes = images.flatMap((source) => {
    const mode = ociMode(source.uri, settings.storageInitializer);
    return mode === undefined ? [] : [{ ...source, mode, volumeName: volumeOf(source.path) }];
  });
  return addOciSources(fetched, withModes, pod);
}

function storageOf(spec: StorageUrisOfPod['storageSpec']): Pick<StorageInjection, 'storage'> {
  const { key, parameters } = spec ?? {};
  return key === undefined || parameters === undefined ? {} : { storage: { key, parameters } };
}

/** Without a directory it is the one of single models: a CRD without schema sets no default. */
function sourceOf(uri: string, mountPath = ''): StorageSource {
  const path = mountPath === '' ? modelDirectory : mountPath.replace(/(?!^)\/+$/, '');
  if (path === '/') throw new PodMutationError('storage path cannot be empty');
  return { uri, path };
}

function mountClaims(
  spec: V1PodSpec,
  names: readonly string[],
  claims: readonly StorageSource[],
  volumeOf: (path: string) => string,
  { annotations }: StorageInjection,
): V1PodSpec {
  return claims.reduce((changed, { uri, path }) => {
    const { claimName = '', subPath = '' } = claimOf(uri) ?? {};
    const volume = { name: volumeOf(path), persistentVolumeClaim: { claimName } };
    return mountModel(changed, names, { volume, mountPath: path, subPath, readOnly: isReadOnly(annotations) });
  }, spec);
}

async function fetchFiles(
  spec: V1PodSpec,
  written: readonly StorageSource[],
  { directory, volume }: { readonly directory: string; readonly volume: string },
  pod: StorageInjection,
): Promise<V1PodSpec> {
  const { access, resolve } = await storageAccess(spec, pod);
  const sources = written.map(({ uri, path }) => ({ uri: resolve(uri), path }));
  return downloadModel(spec, { sources, volumeName: volume, mountPath: directory, access }, pod);
}

/** The directory above all of them; of one, itself. */
function commonParent(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/').filter((part) => part !== ''));
  const length = first.findIndex((part, index) => others.some((parts) => parts[index] !== part));
  const common = length === -1 ? first : first.slice(0, length);
  if (common.length > 0) return `/${common.join('/')}`;
  throw new PodMutationError(
    `storage paths must have a common parent directory. Current paths: [${paths.join(' ')}] have no common parent beyond root`,
  );
}
