import { secrets, serviceAccounts } from '../../definitions/kubernetes/core-resources';
import { keyOf } from '../runtime/object-key';
import type { KubernetesClient } from '../runtime/client';
import type { PodSurroundings } from './pod-mutation/surroundings';
import type { ServingStores } from './serving-stores';

/**
 * What decides how a pod is changed: Secrets and ServiceAccounts are read one by one when they are needed and never kept.
 */
export function podSurroundings(
  client: KubernetesClient,
  stores: Pick<ServingStores, 'storageContainers' | 'inferenceServices'>,
): PodSurroundings {
  return {
    clusterStorageContainers: () =>
      stores.storageContainers.list().toSorted((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1)),
    secret: (namespace, name) => client.get(secrets, { namespace, name }),
    serviceAccount: (namespace, name) => client.get(serviceAccounts, { namespace, name }),
    inferenceService: (namespace, name) => stores.inferenceServices.get(keyOf({ metadata: { namespace, name } })),
  };
}
