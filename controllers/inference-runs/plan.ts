import type { InferenceConfig } from '../../definitions/inference/inference-config';
import { blockReasons, runAnnotations, type BlockReason } from '../../definitions/names/inference';
import { checkConfig } from './config-checks';
import { checkExecution } from './execution-checks';
import { isGenericRunner } from './runner-image';
import { mayUse } from './config-access';
import { resolveModel, type ContractModel } from './model';
import { parametersOf } from './run-parameters';
import type { RunPass } from './run-pass';
import type { Block } from './run-status';
import { configKeyOf, serviceKeyOf } from './run-stores';

/** All that a Contract is made from. */
export interface Plan {
  readonly config: InferenceConfig;
  readonly model: ContractModel;
  readonly parameters: Readonly<Record<string, string>> | undefined;
}

export type Planned = { readonly plan: Plan } | { readonly block: Block };

/** What a run is to be started with, or why it can't be started now. Its config and the InferenceService are watched. */
export async function planOf(pass: RunPass): Promise<Planned> {
  const { run, client, settings, context } = pass;
  const config = configOf(pass);
  if ('block' in config) return config;
  const { spec } = config;
  if (spec === undefined) return blocked(blockReasons.configInvalid, `InferenceConfig ${nameOf(config)} has no spec`);
  const genericRunner = isGenericRunner(spec.image, settings.runnerImage ?? '');
  const problem = [
    ...checkConfig(config, { genericRunner }),
    ...checkExecution(run.spec?.execution, 'spec.execution of the run', genericRunner),
  ].find(({ severity }) => severity === 'error');
  if (problem !== undefined) return blocked(blockReasonOf(problem.reason), problem.message);
  const address = addressOf(pass, config);
  if (typeof address === 'object') return address;
  const resolved = resolveModel(spec, address);
  if ('conflict' in resolved) return blocked(blockReasons.conflictingModelSpec, resolved.conflict);
  const parameters = await parametersOf(run, client, context.signal);
  if ('block' in parameters) return parameters;
  return { plan: { config, model: resolved.model, parameters: parameters.parameters } };
}

/** The config that a run names and may use. */
export function configOf({
  run,
  stores,
  settings,
}: Pick<RunPass, 'run' | 'stores' | 'settings'>): InferenceConfig | { readonly block: Block } {
  const key = configKeyOf(run);
  if (key === undefined) return blocked(blockReasons.contractInvalid, 'the run has no spec: create it anew with one');
  const config = stores.configs.get(key);
  if (config === undefined) {
    return blocked(
      blockReasons.configNotFound,
      `InferenceConfig ${key} does not exist: the run starts when it is created`,
    );
  }
  if (mayUse(run, config, settings.allowCrossNamespaceConfig)) return config;
  return blocked(
    blockReasons.configNotAllowed,
    `InferenceConfig ${key} is in another namespace and does not allow this one: add it to its annotation ${runAnnotations.allowedNamespaces}`,
  );
}

/** Address of the InferenceService that a config names; undefined where it names none. */
function addressOf({ stores }: RunPass, config: InferenceConfig): string | undefined | { readonly block: Block } {
  const key = serviceKeyOf(config);
  if (key === undefined) return undefined;
  if (stores.inferenceServices === undefined) {
    return blocked(
      blockReasons.inferenceServiceNotReady,
      `InferenceService ${key} is not looked for: switch inferenceServices on in the settings of the controller, or set modelUrl`,
    );
  }
  const service = stores.inferenceServices.get(key);
  const url = service?.status?.address?.url ?? service?.status?.url;
  if (url !== undefined) return url;
  const problem = service === undefined ? 'does not exist' : 'has no address yet';
  return blocked(
    blockReasons.inferenceServiceNotReady,
    `InferenceService ${key} ${problem}: the run starts when it has one`,
  );
}

function blockReasonOf(reason: string): BlockReason {
  return Object.values(blockReasons).find((known) => known === reason) ?? blockReasons.configInvalid;
}

function nameOf({ metadata: { namespace = '', name } }: InferenceConfig): string {
  return `${namespace}/${name}`;
}

function blocked(reason: Block['reason'], message: string): { readonly block: Block } {
  return { block: { reason, message } };
}
