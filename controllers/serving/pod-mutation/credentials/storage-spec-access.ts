import type { V1EnvVar, V1Secret } from '@kubernetes/client-node';
import * as z from 'zod';
import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import { storageSchemePlaceholder } from '../../../../definitions/names/serving';
import { causeText } from '../../../runtime/cause-text';
import { PodMutationError } from '../pod-mutation-error';
import type { PodSurroundings } from '../surroundings';
import { entryOf, hasEntry, variableFromSecret } from './secret-data';

/** Storage that an administrator registered, as an InferenceService names it. */
export interface StorageReference {
  /** Entry of the storage Secret; empty: the default entry. */
  readonly key: string;
  /** Values that replace those of the entry. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** How the storage initializer gets to the storage. */
export interface StorageSpecAccess {
  readonly env: readonly V1EnvVar[];
  /** The address of files whose scheme the storage decides. */
  readonly resolve: (uri: string) => string;
}

const storageTypes = ['s3', 'hdfs', 'webhdfs'];
const placeholder = `${storageSchemePlaceholder}://`;

const storageEntry = z.looseObject({
  type: z.string().nullish(),
  bucket: z.string().nullish(),
  cabundle_configmap: z.string().nullish(),
});

/** Access by an entry of the storage Secret; `annotations` of the pod may name another Secret. Throws when the entry is missing or wrong. */
export async function storageSpecAccess(
  reference: StorageReference,
  { namespace, annotations }: { readonly namespace: string; readonly annotations: Readonly<Record<string, string>> },
  settings: InferenceServiceConfig['credentials'],
  surroundings: Pick<PodSurroundings, 'secret'>,
): Promise<StorageSpecAccess> {
  const { parameters } = reference;
  const secretName = annotations[settings.storageSecretNameAnnotation] ?? settings.storageSpecSecretName;
  const found = await readEntry(reference, namespace, secretName, surroundings);
  const written = parameters['type'] ?? '';
  const entry = found !== undefined && written === '' ? parseEntry(found) : undefined;
  const type = written === '' ? (entry?.type ?? '') : written;
  if (type === '') throw new PodMutationError('unable to determine storage type');
  return {
    env: variablesOf(found, entry?.cabundle_configmap ?? '', parameters),
    resolve: (uri) => resolve(uri, type, parameters['bucket'] ?? entry?.bucket ?? ''),
  };
}

function variablesOf(
  found: FoundEntry | undefined,
  caBundle: string,
  parameters: StorageReference['parameters'],
): readonly V1EnvVar[] {
  const sorted = Object.entries(parameters).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [
    ...(caBundle === '' ? [] : [{ name: 'AWS_CA_BUNDLE_CONFIGMAP', value: caBundle }]),
    ...(found === undefined ? [] : [variableFromSecret('STORAGE_CONFIG', found.secretName, found.key)]),
    ...(sorted.length === 0
      ? []
      : [{ name: 'STORAGE_OVERRIDE_CONFIG', value: JSON.stringify(Object.fromEntries(sorted)) }]),
  ];
}

interface FoundEntry {
  readonly secret: V1Secret;
  readonly secretName: string;
  readonly key: string;
}

async function readEntry(
  { key: wanted, parameters }: StorageReference,
  namespace: string,
  secretName: string,
  surroundings: Pick<PodSurroundings, 'secret'>,
): Promise<FoundEntry | undefined> {
  let secret: V1Secret | undefined;
  try {
    secret = await surroundings.secret(namespace, secretName);
  } catch (error) {
    throw new PodMutationError(`can't read storage secret ${secretName}: ${causeText(error)}`, { cause: error });
  }
  if (wanted !== '') {
    if (secret === undefined) {
      throw new PodMutationError(`can't read storage secret ${secretName}: it does not exist in ${namespace}`);
    }
    if (hasEntry(secret, wanted)) return { secret, secretName, key: wanted };
    throw new PodMutationError(`specified storage key ${wanted} not found in storage secret ${secretName}`);
  }
  const type = parameters['type'] ?? '';
  const key = type === '' ? 'default' : `default_${type}`;
  return secret !== undefined && hasEntry(secret, key) ? { secret, secretName, key } : undefined;
}

/** The cause is ours: the parser's own message repeats what it read, which is secret. */
function parseEntry({ secret, secretName, key }: FoundEntry): z.infer<typeof storageEntry> {
  const invalid = (cause: string) =>
    new PodMutationError(`invalid json encountered in key ${key} of storage secret ${secretName}: ${cause}`);
  let read: unknown;
  try {
    read = JSON.parse(entryOf(secret, key) ?? '');
  } catch {
    throw invalid('it is not JSON');
  }
  const parsed = storageEntry.safeParse(read);
  if (!parsed.success) throw invalid('it is not an object whose type, bucket and cabundle_configmap are strings');
  const type = parsed.data.type ?? '';
  if (type !== '' && !storageTypes.includes(type)) {
    throw new PodMutationError(
      `storage type must be one of [${storageTypes.join(', ')}]. storage type [${type}] is not supported`,
    );
  }
  return parsed.data;
}

function resolve(uri: string, type: string, bucket: string): string {
  if (!uri.startsWith(placeholder)) return uri;
  const path = uri.slice(placeholder.length);
  if (type !== 's3') return `${type}://${path}`;
  if (bucket === '') {
    throw new PodMutationError(`format [s3] requires a bucket but one wasn't found in storage data or parameters`);
  }
  return `s3://${bucket}/${path}`;
}
