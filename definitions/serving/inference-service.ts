import * as z from 'zod';
import type { KubernetesObject } from '../kubernetes/api-resource';
import { servingGroup } from '../names/serving';
import { withRules, withUnknownFields } from '../schema/extensions';
import type { ResourceDefinition } from '../schema/resource-definition';
import { trafficPercent } from './component-extension';
import { explainer } from './explainer';
import { inferenceServiceStatus } from './inference-service-status';
import { predictor } from './predictor';
import { transformer } from './transformer';

/** What to serve and how. */
export const inferenceServiceSpec = z.strictObject({
  predictor: predictor.describe('Runs the model.'),
  transformer: transformer.describe('Changes requests before and responses after the predictor.').exactOptional(),
  explainer: explainer.describe('Explains predictions.').exactOptional(),
  // Without a type: an older form with one object must reach admission, which stores it as a list.
  canary: withUnknownFields(z.unknown())
    .describe('Predictors beside the stable one, a list of {predictor, trafficPercent} (Standard mode).')
    .exactOptional(),
  canaryTrafficPercent: trafficPercent
    .describe('Share of the only canary in percent; 100 sends it all traffic.')
    .exactOptional(),
});

const schema = withRules(
  z.strictObject({
    spec: inferenceServiceSpec.describe('What to serve and how.'),
    status: inferenceServiceStatus.describe('What the controller found out.').exactOptional(),
  }),
  {
    // Names of Services begin with it, and they take nothing else.
    rule: "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
    message:
      "an InferenceService name must consist of lower case alphanumeric characters or '-', and must start with an alphabetical character",
  },
);

/** A model behind a URL, as stored: CRD defaults are applied. `spec.canary` is to be parsed with `canarySpec`. */
export interface InferenceService extends KubernetesObject {
  readonly spec: z.infer<typeof inferenceServiceSpec>;
  readonly status?: z.infer<typeof inferenceServiceStatus>;
}

const latestTraffic = '.status.components.predictor.traffic[?(@.latestRevision==true)]';
const previousTraffic = ".status.components.predictor.traffic[?(@.tag=='prev')]";

export const inferenceServices: ResourceDefinition<InferenceService> = {
  group: servingGroup,
  version: 'v1beta1',
  kind: 'InferenceService',
  listKind: 'InferenceServiceList',
  plural: 'inferenceservices',
  singular: 'inferenceservice',
  shortNames: ['isvc'],
  scope: 'Namespaced',
  statusSubresource: true,
  description: 'A model that is served behind a URL, with optional transformer and explainer.',
  printerColumns: [
    { name: 'URL', type: 'string', jsonPath: '.status.url' },
    { name: 'Ready', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].status" },
    { name: 'Prev', type: 'integer', jsonPath: `${previousTraffic}.percent` },
    { name: 'Latest', type: 'integer', jsonPath: `${latestTraffic}.percent` },
    { name: 'PrevRolledoutRevision', type: 'string', jsonPath: `${previousTraffic}.revisionName` },
    { name: 'LatestReadyRevision', type: 'string', jsonPath: `${latestTraffic}.revisionName` },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  schema,
};
