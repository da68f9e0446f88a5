import { load } from 'js-yaml';
import { ConfigError, parseConfig } from '../../definitions/config/parse-config';
import {
  registrySyncConfigFile,
  registrySyncConfigSchema,
  type RegistrySyncConfig,
  type RegistrySyncSettings,
} from '../../definitions/config/registry-sync';
import { registrySyncVariables, type RegistrySyncVariable } from '../../definitions/config/registry-sync-variables';

/**
 * Configuration from the rendered file and upstream's environment variables; a variable wins over the file.
 *
 * @param file content of the mounted file; absent: every setting has its default
 * @throws ConfigError naming path or variable, value got, values allowed
 */
export function registrySyncSettings(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): RegistrySyncConfig {
  const written = file === undefined ? {} : readYaml(file);
  const fromFile = parseConfig(registrySyncConfigSchema, written, registrySyncConfigFile);
  const overrides = registrySyncVariables.flatMap((variable) => override(variable, environment));
  const merged = overrides.reduce<RegistrySyncSettings>(merge, fromFile);
  return parseConfig(registrySyncConfigSchema, merged, 'environment');
}

function readYaml(text: string): unknown {
  try {
    return load(text) ?? {};
  } catch (error) {
    throw new ConfigError(registrySyncConfigFile, [
      `not YAML: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}

function override(
  variable: RegistrySyncVariable,
  environment: Readonly<Record<string, string | undefined>>,
): RegistrySyncSettings[] {
  const { name, alias } = variable;
  const value = environment[name];
  const other = alias === undefined ? undefined : environment[alias];
  if (value !== undefined && other !== undefined && value !== other) {
    throw new ConfigError('environment', [
      `${name}=${value} and ${alias}=${other} are two spellings of one variable and contradict each other: set one`,
    ]);
  }
  const given = value ?? other;
  if (given === undefined) return [];
  try {
    return [variable.parse(given)];
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new ConfigError('environment', [
      `${value === undefined ? alias : name}: got ${JSON.stringify(given)}, ${cause}`,
    ]);
  }
}

function merge(base: RegistrySyncSettings, change: RegistrySyncSettings): RegistrySyncSettings {
  return {
    ...base,
    ...change,
    ...(change.keys === undefined ? {} : { keys: { ...base.keys, ...change.keys } }),
    ...(change.registry === undefined ? {} : { registry: { ...base.registry, ...change.registry } }),
  };
}
