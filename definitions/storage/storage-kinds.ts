/** How messages call a kind of storage: KServe's words. */
export type StorageProtocol = 'S3' | 'GCS' | 'Azure' | 'HDFS' | 'HuggingFace' | 'ModelScope' | 'OCI' | 'Git' | 'HTTP';

/** URIs that begin with a text, or in which an expression is found (RE2, unanchored): as in a ClusterStorageContainer. */
export type UriFormat = { readonly prefix: string } | { readonly regex: string };

/** A kind of storage that the storage initializer fetches from. */
export interface StorageKind {
  readonly protocol: StorageProtocol;
  /** URIs it is for. The program asks the kinds in their order, so that a URI of two formats has one meaning. */
  readonly uris: readonly UriFormat[];
}

/**
 * Every kind of storage and its URIs, in the order in which the program asks them. The ClusterStorageContainer is rendered from the
 * same table: what is announced is what is fetched.
 *
 * Source: KServe's initializer, `kserve_storage` 0.20; `ms://` is our short form of `modelscope://`. Git comes before HTTP, with its
 * suffix at the end of the path: upstream finds `.git` anywhere, and takes pages of github.io for repositories.
 */
export const storageKinds = {
  gcs: { protocol: 'GCS', uris: [{ prefix: 'gs://' }] },
  s3: { protocol: 'S3', uris: [{ prefix: 's3://' }] },
  webhdfs: { protocol: 'HDFS', uris: [{ prefix: 'hdfs://' }, { prefix: 'webhdfs://' }] },
  azureBlob: {
    protocol: 'Azure',
    uris: [
      { regex: 'https://(.+?).blob.core.windows.net/(.+)' },
      { regex: 'https://(.+?).z[0-9]{1,2}.blob.storage.azure.net/(.+)' },
    ],
  },
  azureFile: {
    protocol: 'Azure',
    uris: [
      { regex: 'https://(.+?).file.core.windows.net/(.+)' },
      { regex: 'https://(.+?).z[0-9]{1,2}.file.storage.azure.net/(.+)' },
    ],
  },
  huggingFace: { protocol: 'HuggingFace', uris: [{ prefix: 'hf://' }] },
  modelScope: { protocol: 'ModelScope', uris: [{ prefix: 'modelscope://' }, { prefix: 'ms://' }] },
  oci: { protocol: 'OCI', uris: [{ prefix: 'oci://' }] },
  git: { protocol: 'Git', uris: [{ regex: 'https://[^?#]+\\.git/?([?#].*)?$' }] },
  http: { protocol: 'HTTP', uris: [{ regex: 'https?://(.+)/(.+)' }] },
} as const satisfies Record<string, StorageKind>;

/** Name of a kind of storage. */
export type StorageKindName = keyof typeof storageKinds;

/** Scheme of URIs that a Model Registry resolves to one of the others. */
export const modelRegistryScheme = 'model-registry://';

/** The kind of storage that a URI belongs to; `undefined` when nothing fetches it. */
export function storageKindOf(uri: string): StorageKindName | undefined {
  return (Object.keys(storageKinds) as StorageKindName[]).find((name) =>
    storageKinds[name].uris.some((format) => matchesFormat(uri, format)),
  );
}

/** Whether a URI is of a format: prefix, or expression found anywhere in it. */
export function matchesFormat(uri: string, format: UriFormat): boolean {
  return 'prefix' in format ? uri.startsWith(format.prefix) : new RegExp(format.regex).test(uri);
}
