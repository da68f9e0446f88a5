import {
  inferenceServiceConfigSchemas,
  type ConfigKey,
  type InferenceServiceConfig,
} from '../../../definitions/config/inference-service-config';
import { ConfigError, parseConfig } from '../../../definitions/config/parse-config';
import { servingConfigMap } from '../../../definitions/names/serving';

/** What is wrong with the document of one key. */
export interface ConfigProblem {
  readonly key: ConfigKey;
  /** Names ConfigMap, key, path, value got and values allowed. */
  readonly message: string;
}

/**
 * Reads the document of one key; an absent key is an empty document, in which every member has its default.
 *
 * @throws ConfigError naming ConfigMap, key, path, value got, values allowed
 */
export function readConfigDocument<Key extends ConfigKey>(
  key: Key,
  text: string | undefined,
): InferenceServiceConfig[Key] {
  const source = `ConfigMap ${servingConfigMap}, key ${key}`;
  // Each schema's output is what the type says of its key; the compiler can't follow the key into the table.
  return parseConfig(inferenceServiceConfigSchemas[key], readJson(text, source), source) as InferenceServiceConfig[Key];
}

function readJson(text: string | undefined, source: string): unknown {
  if (text === undefined || text.trim() === '') return {};
  try {
    return JSON.parse(text) ?? {};
  } catch (error) {
    throw new ConfigError(source, [`not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
