import type { Contract } from '../../definitions/inference/contract';
import type { InferenceConfig } from '../../definitions/inference/inference-config';
import type { InferenceRun } from '../../definitions/inference/inference-run';
import type { ObjectMeta } from '../../definitions/kubernetes/api-resource';
import { contractKey, scheduledAttempt } from '../../definitions/names/inference';
import type { Attempt } from './contract';
import { contractHash } from './contract-hash';
import { contractText } from './contract-text';
import { ownedMeta } from './job';
import { attemptJobName, runCronJobName } from './job-name';
import { objectLabels } from './run-labels';

/** A ConfigMap to be created. */
export interface ContractConfigMap {
  readonly metadata: ObjectMeta;
  readonly immutable: true;
  readonly data: Readonly<Record<string, string>>;
}

/** Digits of the Contract's hash in the name of a ConfigMap. */
const hashLength = 8;

export interface ContractConfigMapSources {
  readonly run: InferenceRun;
  readonly config: InferenceConfig;
  readonly contract: Contract;
  /** As `contractConfigMapName` says. */
  readonly name: string;
}

/**
 * The ConfigMap that brings a Contract to its pods. It never changes: what a pod was started with stays true, and the next pod of the
 * same attempt is told the same.
 */
export function contractConfigMap({ run, config, contract, name }: ContractConfigMapSources): ContractConfigMap {
  return {
    metadata: { ...ownedMeta(run, name), labels: objectLabels(run, config, contract.attempt ?? scheduledAttempt) },
    immutable: true,
    data: { [contractKey]: contractText(contract) },
  };
}

/** Name of the ConfigMap: that of the attempt's Job; for a schedule one for each Contract, since executions of both may run. */
export function contractConfigMapName(run: InferenceRun, contract: Contract, attempt: Attempt): string {
  if (attempt !== scheduledAttempt) return attemptJobName(run, attempt);
  return `${runCronJobName(run)}-${contractHash(contract).slice(0, hashLength)}`;
}
