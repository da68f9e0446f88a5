import type { V1Node } from '@kubernetes/client-node';
import type { KubernetesClient } from '../../controllers/runtime/client';
import type { ApiResource } from '../../definitions/kubernetes/api-resource';
import { deployments, type Stored } from '../../definitions/kubernetes/core-resources';
import { controlPlaneLabel } from '../../definitions/names/serving-webhooks';

const nodes: ApiResource<Stored<V1Node>> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  scope: 'Cluster',
};

/** Value of the label that managers of KServe and ours carry. */
const servingManager = 'kserve-controller-manager';

/** What a cluster has that `npm start` then does not bring. */
export interface Surroundings {
  /**
   * Whether pods are run by stand-ins here: there are no nodes, and the API server is on this machine, so that it reaches webhooks in a
   * process of ours.
   */
  readonly podsAreOurs: boolean;
  /** `<namespace>/<name>` of the Deployment that serves InferenceServices already. */
  readonly servedBy?: string;
}

/** Looks at a cluster that may be somebody's. @param server its URL */
export async function surroundingsOf(client: KubernetesClient, server: string): Promise<Surroundings> {
  const [node, managers] = await Promise.all([
    client.list(nodes, { limit: 1 }),
    client.list(deployments, { labelSelector: `${controlPlaneLabel}=${servingManager}` }),
  ]);
  const [manager] = managers.items;
  const here = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(server).hostname);
  return {
    podsAreOurs: here && node.items.length === 0,
    ...(manager === undefined ? {} : { servedBy: `${manager.metadata.namespace ?? ''}/${manager.metadata.name}` }),
  };
}
