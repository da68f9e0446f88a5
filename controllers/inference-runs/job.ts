import type { V1JobSpec } from '@kubernetes/client-node';
import { inferenceRuns, type InferenceRun } from '../../definitions/inference/inference-run';
import type { ObjectMeta } from '../../definitions/kubernetes/api-resource';
import { childOwner, controllerReference } from '../runtime/child-ownership';
import { standardFailurePolicy } from './failure-policy';
import { attemptJobName } from './job-name';
import { objectLabels, queueLabels } from './run-labels';
import { runnerPodTemplate, type RunnerPodSources } from './runner-pod';

/** A Job to be created. */
export interface RunnerJob {
  readonly metadata: ObjectMeta;
  readonly spec: V1JobSpec;
}

/** Failed pods before an attempt has failed; Kubernetes' default, made explicit. */
const backoffLimit = 6;

/** The Job of an attempt. */
export function runnerJob(sources: RunnerPodSources & { readonly attempt: number }): RunnerJob {
  const { run, config, attempt } = sources;
  const { ttlSecondsAfterFinished } = config.spec?.runner ?? {};
  return {
    metadata: {
      ...ownedMeta(run, attemptJobName(run, attempt)),
      labels: { ...queueLabels(run), ...objectLabels(run, config, attempt) },
    },
    spec: {
      ...jobSpec(sources),
      ...(ttlSecondsAfterFinished !== undefined && { ttlSecondsAfterFinished }),
      // Absent unless wanted: a queue suspends Jobs by itself.
      ...(run.spec?.suspend === true && { suspend: true }),
    },
  };
}

/** What Jobs of attempts and of a schedule have in common. */
export function jobSpec(sources: RunnerPodSources): V1JobSpec {
  const { run, config } = sources;
  const { timeoutSeconds = 0 } = run.spec ?? {};
  const { runner = {} } = config.spec ?? {};
  return {
    completions: 1,
    parallelism: 1,
    backoffLimit: runner.backoffLimit ?? backoffLimit,
    ...(timeoutSeconds > 0 && { activeDeadlineSeconds: timeoutSeconds }),
    ...(runner.podFailurePolicy !== 'none' && { podFailurePolicy: standardFailurePolicy }),
    // Two pods of one attempt would write the same output.
    podReplacementPolicy: 'Failed',
    template: runnerPodTemplate(sources),
  };
}

/** Name and owner of an object that is made for a run. */
export function ownedMeta(run: InferenceRun, name: string): ObjectMeta {
  const { namespace } = run.metadata;
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ownerReferences: [controllerReference(childOwner(inferenceRuns, run))],
  };
}
