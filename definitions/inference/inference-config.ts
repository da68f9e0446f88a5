import * as z from 'zod';
import type { KubernetesObject } from '../kubernetes/api-resource';
import { inferenceGroup, inferenceVersion } from '../names/inference';
import { island } from '../schema/island';
import type { ResourceDefinition } from '../schema/resource-definition';
import { execution } from './execution';
import { endpointShape, modelShape } from './model-endpoint';
import { objectReference } from './object-reference';
import { runConditionList } from './run-condition';
import { runnerPod } from './runner-pod';

/** When a finished run is deleted. */
const autoDeletePolicies = ['None', 'DeleteOnSuccess', 'DeleteOnCompletion'] as const;
export type AutoDeletePolicy = (typeof autoDeletePolicies)[number];

const storageByKind = z.record(z.string(), island<Readonly<Record<string, unknown>>>());

const kserve = z.strictObject({
  ...modelShape,
  ...endpointShape,
  inferenceServiceRef: z
    .strictObject({
      name: z.string().describe('Name of the InferenceService.'),
      namespace: z.string().describe('Its namespace. Defaults to that of the config.').exactOptional(),
    })
    .describe('InferenceService whose address is the model’s, in place of modelUrl.')
    .exactOptional(),
});

const spec = z.strictObject({
  kserve: kserve.describe('The model.').exactOptional(),
  ...modelShape,
  autoDeletePolicy: z
    .enum(autoDeletePolicies)
    .describe('When runs are deleted by themselves: never, after success, after any end.')
    .default('None'),
  autoDeleteDelaySeconds: z.int().min(0).describe('Seconds between the end of a run and its deletion.').default(300),
  image: z.string().describe('Image of the runner. The controller’s default if empty.').exactOptional(),
  storage: z
    .strictObject({
      input: storageByKind.describe('Where items come from, by kind; handed to the runner as it is.').exactOptional(),
      output: storageByKind.describe('Where results go, by kind; handed to the runner as it is.').exactOptional(),
    })
    .describe('Where data comes from and goes to.')
    .exactOptional(),
  credentialsRef: objectReference
    .describe('Secret to pull the image with. It is looked for in the namespace of the run.')
    .exactOptional(),
  execution: execution.describe('How the runner works.').exactOptional(),
  runner: runnerPod.describe('Settings of the runner’s pod.').exactOptional(),
});

const status = z.strictObject({
  conditions: runConditionList.describe('Ready and Synced.').exactOptional(),
  observedGeneration: z.int().describe('Generation the status is about.').exactOptional(),
  usedBy: z.int().describe('Runs that are not finished and use the config.').exactOptional(),
});

const schema = z.strictObject({
  spec: spec.describe('Model, runner and storage.').exactOptional(),
  status: status.describe('What the controller found out.').exactOptional(),
});

export type InferenceConfigSpec = z.infer<typeof spec>;

/** What runs of one model have in common: the model, the runner, where data comes from and goes to. As stored. */
export interface InferenceConfig extends KubernetesObject {
  /** Upstream's schema admits objects without. */
  readonly spec?: InferenceConfigSpec;
  readonly status?: z.infer<typeof status>;
}

export const inferenceConfigs: ResourceDefinition<InferenceConfig> = {
  group: inferenceGroup,
  version: inferenceVersion,
  kind: 'InferenceConfig',
  listKind: 'InferenceConfigList',
  plural: 'inferenceconfigs',
  singular: 'inferenceconfig',
  shortNames: ['icfg'],
  categories: ['krateo', 'inference'],
  scope: 'Namespaced',
  statusSubresource: true,
  description: 'What runs of one model have in common: the model, the runner, where data comes from and goes to.',
  printerColumns: [
    { name: 'Model', type: 'string', jsonPath: '.spec.kserve.modelName' },
    { name: 'Policy', type: 'string', jsonPath: '.spec.autoDeletePolicy' },
    { name: 'Image', type: 'string', jsonPath: '.spec.image', priority: 1 },
    { name: 'URL', type: 'string', jsonPath: '.spec.kserve.modelUrl', priority: 1 },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  schema,
};
