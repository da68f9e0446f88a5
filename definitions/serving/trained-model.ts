import * as z from 'zod';
import type { KubernetesObject } from '../kubernetes/api-resource';
import { quantity } from '../kubernetes/quantity';
import { servingGroup } from '../names/serving';
import { withUnknownFields } from '../schema/extensions';
import type { ResourceDefinition } from '../schema/resource-definition';
import { address } from './address';
import { knativeStatusShape } from './knative-status';

const spec = z.strictObject({
  inferenceService: z.string().describe('InferenceService in the same namespace that serves the model.'),
  model: z
    .strictObject({
      storageUri: z.string().describe('Address of the model files: s3://, gs://, https:// or http://.'),
      framework: z.string().describe('Framework of the model, for example sklearn.'),
      memory: quantity.describe('Memory the model takes; can’t be changed.'),
    })
    .describe('The model to load.'),
});

const status = withUnknownFields(
  z.strictObject({
    ...knativeStatusShape,
    url: z.string().describe('URL of the model.').exactOptional(),
    address: address.describe('Address inside of the cluster.').exactOptional(),
  }),
);

const schema = z.strictObject({
  spec: spec.describe('The model and where it is loaded.'),
  status: status.describe('What the controller found out.').exactOptional(),
});

/** One of several models that an InferenceService serves, as stored. */
export interface TrainedModel extends KubernetesObject {
  readonly spec: z.infer<typeof spec>;
  readonly status?: z.infer<typeof status>;
}

export const trainedModels: ResourceDefinition<TrainedModel> = {
  group: servingGroup,
  version: 'v1alpha1',
  kind: 'TrainedModel',
  listKind: 'TrainedModelList',
  plural: 'trainedmodels',
  singular: 'trainedmodel',
  shortNames: ['tm'],
  scope: 'Namespaced',
  statusSubresource: true,
  description: 'One of several models that an InferenceService serves.',
  printerColumns: [
    { name: 'URL', type: 'string', jsonPath: '.status.url' },
    { name: 'Ready', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].status" },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  schema,
};
