import type { KubernetesObject } from '../kubernetes/api-resource';
import { servingGroup } from '../names/serving';
import type { ResourceDefinition } from '../schema/resource-definition';
import { servingRuntimeColumns, servingRuntimeSchema } from './serving-runtime-spec';
import type { ServingRuntimeSpec } from './serving-runtime-spec';

/** A model server for the services of every namespace. */
export interface ClusterServingRuntime extends KubernetesObject {
  readonly spec: ServingRuntimeSpec;
}

export const clusterServingRuntimes: ResourceDefinition<ClusterServingRuntime> = {
  group: servingGroup,
  version: 'v1alpha1',
  kind: 'ClusterServingRuntime',
  listKind: 'ClusterServingRuntimeList',
  plural: 'clusterservingruntimes',
  singular: 'clusterservingruntime',
  scope: 'Cluster',
  statusSubresource: false,
  description: 'A model server and the formats it loads, for the InferenceServices of every namespace.',
  printerColumns: servingRuntimeColumns,
  schema: servingRuntimeSchema,
};
