import type { V1ConfigMap } from '@kubernetes/client-node';
import {
  inferenceServiceConfigSchemas,
  type ConfigKey,
  type InferenceServiceConfig,
} from '../../../definitions/config/inference-service-config';
import type { Stored } from '../../../definitions/kubernetes/core-resources';
import { servingConfigMap } from '../../../definitions/names/serving';
import { causeText } from '../../runtime/cause-text';
import type { Store } from '../../runtime/store';
import { readConfigDocument, type ConfigProblem } from './config-document';

/** The ConfigMap is not there: nothing can be decided until it is. */
export class ConfigMissing extends Error {
  constructor() {
    super(`ConfigMap ${servingConfigMap} does not exist: apply the manifests of the serving component`);
    this.name = 'ConfigMissing';
  }
}

/** The document of a key has been wrong for as long as this process knows it. */
export class ConfigUnusable extends Error {
  constructor(
    readonly key: ConfigKey,
    message: string,
  ) {
    super(message);
    this.name = 'ConfigUnusable';
  }
}

/** A document as it was read last. */
interface ReadDocument {
  readonly text: string | undefined;
  /** The last good value; absent: there was none. */
  readonly value?: unknown;
  /** What is wrong with the text. */
  readonly problem?: string;
}

const keys = Object.keys(inferenceServiceConfigSchemas) as ConfigKey[];

/**
 * The settings of the control plane as the ConfigMap has them now.
 *
 * Guarantees: a mistake in one key affects only what reads that key; the key keeps its last good value; told once for each text.
 *
 * Caveat: while the ConfigMap is gone, what was read before counts for nothing: somebody may be replacing the installation.
 */
export class LiveConfig {
  private readonly documents = new Map<ConfigKey, ReadDocument>();

  /**
   * @param store holds the one ConfigMap, or nothing
   * @param onProblem told of each text that can't be used
   */
  constructor(
    private readonly store: Store<Stored<V1ConfigMap>>,
    private readonly onProblem: (problem: ConfigProblem, configMap: Stored<V1ConfigMap>) => void,
  ) {
    const read = (configMap: Stored<V1ConfigMap>) => {
      // A key that is absent is looked at when somebody needs it.
      const written = keys.filter((key) => configMap.data?.[key] !== undefined || this.documents.has(key));
      for (const key of written) this.read(key, configMap);
    };
    store.subscribe({ added: read, updated: read });
  }

  /** Whether the ConfigMap is there. */
  get present(): boolean {
    return this.store.size > 0;
  }

  /**
   * Settings of one key.
   *
   * @throws ConfigMissing, ConfigUnusable
   */
  document<Key extends ConfigKey>(key: Key): InferenceServiceConfig[Key] {
    const [configMap] = this.store.list();
    if (configMap === undefined) throw new ConfigMissing();
    const { value, problem } = this.read(key, configMap);
    if (value === undefined)
      throw new ConfigUnusable(key, problem ?? `ConfigMap ${servingConfigMap}, key ${key}: unread`);
    // Read by the schema of this key.
    return value as InferenceServiceConfig[Key];
  }

  /** Whether the ConfigMap has the key: some settings are off without theirs. */
  has(key: ConfigKey): boolean {
    return this.store.list()[0]?.data?.[key] !== undefined;
  }

  /** Settings of several keys. @throws ConfigMissing, ConfigUnusable */
  pick<Key extends ConfigKey>(...wanted: readonly Key[]): Pick<InferenceServiceConfig, Key> {
    return Object.fromEntries(wanted.map((key) => [key, this.document(key)])) as Pick<InferenceServiceConfig, Key>;
  }

  private read(key: ConfigKey, configMap: Stored<V1ConfigMap>): ReadDocument {
    const text = configMap.data?.[key];
    const before = this.documents.get(key);
    if (before !== undefined && before.text === text) return before;
    const after = this.readText(key, text, before, configMap);
    this.documents.set(key, after);
    return after;
  }

  private readText(
    key: ConfigKey,
    text: string | undefined,
    before: ReadDocument | undefined,
    configMap: Stored<V1ConfigMap>,
  ): ReadDocument {
    try {
      return { text, value: readConfigDocument(key, text) };
    } catch (error) {
      const problem = causeText(error);
      this.onProblem({ key, message: problem }, configMap);
      return { text, problem, ...(before?.value === undefined ? {} : { value: before.value }) };
    }
  }
}
