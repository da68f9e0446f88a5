import { hash } from 'node:crypto';
import { contractVersion, type Contract } from '../../definitions/inference/contract';
import { resolveExecution } from '../../definitions/inference/execution';
import type { InferenceConfig } from '../../definitions/inference/inference-config';
import type { InferenceRun } from '../../definitions/inference/inference-run';
import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { runAnnotations, scheduledAttempt } from '../../definitions/names/inference';
import { contractHash } from './contract-hash';
import { attemptJobName, runCronJobName } from './job-name';
import type { ContractModel } from './model';
import { sortedMembers } from './sorted-members';
import { inputKind } from './storage-kind';

/** Which execution of a run: an attempt from 1, or any of a schedule. */
export type Attempt = number | typeof scheduledAttempt;

export interface ContractSources {
  readonly run: InferenceRun;
  readonly config: InferenceConfig;
  readonly model: ContractModel;
  /** Those of the run with those of its ConfigMaps; undefined where the run names none. */
  readonly parameters: Readonly<Record<string, string>> | undefined;
  readonly attempt: Attempt;
  /** Value of the rerun annotation that the attempt answers: the work is done anew. @default what the run's annotation says now */
  readonly rerun?: string | undefined;
}

/**
 * What the runner of an attempt is told. Storage settings are handed on as they are, whatever their kind; every other default is filled
 * in. Members come in the order of upstream's, ours behind them, so that equal Contracts are equal texts.
 */
export function buildContract({ run, config, model, parameters, attempt, ...asked }: ContractSources): Contract {
  const { uid } = run.metadata;
  const { input, output } = config.spec?.storage ?? {};
  const isScheduled = attempt === scheduledAttempt;
  const contract: Contract = {
    ...(uid !== undefined && { jobId: uid }),
    // Of all attempts that of the first: the Contract is about the work, and environment variables name the Job at hand.
    jobName: isScheduled ? runCronJobName(run) : attemptJobName(run, 1),
    kserve: model,
    ...(hasMembers(input) && { input: sortedMembers(input) }),
    ...(hasMembers(output) && { output: sortedMembers(output) }),
    ...(parameters !== undefined && { parameters: sortedMembers(parameters) }),
    schemaVersion: contractVersion,
    ...(!isScheduled && { attempt }),
    run: origin(run),
    config: origin(config),
    execution: resolveExecution(inputKind(config), config.spec?.execution, run.spec?.execution),
    ...scheduleOf(run),
  };
  if (isScheduled) return contract;
  const rerun = 'rerun' in asked ? asked.rerun : run.metadata.annotations?.[runAnnotations.rerun];
  return { ...contract, executionId: executionId(uid ?? '', contractHash(contract), rerun) };
}

/** Results are filed under it, so that the same work finds its own and a rerun starts without them. */
function executionId(uid: string, workHash: string, rerun: string | undefined): string {
  const again = rerun === undefined ? '0' : hash('sha256', rerun).slice(0, 8);
  return `${uid.slice(0, 8)}-${workHash.slice(0, 8)}-${again}`;
}

function origin({ metadata: { name, namespace = '', uid = '', generation = 0 } }: KubernetesObject) {
  return { name, namespace, uid, generation };
}

function scheduleOf({ spec }: InferenceRun): Pick<Contract, 'schedule'> {
  if (spec?.schedule === undefined) return {};
  const { schedule: cron, timeZone } = spec;
  return { schedule: { cron, ...(timeZone !== undefined && timeZone !== '' && { timeZone }) } };
}

function hasMembers(map: object | undefined): map is object {
  return map !== undefined && Object.keys(map).length > 0;
}
