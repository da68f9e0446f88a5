import { registrySyncSettings } from '../../../controllers/registry-sync/settings';

describe('the settings of registry sync', () => {
  it('need no variable and no file', () => {
    expect(registrySyncSettings(undefined, {})).toMatchObject({
      enabled: true,
      registriesNamespace: 'kubeflow',
      keys: { registeredModelIdLabel: 'modelregistry.kubeflow.org/registered-model-id' },
    });
  });

  it('come from the file', () => {
    expect(registrySyncSettings('registriesNamespace: registries\nworkers: 2\n', {})).toMatchObject({
      registriesNamespace: 'registries',
      workers: 2,
    });
  });

  it('come from variables before the file', () => {
    const file = 'registriesNamespace: from-file\nregistry:\n  requestTimeoutSeconds: 3\n';
    const environment = { REGISTRIES_NAMESPACE: 'from-env', SKIP_TLS_VERIFY: 'true' };
    expect(registrySyncSettings(file, environment)).toMatchObject({
      registriesNamespace: 'from-env',
      registry: { requestTimeoutSeconds: 3, skipTlsVerify: true },
    });
  });

  it.each([
    ['managed', true],
    ['true', true],
    ['1', true],
    ['removed', false],
    ['unmanaged', false],
    ['false', false],
    ['', false],
  ])('are switched by INFERENCE_SERVICE_CONTROLLER=%s', (value, enabled) => {
    expect(registrySyncSettings(undefined, { INFERENCE_SERVICE_CONTROLLER: value }).enabled).toBe(enabled);
  });

  it('look at both known Service annotations unless one is named', () => {
    expect(registrySyncSettings(undefined, {}).keys.serviceAnnotations).toEqual([
      'modelregistry.kubeflow.org/service-url',
      'routing.kubeflow.org/external-address-rest',
      'routing.opendatahub.io/external-address-rest',
    ]);
    expect(registrySyncSettings(undefined, { SERVICE_ANNOTATION: 'example.com/url' }).keys.serviceAnnotations).toEqual([
      'example.com/url',
    ]);
  });

  it('accept the aliases of the overview document', () => {
    const environment = {
      MODEL_REGISTRY_URL_ANNOTATION: 'a.example/url',
      MODEL_REGISTRY_NAMESPACE_LABEL: 'a.example/ns',
    };
    expect(registrySyncSettings(undefined, environment).keys).toMatchObject({
      urlAnnotation: 'a.example/url',
      namespaceLabel: 'a.example/ns',
    });
  });

  it.each([
    [
      'an unknown key',
      'regstry: {}',
      {},
      'registry-sync.yaml: unknown key regstry, allowed: allowedRegistryNamespaces, cleanupGraceSeconds, clusterDomain, enabled',
    ],
    ['an unknown nested key', 'registry: {tokn: x}', {}, 'unknown key registry.tokn, allowed: apiVersion, caFiles'],
    ['a wrong type', 'workers: many', {}, 'registry-sync.yaml: workers: got "many", expected number'],
    ['a number out of bounds', 'workers: 0', {}, 'workers: got 0, must be at least 1'],
    [
      'a wrong choice',
      'registry: {urlAnnotation: perhaps}',
      {},
      'registry.urlAnnotation: got "perhaps", allowed: allowed, disabled',
    ],
    ['text that is not YAML', 'a: [', {}, 'registry-sync.yaml: not YAML'],
    [
      'a variable that means nothing',
      undefined,
      { INFERENCE_SERVICE_CONTROLLER: 'maybe' },
      'environment: INFERENCE_SERVICE_CONTROLLER: got "maybe", allowed: managed, true',
    ],
    [
      'a variable with a bad key',
      undefined,
      { NAME_LABEL: 'not a key' },
      'environment: keys.nameLabel: got "not a key", not a qualified name',
    ],
    [
      'two spellings that contradict',
      undefined,
      { URL_ANNOTATION: 'a', MODEL_REGISTRY_URL_ANNOTATION: 'b' },
      'URL_ANNOTATION=a and MODEL_REGISTRY_URL_ANNOTATION=b are two spellings of one variable and contradict each other: set one',
    ],
  ])('refuse %s', (_, file, environment, message) => {
    expect(() => registrySyncSettings(file, environment)).toThrow(message);
  });
});
