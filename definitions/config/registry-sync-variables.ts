import type { RegistrySyncConfig, RegistrySyncSettings } from './registry-sync';

/** One environment variable of upstream's controller and the setting it stands for. */
export interface RegistrySyncVariable {
  readonly name: string;
  /** Other spelling of the same variable, from the project's overview document. */
  readonly alias?: string;
  /** The variable's value for a configuration. */
  readonly render: (config: RegistrySyncConfig) => string;
  /** The setting that a value of the variable asks for. @throws Error when the value means nothing */
  readonly parse: (value: string) => RegistrySyncSettings;
}

type KeySetting = Exclude<keyof RegistrySyncConfig['keys'], 'serviceAnnotations'>;

const key = (name: string, setting: KeySetting, alias?: string): RegistrySyncVariable => ({
  name,
  ...(alias === undefined ? {} : { alias }),
  render: (config) => config.keys[setting],
  parse: (value) => ({ keys: { [setting]: value } }),
});

/** Go's `strconv.ParseBool`; anything else is false for SKIP_TLS_VERIFY, as upstream reads it. */
const goTrue = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);

/** On for upstream's `managed` and true-ish words, off for its `removed` and `unmanaged`, false-ish words and empty. */
function parseEnabled(value: string): boolean {
  const word = value.trim().toLowerCase();
  if (['managed', '1', 't', 'true', 'yes', 'on', 'enabled'].includes(word)) return true;
  if (['', 'removed', 'unmanaged', '0', 'f', 'false', 'no', 'off', 'disabled'].includes(word)) return false;
  throw new Error('allowed: managed, true, removed, unmanaged, false');
}

/** The eleven variables of upstream's manifests, in the order of its ConfigMap. */
export const registrySyncVariables: readonly RegistrySyncVariable[] = [
  key('NAMESPACE_LABEL', 'namespaceLabel', 'MODEL_REGISTRY_NAMESPACE_LABEL'),
  key('NAME_LABEL', 'nameLabel'),
  key('URL_ANNOTATION', 'urlAnnotation', 'MODEL_REGISTRY_URL_ANNOTATION'),
  key('INFERENCE_SERVICE_ID_LABEL', 'inferenceServiceIdLabel'),
  key('MODEL_VERSION_ID_LABEL', 'modelVersionIdLabel'),
  key('REGISTERED_MODEL_ID_LABEL', 'registeredModelIdLabel'),
  key('FINALIZER', 'finalizer'),
  {
    name: 'SERVICE_ANNOTATION',
    render: (config) => config.keys.serviceAnnotations[0] ?? '',
    parse: (value) => ({ keys: { serviceAnnotations: [value] } }),
  },
  {
    name: 'REGISTRIES_NAMESPACE',
    render: (config) => config.registriesNamespace,
    parse: (value) => ({ registriesNamespace: value }),
  },
  {
    name: 'SKIP_TLS_VERIFY',
    render: (config) => String(config.registry.skipTlsVerify),
    parse: (value) => ({ registry: { skipTlsVerify: goTrue.has(value) } }),
  },
  {
    name: 'INFERENCE_SERVICE_CONTROLLER',
    render: (config) => (config.enabled ? 'managed' : 'removed'),
    parse: (value) => ({ enabled: parseEnabled(value) }),
  },
];
