import { load } from 'js-yaml';
import {
  inferenceRunsConfigFile,
  inferenceRunsConfigSchema,
  type InferenceRunsConfig,
  type InferenceRunsSettings,
} from '../../definitions/config/inference-runs';
import { inferenceRunsVariables, type InferenceRunsVariable } from '../../definitions/config/inference-runs-variables';
import { ConfigError, parseConfig } from '../../definitions/config/parse-config';

/** Values of upstream's flags, by their names. */
export type GivenFlags = ReadonlyMap<string, string>;

/**
 * Configuration from the rendered file, upstream's environment variables and its flags: a flag wins over its variable, a variable over the
 * file. What means nothing is an error here: upstream goes on without ever looking at a run again.
 *
 * @param file content of the mounted file; absent: every setting has its default
 * @throws ConfigError naming path, variable or flag, value got, values allowed
 */
export function inferenceRunsSettings(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  flags: GivenFlags = new Map(),
): InferenceRunsConfig {
  const fromFile = parseConfig(inferenceRunsConfigSchema, readYaml(file), inferenceRunsConfigFile);
  return inferenceRunsVariables.reduce((config, variable) => {
    const flag = variable.flag === undefined ? undefined : flags.get(variable.flag);
    const given = flag ?? environment[variable.name];
    if (given === undefined) return config;
    const source = flag === undefined ? variable.name : `--${variable.flag ?? ''}`;
    return overridden(config, variable, given, source);
  }, fromFile);
}

function overridden(
  config: InferenceRunsConfig,
  { parse }: InferenceRunsVariable,
  given: string,
  source: string,
): InferenceRunsConfig {
  let change: InferenceRunsSettings;
  try {
    change = parse(given);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new ConfigError(source, [`got ${JSON.stringify(given)}, ${cause}`]);
  }
  return parseConfig(inferenceRunsConfigSchema, { ...config, ...change }, source);
}

function readYaml(text: string | undefined): unknown {
  if (text === undefined) return {};
  try {
    return load(text) ?? {};
  } catch (error) {
    throw new ConfigError(inferenceRunsConfigFile, [
      `not YAML: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}
