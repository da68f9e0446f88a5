import { modelRegistryScheme, storageKinds, type StorageKind, type UriFormat } from './storage-kinds';

/** Formats of the URIs that are fetched from storage, as a ClusterStorageContainer announces them. */
export const storageFormats: readonly UriFormat[] = Object.values<StorageKind>(storageKinds).flatMap(
  ({ uris }) => uris,
);

/** Formats of the URIs that a registry is asked about first. Disjoint with the others: KServe's choice among several is not stable. */
export const modelRegistryFormats: readonly UriFormat[] = [{ prefix: modelRegistryScheme }];
