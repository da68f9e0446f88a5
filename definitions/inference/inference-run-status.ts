import * as z from 'zod';
import { runPhases } from '../names/inference';
import { atomicMap } from '../schema/extensions';
import { atomicList } from '../schema/list';
import { runConditionList } from './run-condition';
import { runnerReport } from './runner-report';

const time = z.string().meta({ format: 'date-time' });

const jobReference = z.strictObject({
  apiVersion: z.string().describe('batch/v1.').exactOptional(),
  fieldPath: z.string().describe('Not used.').exactOptional(),
  kind: z.string().describe('Job or CronJob.').exactOptional(),
  name: z.string().describe('Name of the object.').exactOptional(),
  namespace: z.string().describe('Namespace of the object.').exactOptional(),
  resourceVersion: z.string().describe('Not used.').exactOptional(),
  uid: z.string().describe('UID of the object.').exactOptional(),
});

const podCounts = z.strictObject({
  active: z.int().describe('Pods that are there.').exactOptional(),
  ready: z.int().describe('Pods that are ready.').exactOptional(),
  succeeded: z.int().describe('Pods that succeeded.').exactOptional(),
  failed: z.int().describe('Pods that failed.').exactOptional(),
  terminating: z.int().describe('Pods that are being stopped.').exactOptional(),
});

const failure = z.strictObject({
  reason: z.string().describe('Why, one word in CamelCase.'),
  message: z.string().describe('Details for people.').exactOptional(),
  exitCode: z.int().describe('Exit code of the runner.').exactOptional(),
  podName: z.string().describe('Pod it happened in.').exactOptional(),
  containerReason: z.string().describe('Reason the kubelet gave.').exactOptional(),
  logTail: z.string().max(2048).describe('End of the log of the runner.').exactOptional(),
});
export type RunFailure = z.infer<typeof failure>;

const execution = z.strictObject({
  jobName: z.string().describe('Name of the Job.'),
  uid: z.string().describe('UID of the Job.'),
  phase: z.string().describe('What became of it.'),
  startTime: time.describe('When the Job was started.').exactOptional(),
  completionTime: time.describe('When the Job ended.').exactOptional(),
  exitCode: z.int().describe('Exit code of the runner.').exactOptional(),
  contractHash: z.string().describe('Contract it was given.').exactOptional(),
});
export type ExecutionRecord = z.infer<typeof execution>;

/** Most entries of `status.history`. */
export const historyLength = 10;

export const inferenceRunStatus = z.strictObject({
  phase: z.enum(runPhases).describe('Where the run is.').exactOptional(),
  conditions: runConditionList.describe('Ready, Synced and Succeeded.').exactOptional(),
  observedGeneration: z.int().describe('Generation the status is about.').exactOptional(),
  contract: z
    .string()
    .meta({ format: 'byte' })
    .describe('Contract of the current attempt, JSON in base64.')
    .exactOptional(),
  contractHash: z.string().describe('First 16 digits of the SHA-256 of the Contract without attempt.').exactOptional(),
  configGeneration: z.int().describe('Generation of the config that the current attempt uses.').exactOptional(),
  attempts: z.int().describe('Jobs made so far.').exactOptional(),
  observedRerun: z.string().describe('Value of the rerun annotation that was acted upon.').exactOptional(),
  startTime: time.describe('When the first Job was made.').exactOptional(),
  completionTime: time.describe('When the run ended.').exactOptional(),
  jobStatus: atomicMap(jobReference).describe('Job or CronJob of the run.').exactOptional(),
  counts: podCounts.describe('Pods of the current Job.').exactOptional(),
  failure: failure.describe('Why the last attempt failed.').exactOptional(),
  result: runnerReport.describe('What the runner reported.').exactOptional(),
  schedule: z
    .strictObject({
      lastScheduleTime: time.describe('When an execution was last started.').exactOptional(),
      lastSuccessfulTime: time.describe('When an execution last succeeded.').exactOptional(),
      nextScheduleTime: time.describe('When the next execution is due.').exactOptional(),
      active: atomicList(z.string()).describe('Jobs of the executions that run now.').exactOptional(),
    })
    .describe('Executions of a scheduled run.')
    .exactOptional(),
  history: atomicList(execution)
    .max(historyLength)
    .describe('Last attempts or executions, newest first.')
    .exactOptional(),
});
export type InferenceRunStatus = z.infer<typeof inferenceRunStatus>;
