import * as z from 'zod';
import { withUnknownFields } from '../schema/extensions';
import { atomicList } from '../schema/list';
import { address } from './address';
import { knativeStatusShape } from './knative-status';
import { modelStatus } from './model-status';

const trafficTarget = z.strictObject({
  tag: z.string().describe('Tag under which the revision is reachable by itself.').exactOptional(),
  revisionName: z.string().describe('Revision that gets the traffic.').exactOptional(),
  configurationName: z.string().describe('Configuration whose newest ready revision gets the traffic.').exactOptional(),
  latestRevision: z.boolean().describe('Whether this is the newest ready revision.').exactOptional(),
  percent: z.int().min(0).max(100).describe('Share of the traffic in percent.').exactOptional(),
  url: z.string().describe('URL of the tag.').exactOptional(),
});

const componentStatus = z.strictObject({
  url: z.string().describe('URL of the component.').exactOptional(),
  restUrl: z.string().describe('URL for REST.').exactOptional(),
  grpcUrl: z.string().describe('URL for gRPC.').exactOptional(),
  address: address.describe('Address inside of the cluster.').exactOptional(),
  latestReadyRevision: z.string().describe('Newest revision that is ready.').exactOptional(),
  latestCreatedRevision: z.string().describe('Newest revision.').exactOptional(),
  latestRolledoutRevision: z.string().describe('Newest revision that got all traffic.').exactOptional(),
  previousRolledoutRevision: z.string().describe('Revision that got all traffic before.').exactOptional(),
  traffic: atomicList(trafficTarget).describe('Shares of the revisions.').exactOptional(),
});

const canaryStatus = z.strictObject({
  name: z.string().describe('Name of the canary’s predictor.'),
  ready: z.boolean().describe('Whether a replica is available.').exactOptional(),
  trafficPercent: z.int32().describe('Share of the traffic in percent.').exactOptional(),
  modelStatus: modelStatus.describe('How far the canary’s model is.').exactOptional(),
});

/** What the controller found out about an InferenceService. Members of other versions are kept. */
export const inferenceServiceStatus = withUnknownFields(
  z.strictObject({
    ...knativeStatusShape,
    url: z.string().describe('URL of the service.').exactOptional(),
    address: address.describe('Address inside of the cluster.').exactOptional(),
    components: z
      .record(z.string(), componentStatus)
      .describe('Status of predictor, transformer and explainer.')
      .exactOptional(),
    modelStatus: modelStatus.describe('How far the model is.').exactOptional(),
    canaryStatuses: atomicList(canaryStatus).describe('Status of each canary.').exactOptional(),
    deploymentMode: z.string().describe('How it is deployed: Standard, Knative or ModelMesh.').exactOptional(),
    servingRuntimeName: z.string().describe('ServingRuntime in use.').exactOptional(),
    clusterServingRuntimeName: z.string().describe('ClusterServingRuntime in use.').exactOptional(),
  }),
);
