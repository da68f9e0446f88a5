import {
  inferenceServiceConfigSchemas,
  type ConfigKey,
  type InferenceServiceConfig,
} from '../../../definitions/config/inference-service-config';
import { ConfigError, parseConfig } from '../../../definitions/config/parse-config';
import { servingConfigMap } from '../../../definitions/names/serving';
import { causeText } from '../../runtime/cause-text';
import { checkIngressSettings, type IngressSettings } from '../ingress/settings';

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
  const document = readJson(text, source);
  // Each schema's output is what the type says of its key; the compiler can't follow the key into the table.
  const read = parseConfig(inferenceServiceConfigSchemas[key], document ?? {}, source) as InferenceServiceConfig[Key];
  return key === 'ingress' ? (checkedIngress(read as IngressSettings, document, source) as typeof read) : read;
}

/** Some members of the ingress document ask for others, which its schema can't say. */
function checkedIngress(read: IngressSettings, document: unknown, source: string): IngressSettings {
  try {
    return checkIngressSettings(read, document);
  } catch (error) {
    throw new ConfigError(source, [causeText(error)]);
  }
}

/** @returns undefined for a document that is not there */
function readJson(text: string | undefined, source: string): unknown {
  if (text === undefined || text.trim() === '') return undefined;
  try {
    return JSON.parse(text) ?? {};
  } catch (error) {
    throw new ConfigError(source, [`not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
