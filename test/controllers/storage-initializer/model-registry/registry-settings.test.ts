import {
  registryOf,
  registrySettings,
} from '../../../../controllers/storage-initializer/model-registry/registry-settings';
import type { Environment } from '../../../../controllers/component';

const registry = (environment: Environment, uri: { host?: string; namespace?: string } = {}) =>
  registryOf({ model: 'iris', warnings: [], ...uri }, registrySettings(environment));

describe('the registry that a URI means', () => {
  it.each<[string, Environment, string]>([
    ['nothing set', {}, 'http://localhost:8080'],
    [
      'empty, which counts as unset',
      { MODEL_REGISTRY_BASE_URL: '', MODEL_REGISTRY_SCHEME: '' },
      'http://localhost:8080',
    ],
    ['host and port', { MODEL_REGISTRY_BASE_URL: 'registry:9090' }, 'http://registry:9090'],
    ['host alone', { MODEL_REGISTRY_BASE_URL: 'registry' }, 'http://registry'],
    ['HTTPS', { MODEL_REGISTRY_BASE_URL: 'registry:8443', MODEL_REGISTRY_SCHEME: 'https' }, 'https://registry:8443'],
    [
      'a URL',
      { MODEL_REGISTRY_BASE_URL: 'https://registry.example.com/models/' },
      'https://registry.example.com/models',
    ],
  ])('is the default one without namespace and host: %s', (_, environment, url) => {
    expect(registry(environment)).toEqual({ url, trusted: true });
  });

  it.each<[string, Environment, string]>([
    ['nothing else set', {}, 'http://model-registry-service.team-a.svc.cluster.local:8080'],
    [
      'the port of the default one',
      { MODEL_REGISTRY_BASE_URL: 'r:9090' },
      'http://model-registry-service.team-a.svc.cluster.local:9090',
    ],
    [
      'a default one without port',
      { MODEL_REGISTRY_BASE_URL: 'r' },
      'http://model-registry-service.team-a.svc.cluster.local:8080',
    ],
    [
      'other names',
      {
        MODEL_REGISTRY_SERVICE_NAME: 'models',
        MODEL_REGISTRY_CLUSTER_DOMAIN: 'svc.example',
        MODEL_REGISTRY_SCHEME: 'https',
      },
      'https://models.team-a.svc.example:8080',
    ],
  ])('is the Service in the namespace of the URI: %s (SI-16)', (_, environment, url) => {
    expect(registry(environment, { namespace: 'team-a' })).toEqual({ url, trusted: true });
  });

  it("is the one in the pod's namespace when the operator has it so, unless the URI says otherwise (SI-16)", () => {
    const environment = { MODEL_REGISTRY_NAMESPACE: 'team-b' };
    expect(registry(environment).url).toBe('http://model-registry-service.team-b.svc.cluster.local:8080');
    expect(registry(environment, { namespace: 'team-a' }).url).toBe(
      'http://model-registry-service.team-a.svc.cluster.local:8080',
    );
    expect(registry(environment, { host: 'r.example.com' }).url).toBe('http://r.example.com');
  });

  it('is the host of the URI, which is trusted with the token only when the operator has named it (SI-10)', () => {
    const environment = { MODEL_REGISTRY_HOSTS: 'a.example.com, b.example.com:8443', MODEL_REGISTRY_BASE_URL: 'c:80' };
    const trusted = (host: string) => registry({ ...environment, MODEL_REGISTRY_BASE_URL: 'c:8080' }, { host }).trusted;
    expect(registry(environment, { host: 'a.example.com:8080' })).toEqual({
      url: 'http://a.example.com:8080',
      trusted: true,
    });
    expect(['b.example.com:8443', 'c:8080'].map(trusted)).toEqual([true, true]);
    expect(['b.example.com', 'c', 'evil.example.com', 'a.example.com.evil.example'].map(trusted)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the settings', () => {
  it('have short time-outs and three tries (SI-10)', () => {
    expect(registrySettings({})).toMatchObject({
      connectTimeoutMs: 5000,
      requestTimeoutMs: 15_000,
      attempts: 3,
      probeHosts: false,
      allowArchived: false,
    });
  });

  it("take the token of the pod's ServiceAccount only when they are told so (SI-10)", () => {
    expect(registrySettings({}).tokenFile).toBeUndefined();
    const on = { MODEL_REGISTRY_USE_SERVICE_ACCOUNT_TOKEN: 'true' };
    expect(registrySettings(on).tokenFile).toBe('/var/run/secrets/kubernetes.io/serviceaccount/token');
    expect(registrySettings({ ...on, MODEL_REGISTRY_TOKEN_FILE: '/token' }).tokenFile).toBe('/token');
  });

  it.each<[Environment, string]>([
    [{ MODEL_REGISTRY_SCHEME: 'ftp' }, 'environment: MODEL_REGISTRY_SCHEME: got "ftp", allowed: http, https'],
    [{ MODEL_REGISTRY_NAMESPACE: 'a/b' }, 'environment: MODEL_REGISTRY_NAMESPACE: got "a/b", expected a namespace'],
    [
      { MODEL_REGISTRY_BASE_URL: 'user:secret@registry' },
      'environment: MODEL_REGISTRY_BASE_URL: expected host[:port], without user and query',
    ],
    [
      { MODEL_REGISTRY_BASE_URL: 'registry:99999' },
      'environment: MODEL_REGISTRY_BASE_URL: expected host[:port], without user and query',
    ],
    [
      { MODEL_REGISTRY_REQUEST_TIMEOUT: '0' },
      'environment: MODEL_REGISTRY_REQUEST_TIMEOUT: got "0", expected a whole number from 1 to 600',
    ],
    [
      { MODEL_REGISTRY_MAX_ATTEMPTS: 'many' },
      'environment: MODEL_REGISTRY_MAX_ATTEMPTS: got "many", expected a whole number from 1 to 100',
    ],
  ])('%j is refused', (environment, message) => {
    expect(() => registrySettings(environment)).toThrow(message);
  });
});
