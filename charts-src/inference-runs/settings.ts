import { type InferenceRunsConfig, inferenceRunsConfigSchema } from '../../definitions/config/inference-runs';
import {
  inferenceRunsProcessVariables,
  inferenceRunsVariables,
} from '../../definitions/config/inference-runs-variables';
import { ConfigError } from '../../definitions/config/parse-config';
import { type RenderedSettings, renderSettings } from '../kubernetes/rendered-settings';
import type { InferenceRunsOptions } from './options';
import { runnerAccount, watchedNamespaces } from './watched';

/** Configuration of the process, complete: what options say beside the settings is part of it. */
export function configOf(options: InferenceRunsOptions, image: string): InferenceRunsConfig {
  const account = runnerAccount(options);
  return inferenceRunsConfigSchema.parse({
    ...options.settings,
    watchNamespaces: watchedNamespaces(options),
    ...(account === undefined ? {} : { runnerServiceAccount: account }),
    runnerImage: options.runners.image ?? image,
  });
}

/**
 * Text of the file, and the variables: upstream's where they are asked for, and those of the options.
 *
 * @throws ConfigError for a variable that an option stands for
 */
export function rendered(config: InferenceRunsConfig, options: InferenceRunsOptions): RenderedSettings {
  const settings = renderSettings({
    source: 'inference runs settings',
    config,
    defaults: inferenceRunsConfigSchema.parse({}),
    variables: inferenceRunsVariables,
    asVariables: options.upstreamVariables,
  });
  const added = Object.entries(options.variables).map(([name, value]) => ({ name, value: refused(name) ?? value }));
  return { ...settings, variables: [...settings.variables, ...added] };
}

/** Variables whose flags are rendered: they would change nothing. */
const rendersFlag = new Set(['leader-elect', 'metrics-bind-address', 'health-probe-bind-address']);

/** @throws ConfigError for a variable that an option stands for */
function refused(variable: string): undefined {
  const taken =
    inferenceRunsVariables.some(({ name }) => name === variable) ||
    inferenceRunsProcessVariables.some(({ name, flag }) => name === variable && rendersFlag.has(flag));
  if (!taken) return undefined;
  throw new ConfigError('inferenceRuns', [
    `variables.${variable}: an option stands for it, use that: watch, runners, settings, metrics or replicas`,
  ]);
}
