import { secrets, serviceAccounts } from '../../definitions/kubernetes/core-resources';
import { keyOf } from '../runtime/object-key';
import type { KubernetesClient } from '../runtime/client';
import type { PodSurroundings } from './pod-mutation/surroundings';
import type { ServingStores } from './serving-stores';

/**
 * What decides how a pod is changed: Secrets and ServiceAccounts are read one by one when they are needed and never kept.
 *
 * @param signal ends what is being read when nobody waits for it any more
 */
export function podSurroundings(
  client: Pick<KubernetesClient, 'get'>,
  stores: Pick<ServingStores, 'storageContainers' | 'inferenceServices'>,
  signal?: AbortSignal,
): PodSurroundings {
  return {
    clusterStorageContainers: () =>
      stores.storageContainers.list().toSorted((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1)),
    secret: (namespace, name) => client.get(secrets, { namespace, name }, { signal }),
    serviceAccount: (namespace, name) => client.get(serviceAccounts, { namespace, name }, { signal }),
    inferenceService: (namespace, name) => stores.inferenceServices.get(keyOf({ metadata: { namespace, name } })),
  };
}
