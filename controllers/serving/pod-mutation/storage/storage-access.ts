import type { V1PodSpec } from '@kubernetes/client-node';
import type { Access } from '../container-in-pod';
import { serviceAccountAccess } from '../credentials/service-account-access';
import { storageSpecAccess } from '../credentials/storage-spec-access';
import type { StorageInjection } from './injection';

/** How an initializer gets to the storage of a pod. */
export interface StorageAccess {
  readonly access: Access;
  /** The address of files whose scheme the storage decides. */
  readonly resolve: (uri: string) => string;
}

/** Access by the registered storage that the user names, else by the pod's ServiceAccount. */
export async function storageAccess(
  { serviceAccountName }: V1PodSpec,
  { namespace, annotations, storage, settings, surroundings }: StorageInjection,
): Promise<StorageAccess> {
  if (storage !== undefined) {
    const place = { namespace, annotations };
    const { env, resolve } = await storageSpecAccess(storage, place, settings.credentials, surroundings);
    return { access: { env, mounted: [] }, resolve };
  }
  const account = { namespace, annotations, serviceAccountName };
  return {
    access: await serviceAccountAccess(account, settings.credentials, surroundings),
    resolve: (uri) => uri,
  };
}
