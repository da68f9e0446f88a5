import type { ApiResource, KubernetesObject } from '../kubernetes/api-resource';
import { servingGroup } from '../names/serving';

/** A cache of model files on nodes, of KServe's local model controllers, as far as it is read here. */
export interface LocalModelCacheObject extends KubernetesObject {
  readonly spec?: { readonly sourceModelUri?: string; readonly nodeGroups?: readonly string[] };
}

/** For services of every namespace. */
export const localModelCaches: ApiResource<LocalModelCacheObject> = {
  group: servingGroup,
  version: 'v1alpha1',
  kind: 'LocalModelCache',
  plural: 'localmodelcaches',
  scope: 'Cluster',
};

/** For services of its namespace. */
export const localModelNamespaceCaches: ApiResource<LocalModelCacheObject> = {
  group: servingGroup,
  version: 'v1alpha1',
  kind: 'LocalModelNamespaceCache',
  plural: 'localmodelnamespacecaches',
  scope: 'Namespaced',
};
