import type { V1Secret, V1ServiceAccount } from '@kubernetes/client-node';
import type { ClusterStorageContainer } from '../../../definitions/serving/cluster-storage-container';
import type { InferenceService } from '../../../definitions/serving/inference-service';

type Eventually<T> = T | Promise<T>;

/** An object as far as it is looked at here. */
type Seen<T> = Omit<T, 'metadata'> & {
  readonly metadata?: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
};

/**
 * What of the cluster decides how a pod is changed, read when it is needed. What is not there is `undefined`; an answer that can't be
 * had (the API server is away) is thrown.
 */
export interface PodSurroundings {
  /** All of them, in the order in which they are asked whether they support a URI: by name. */
  clusterStorageContainers(): Eventually<readonly ClusterStorageContainer[]>;
  secret(namespace: string, name: string): Eventually<Seen<V1Secret> | undefined>;
  serviceAccount(namespace: string, name: string): Eventually<Seen<V1ServiceAccount> | undefined>;
  inferenceService(namespace: string, name: string): Eventually<InferenceService | undefined>;
}
