import type { V1CronJobSpec } from '@kubernetes/client-node';
import type { InferenceConfig } from '../../definitions/inference/inference-config';
import type { ObjectMeta } from '../../definitions/kubernetes/api-resource';
import { scheduledAttempt } from '../../definitions/names/inference';
import { jobSpec, ownedMeta } from './job';
import { runCronJobName } from './job-name';
import { objectLabels, queueLabels } from './run-labels';
import type { RunnerPodSources } from './runner-pod';

/** A CronJob to be applied. */
export interface RunnerCronJob {
  readonly metadata: ObjectMeta;
  readonly spec: V1CronJobSpec;
}

/** Executions that are kept; Kubernetes' defaults, made explicit. */
const historyLimits = { succeeded: 3, failed: 1 } as const;

/**
 * The CronJob of a scheduled run. Everything that a run or its config can say is there, defaults too, so that a value somebody else set
 * is put back.
 *
 * @throws Error for a run without schedule
 */
export function runnerCronJob(sources: Omit<RunnerPodSources, 'attempt'>): RunnerCronJob {
  const { run, config } = sources;
  const { spec } = run;
  if (spec?.schedule === undefined)
    throw new Error(`InferenceRun ${run.metadata.name} has no schedule to make a CronJob of`);
  const { schedule, timeZone, startingDeadlineSeconds } = spec;
  const labels = objectLabels(run, config, scheduledAttempt);
  return {
    metadata: { ...ownedMeta(run, runCronJobName(run)), labels },
    spec: {
      schedule,
      ...(timeZone !== undefined && timeZone !== '' && { timeZone }),
      concurrencyPolicy: spec.concurrencyPolicy ?? 'Forbid',
      ...(startingDeadlineSeconds !== undefined && { startingDeadlineSeconds }),
      successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? historyLimits.succeeded,
      failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? historyLimits.failed,
      suspend: spec.suspend ?? false,
      jobTemplate: {
        metadata: { labels: { ...queueLabels(run), ...labels } },
        spec: { ...jobSpec({ ...sources, attempt: scheduledAttempt }), ...lifetime(config) },
      },
    },
  };
}

/** A scheduled run is never deleted by itself: where its config asks for that, its executions are. */
function lifetime({ spec }: InferenceConfig): { ttlSecondsAfterFinished?: number } {
  const { autoDeletePolicy = 'None', autoDeleteDelaySeconds, runner } = spec ?? {};
  const seconds = runner?.ttlSecondsAfterFinished ?? (autoDeletePolicy === 'None' ? undefined : autoDeleteDelaySeconds);
  return seconds === undefined ? {} : { ttlSecondsAfterFinished: seconds };
}
