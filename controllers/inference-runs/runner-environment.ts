import type { V1EnvFromSource, V1EnvVar } from '@kubernetes/client-node';
import type { InferenceConfig } from '../../definitions/inference/inference-config';
import type { InferenceRun } from '../../definitions/inference/inference-run';
import { contractPaths, endpointsDirectory, runnerVariables } from '../../definitions/names/inference';
import type { Attempt } from './contract';
import { gracePeriodSeconds } from './grace-period';

/** Labels that the Job controller puts on its pods. */
const jobNameLabel = 'batch.kubernetes.io/job-name';
const jobUidLabel = 'batch.kubernetes.io/controller-uid';

/**
 * Variables of the runner: where its Contract is and who it is, then those of the config. A name of ours stays ours: a runner that takes
 * itself for another one would write over its work.
 */
export function runnerEnvironment(run: InferenceRun, config: InferenceConfig, attempt: Attempt): V1EnvVar[] {
  const { env = [], mountEndpoints = true } = config.spec?.runner ?? {};
  const ours: readonly V1EnvVar[] = [
    fromField(runnerVariables.podUid, 'metadata.uid'),
    { name: runnerVariables.contractPath, value: contractPaths.ours },
    fromField(runnerVariables.podName, 'metadata.name'),
    fromField(runnerVariables.podNamespace, 'metadata.namespace'),
    fromField(runnerVariables.nodeName, 'spec.nodeName'),
    fromField(runnerVariables.jobName, `metadata.labels['${jobNameLabel}']`),
    fromField(runnerVariables.jobUid, `metadata.labels['${jobUidLabel}']`),
    { name: runnerVariables.runName, value: run.metadata.name },
    { name: runnerVariables.runUid, value: run.metadata.uid ?? '' },
    { name: runnerVariables.attempt, value: String(attempt) },
    { name: runnerVariables.gracePeriod, value: String(gracePeriodSeconds(config)) },
    ...(mountEndpoints ? [{ name: runnerVariables.endpointsDirectory, value: endpointsDirectory }] : []),
  ];
  const names = new Set(ours.map(({ name }) => name));
  return [...ours, ...env.filter(({ name }) => !names.has(name))];
}

/** Objects whose keys become variables: those of the config, then the Secrets with parameters of the run. */
export function runnerEnvironmentSources(run: InferenceRun, config: InferenceConfig): V1EnvFromSource[] {
  const secrets = (run.spec?.parametersFrom ?? []).flatMap(({ secretRef, prefix }): V1EnvFromSource[] =>
    secretRef === undefined ? [] : [{ secretRef: { ...secretRef }, ...(prefix !== undefined && { prefix }) }],
  );
  return [...(config.spec?.runner?.envFrom ?? []), ...secrets];
}

function fromField(name: string, fieldPath: string): V1EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
