import { modelDirectory } from '../../../definitions/names/serving';
import {
  type InferenceServiceSpec,
  type Predictor,
  explainerImplementations,
  predictorImplementations,
  storageUriOf,
  transformerImplementations,
} from './implementations';
import { type Refusal, firstRefusal } from './verdict';

type StorageUris = NonNullable<Predictor['storageUris']>;

/** Rules of components that load files from several places. */
export function refusedStorageUris({ predictor, transformer, explainer }: InferenceServiceSpec): Refusal {
  const transformerUri = transformer && storageUriOf(transformerImplementations(transformer)[0]);
  const explainerUri = explainer && storageUriOf(explainerImplementations(explainer)[0]);
  return (
    refusedSources(transformer?.storageUris, transformerUri) ??
    refusedSources(explainer?.storageUris, explainerUri) ??
    refusedSources(predictor.storageUris, storageUriOf(predictorImplementations(predictor)[0]))
  );
}

function refusedSources(uris: StorageUris | undefined, single: string | undefined): Refusal {
  if (uris === undefined) return undefined;
  if (single !== undefined) return 'Setting both StorageURI and StorageURIs is not supported.';
  return firstRefusal(uris, refusedSource) ?? refusedTogether(uris);
}

function refusedSource({ uri, mountPath: path = modelDirectory }: StorageUris[number]): Refusal {
  if (uri === '') return 'storage URI cannot be empty';
  if (path === '/') return 'storage path cannot be empty';
  if (!path.startsWith('/')) return `storage path must be absolute: ${path}`;
  if (path.includes('..')) return `storage path cannot contain '..' for security reasons: ${path}`;
  return undefined;
}

/** Claims are mounted one by one; everything else is fetched into one volume, at the directory they have in common. */
function refusedTogether(uris: StorageUris): Refusal {
  const pathsOf = (claims: boolean) =>
    uris.filter(({ uri }) => uri.startsWith('pvc://') === claims).map(({ mountPath = modelDirectory }) => mountPath);
  const claimed = pathsOf(true);
  if (new Set(claimed).size < claimed.length) return 'PVC storage paths must be unique';
  const fetched = pathsOf(false);
  if (fetched.length < 2 || haveCommonParent(fetched)) return undefined;
  return (
    'storage paths must have a common parent directory. ' +
    `Current paths: [${fetched.join(' ')}] have no common parent beyond root`
  );
}

function haveCommonParent(paths: readonly string[]): boolean {
  const first = paths.map((path) => path.split('/').find((segment) => segment !== ''));
  return first[0] !== undefined && first.every((segment) => segment === first[0]);
}
