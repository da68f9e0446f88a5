import { modelRegistryScheme, storageKindOf } from '../../../definitions/storage/storage-kinds';
import type { Artifact } from '../../model-registry/answers';
import { displayUri } from '../display-uri';
import { StorageError } from '../storage-error';
import type { StorageSpec } from '../storage-spec';

/** Where the files of an artifact are, and what they must be. */
export interface ArtifactLocation {
  readonly uri: string;
  /** Of the file, lower-case hexadecimal, when the artifact has a custom property `sha256`. */
  readonly sha256?: string;
}

/**
 * Where the files of an artifact are: its URI, else its storage path below what the storage configuration names.
 *
 * @param where registry, model and version, for messages
 * @throws StorageError when that is nowhere, or nowhere to fetch from
 */
export function artifactLocation(artifact: Artifact, spec: StorageSpec | undefined, where: string): ArtifactLocation {
  const { uri } = artifact;
  const from = uri === undefined || uri === null || uri === '' ? uriOfPath(artifact, spec, where) : uri;
  const sha256 = sha256Of(artifact, where);
  return { uri: fetchable(from, where), ...(sha256 === undefined ? {} : { sha256 }) };
}

function uriOfPath({ id, uri, storageKey, storagePath }: Artifact, spec: StorageSpec | undefined, where: string) {
  if (storagePath === undefined || storagePath === null || storagePath === '') {
    const nothing = uri === '' ? 'there is no storageUri supplied' : `model artifact has empty URI ${id}`;
    throw new StorageError('other', `${nothing} (artifact ${id} of ${where})`);
  }
  const { type, bucket = '' } = spec ?? {};
  const path = storagePath.replace(/^\/+/, '');
  if (type === 's3' && bucket !== '') return `s3://${bucket}/${path}`;
  if (type === 'hdfs' || type === 'webhdfs') return `${type}://${path}`;
  const entry = storageKey === undefined || storageKey === null ? 'an entry' : `entry '${storageKey}'`;
  const problem =
    spec === undefined
      ? `STORAGE_CONFIG is not set: have KServe pass ${entry} of the storage secret`
      : `STORAGE_CONFIG has type ${JSON.stringify(type ?? '')}${type === 's3' ? ' and no bucket' : ''}: expected s3 with a bucket, hdfs or webhdfs`;
  throw new StorageError(
    'other',
    `model artifact has empty URI ${id}, only the storage path '${storagePath}', and ${problem} (${where})`,
  );
}

/** What a registry says is somebody else's word: only what comes from elsewhere is fetched, no file of the pod. */
function fetchable(uri: string, where: string): string {
  if (!/\w+:\/\//.test(uri)) {
    throw new StorageError('other', `there is no protocol specified for the storageUri (${displayUri(uri)}, ${where})`);
  }
  const problem = uri.startsWith(modelRegistryScheme)
    ? 'an artifact that is in a Model Registry again'
    : uri.startsWith('pvc://')
      ? 'KServe mounts volumes before this program runs: set it as storageUri of the InferenceService'
      : uri.startsWith('file://') || storageKindOf(uri) === undefined
        ? 'nothing fetches it'
        : undefined;
  if (problem === undefined) return uri;
  throw new StorageError('other', `protocol not supported for storageUri (${displayUri(uri)}: ${problem}; ${where})`);
}

function sha256Of({ id, customProperties }: Artifact, where: string): string | undefined {
  const property = customProperties['sha256'];
  if (property === undefined) return undefined;
  const value = property['string_value'];
  const digest =
    typeof value === 'string'
      ? value
          .trim()
          .toLowerCase()
          .replace(/^sha256:/, '')
      : '';
  if (/^[0-9a-f]{64}$/.test(digest)) return digest;
  throw new StorageError(
    'other',
    `custom property sha256 of artifact ${id} is no SHA-256: expected 64 hexadecimal digits (${where})`,
  );
}
