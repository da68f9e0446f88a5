import type { KubernetesObject } from '../kubernetes/api-resource';
import { servingGroup } from '../names/serving';
import type { ResourceDefinition } from '../schema/resource-definition';
import { servingRuntimeColumns, servingRuntimeSchema } from './serving-runtime-spec';
import type { ServingRuntimeSpec } from './serving-runtime-spec';

/** A model server for the services of one namespace. */
export interface ServingRuntime extends KubernetesObject {
  readonly spec: ServingRuntimeSpec;
}

export const servingRuntimes: ResourceDefinition<ServingRuntime> = {
  group: servingGroup,
  version: 'v1alpha1',
  kind: 'ServingRuntime',
  listKind: 'ServingRuntimeList',
  plural: 'servingruntimes',
  singular: 'servingruntime',
  scope: 'Namespaced',
  statusSubresource: false,
  description: 'A model server and the formats it loads, for the InferenceServices of its namespace.',
  printerColumns: servingRuntimeColumns,
  schema: servingRuntimeSchema,
};
