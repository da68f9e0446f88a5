import { load } from 'js-yaml';
import { ConfigError, parseConfig } from '../../definitions/config/parse-config';
import { servingConfigFile, servingConfigSchema, type ServingConfig } from '../../definitions/config/serving';
import { causeText } from '../runtime/cause-text';

/**
 * Settings of the serving process.
 *
 * @param file content of the mounted file; absent: every setting has its default
 * @throws ConfigError naming path, value got, values allowed
 */
export function servingSettings(file: string | undefined): ServingConfig {
  return parseConfig(servingConfigSchema, file === undefined ? {} : readYaml(file), servingConfigFile);
}

function readYaml(text: string): unknown {
  try {
    return load(text) ?? {};
  } catch (error) {
    throw new ConfigError(servingConfigFile, [`not YAML: ${causeText(error)}`]);
  }
}
