import * as z from 'zod';
import type { KubernetesObject } from '../kubernetes/api-resource';
import { stringMap } from '../kubernetes/string-map';
import { inferenceGroup, inferenceVersion } from '../names/inference';
import { withRules } from '../schema/extensions';
import { atomicList } from '../schema/list';
import type { ResourceDefinition } from '../schema/resource-definition';
import { execution } from './execution';
import { inferenceRunStatus } from './inference-run-status';
import { schedule } from './schedule';

const source = z.strictObject({
  name: z.string().describe('Name of the object, in the namespace of the run.'),
  optional: z.boolean().describe('Whether the object may be absent. Defaults to false.').exactOptional(),
});

const parametersSource = z.strictObject({
  configMapRef: source.describe('Its values become parameters.').exactOptional(),
  secretRef: source
    .describe('Its values become environment variables of the runner; they never enter the Contract.')
    .exactOptional(),
  prefix: z.string().describe('Put before each key.').exactOptional(),
});

/** What needs a schedule to make sense. */
const forSchedules = ['timeZone', 'concurrencyPolicy', 'startingDeadlineSeconds'] as const;

const spec = withRules(
  z.strictObject({
    configRef: z
      .strictObject({
        name: z.string().describe('Name of the InferenceConfig.'),
        namespace: z.string().describe('Its namespace. Defaults to that of the run.').exactOptional(),
      })
      .describe('The config to run.'),
    timeoutSeconds: withRules(z.int(), {
      rule: 'self >= 0',
      message: 'must be 0 (no limit) or the seconds an attempt may take',
    })
      .describe('Seconds an attempt may take; 0 is no limit.')
      .default(0),
    parameters: stringMap.describe('Handed to the runner in the Contract.').exactOptional(),
    parametersFrom: atomicList(parametersSource).describe('Objects that hold more parameters.').exactOptional(),
    schedule: schedule.describe('When to run, as in a CronJob; once if absent.').exactOptional(),
    timeZone: z.string().max(64).describe('Time zone of the schedule, for example Europe/Rome.').exactOptional(),
    concurrencyPolicy: z
      .enum(['Allow', 'Forbid', 'Replace'])
      .describe('What happens when an execution is due while one runs. Defaults to Forbid.')
      .exactOptional(),
    startingDeadlineSeconds: z
      .int()
      .min(0)
      .describe('Seconds after which a missed execution is skipped.')
      .exactOptional(),
    successfulJobsHistoryLimit: z
      .int()
      .min(0)
      .describe('Succeeded executions that are kept. Defaults to 3.')
      .exactOptional(),
    failedJobsHistoryLimit: z.int().min(0).describe('Failed executions that are kept. Defaults to 1.').exactOptional(),
    suspend: z.boolean().describe('Whether the Job or the schedule is held back. Defaults to false.').exactOptional(),
    maxRestarts: z
      .int()
      .min(-1)
      .describe('Attempts after a failed one; -1 is no limit. Defaults to 0.')
      .exactOptional(),
    execution: execution.describe('Settings of this run over those of the config.').exactOptional(),
  }),
  {
    rule: 'has(self.schedule) == has(oldSelf.schedule)',
    message: 'schedule can be changed, not added or removed; create a new InferenceRun',
  },
  ...forSchedules.map((field) => ({
    rule: `!has(self.${field}) || has(self.schedule)`,
    message: `${field} needs a schedule`,
    fieldPath: `.${field}`,
  })),
);

const schema = z.strictObject({
  spec: spec.describe('What to run.').exactOptional(),
  status: inferenceRunStatus.describe('What became of it.').exactOptional(),
});

export type InferenceRunSpec = z.infer<typeof spec>;

/** One execution of an InferenceConfig, or one on a schedule. As stored. */
export interface InferenceRun extends KubernetesObject {
  /** Upstream's schema admits objects without. */
  readonly spec?: InferenceRunSpec;
  readonly status?: z.infer<typeof inferenceRunStatus>;
}

export const inferenceRuns: ResourceDefinition<InferenceRun> = {
  group: inferenceGroup,
  version: inferenceVersion,
  kind: 'InferenceRun',
  listKind: 'InferenceRunList',
  plural: 'inferenceruns',
  singular: 'inferencerun',
  shortNames: ['irun'],
  categories: ['krateo', 'inference'],
  scope: 'Namespaced',
  statusSubresource: true,
  description: 'One execution of an InferenceConfig, now or on a schedule.',
  printerColumns: [
    { name: 'Config', type: 'string', jsonPath: '.spec.configRef.name' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
    { name: 'Done', type: 'integer', jsonPath: '.status.result.items.succeeded' },
    { name: 'Total', type: 'integer', jsonPath: '.status.result.items.total' },
    { name: 'Attempts', type: 'integer', jsonPath: '.status.attempts' },
    { name: 'Completed', type: 'date', jsonPath: '.status.completionTime' },
    { name: 'Schedule', type: 'string', jsonPath: '.spec.schedule' },
    { name: 'Job', type: 'string', jsonPath: '.status.jobStatus.name', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  schema,
};
