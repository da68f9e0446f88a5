import * as z from 'zod';
import { stringMap } from '../kubernetes/string-map';
import { execution } from './execution';
import { endpointShape, modelShape } from './model-endpoint';

/** Version of what is ours in the Contract; a Contract without it has upstream's members only. */
export const contractVersion = '1.1';

const storage = z.record(z.string(), z.record(z.string(), z.unknown()));

const origin = z.looseObject({
  name: z.string().describe('Name of the object.'),
  namespace: z.string().describe('Namespace of the object.'),
  uid: z.string().describe('UID of the object.'),
  generation: z.int().describe('Generation that was read.'),
});

/**
 * What controller and runner agree on, the only thing a runner is given: one JSON document for each attempt. Members a runner doesn't
 * know are to be passed over.
 */
export const contract = z.looseObject({
  jobId: z.string().describe('UID of the InferenceRun.').exactOptional(),
  jobName: z.string().describe('Name of the Job, CronJob and ConfigMap of the run.'),
  kserve: z
    .looseObject({
      ...modelShape,
      ...endpointShape,
      url: z.string().describe('Address of the InferenceService that the config refers to.').exactOptional(),
    })
    .describe('The model.'),
  input: storage.describe('Where items come from, by kind, as in the config.').exactOptional(),
  output: storage.describe('Where results go, by kind, as in the config.').exactOptional(),
  parameters: stringMap.describe('Parameters of the run.').exactOptional(),
  schemaVersion: z.string().describe('1.1; absent in Contracts of upstream’s controller.').exactOptional(),
  attempt: z.int().min(1).describe('Which attempt of the run, from 1.').exactOptional(),
  run: origin.describe('The InferenceRun.').exactOptional(),
  config: origin.describe('The InferenceConfig.').exactOptional(),
  // A runner may be older than the controller.
  execution: z.looseObject(execution.shape).describe('How to work, every default filled in.').exactOptional(),
  schedule: z
    .looseObject({
      cron: z.string().describe('When the run is executed.'),
      timeZone: z.string().describe('Time zone of the schedule.').exactOptional(),
    })
    .describe('Schedule of a scheduled run.')
    .exactOptional(),
  executionId: z
    .string()
    .describe('Identity of the work across pods and attempts; absent in scheduled runs, whose JOB_UID it is.')
    .exactOptional(),
});
export type Contract = z.infer<typeof contract>;
