import type { V1Affinity, V1Toleration } from '@kubernetes/client-node';
import * as z from 'zod';
import type { KubernetesObject } from '../kubernetes/api-resource';
import { resourceRequirements } from '../kubernetes/resource-requirements';
import { stringMap } from '../kubernetes/string-map';
import { graphRoot, servingGroup } from '../names/serving';
import { atomicMap, withRules, withUnknownFields } from '../schema/extensions';
import { island } from '../schema/island';
import { atomicList } from '../schema/list';
import type { ResourceDefinition } from '../schema/resource-definition';
import { knativeStatusShape } from './knative-status';

const step = z.strictObject({
  name: z.string().describe('Name, unique in the node.').exactOptional(),
  nodeName: z.string().describe('Node of the graph to ask. One of nodeName, serviceName, serviceUrl.').exactOptional(),
  serviceName: z.string().describe('InferenceService in the same namespace to ask.').exactOptional(),
  serviceUrl: z.string().describe('URL to ask.').exactOptional(),
  data: z.string().describe('What is sent: $request, or $response of the step before.').exactOptional(),
  mapPredictionsToInstances: z
    .boolean()
    .describe('Whether predictions of the step before become the instances of this one.')
    .exactOptional(),
  weight: z.int().min(0).describe('Share of the requests in percent (Splitter); all steps make 100.').exactOptional(),
  condition: z
    .string()
    .describe('Expression (GJSON) on the request or response that selects the step.')
    .exactOptional(),
  dependency: z
    .enum(['Soft', 'Hard'])
    .describe('Whether a failure of the step ends the graph (Hard) or goes on (Soft). Defaults to Soft.')
    .exactOptional(),
});

const node = z.strictObject({
  routerType: z
    .enum(['Sequence', 'Splitter', 'Ensemble', 'Switch'])
    .describe('Whether steps run in a row, share requests, run side by side, or by their conditions.'),
  steps: atomicList(step).describe('Steps in their order.').exactOptional(),
});

const seconds = z.int().min(0);

const routerTimeouts = z.strictObject({
  serverRead: seconds.describe('Seconds to read a request.').exactOptional(),
  serverWrite: seconds.describe('Seconds to write an answer.').exactOptional(),
  serverIdle: seconds.describe('Seconds that an unused connection is kept.').exactOptional(),
  serviceClient: seconds.describe('Seconds to wait for a step.').exactOptional(),
});

const spec = z.strictObject({
  nodes: withRules(z.record(z.string(), node), {
    rule: `'${graphRoot}' in self`,
    message: `root node not found, InferenceGraph needs a node with name '${graphRoot}' as the root node of the graph`,
    reason: 'FieldValueRequired',
  }).describe('Nodes by name; requests start at root.'),
  resources: resourceRequirements.describe('Compute resources of the router.').exactOptional(),
  affinity: island<V1Affinity>().describe('Nodes and pods to be near to or away from.').exactOptional(),
  timeout: seconds.describe('Seconds until a request is given up (Knative mode).').exactOptional(),
  routerTimeouts: routerTimeouts.describe('Time limits of the router.').exactOptional(),
  minReplicas: z.int32().min(0).describe('Least routers. Defaults to 1.').exactOptional(),
  maxReplicas: z.int32().min(0).describe('Most routers; 0 or absent means no limit of its own.').exactOptional(),
  scaleTarget: z.int32().min(0).describe('Target of scaleMetric.').exactOptional(),
  scaleMetric: z.enum(['cpu', 'memory', 'concurrency', 'rps']).describe('What to scale routers by.').exactOptional(),
  tolerations: atomicList(island<V1Toleration>()).describe('Taints of nodes that are accepted.').exactOptional(),
  nodeSelector: atomicMap(stringMap).describe('Labels a node must carry.').exactOptional(),
  nodeName: z.string().describe('Node to run on, without the scheduler.').exactOptional(),
  serviceAccountName: z.string().describe('ServiceAccount of the router.').exactOptional(),
});

const status = withUnknownFields(
  z.strictObject({
    ...knativeStatusShape,
    url: z.string().describe('URL of the graph.').exactOptional(),
    deploymentMode: z.string().describe('How it is deployed: Standard or Knative.').exactOptional(),
  }),
);

const schema = z.strictObject({
  spec: spec.describe('The graph and the pods that route in it.'),
  status: status.describe('What the controller found out.').exactOptional(),
});

/** Several InferenceServices behind one URL, as stored. */
export interface InferenceGraph extends KubernetesObject {
  readonly spec: z.infer<typeof spec>;
  readonly status?: z.infer<typeof status>;
}

export const inferenceGraphs: ResourceDefinition<InferenceGraph> = {
  group: servingGroup,
  version: 'v1alpha1',
  kind: 'InferenceGraph',
  listKind: 'InferenceGraphList',
  plural: 'inferencegraphs',
  singular: 'inferencegraph',
  shortNames: ['ig'],
  scope: 'Namespaced',
  statusSubresource: true,
  description: 'InferenceServices that answer a request together: in a row, side by side, by share or by condition.',
  printerColumns: [
    { name: 'URL', type: 'string', jsonPath: '.status.url' },
    { name: 'Ready', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].status" },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  schema,
};
