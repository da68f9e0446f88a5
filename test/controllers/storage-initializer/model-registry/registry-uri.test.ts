import { parseModelRegistryUri } from '../../../../controllers/storage-initializer/model-registry/registry-uri';

const parse = (uri: string, hosts: readonly string[] = []) => {
  const { warnings: _, ...rest } = parseModelRegistryUri(`model-registry://${uri}`, hosts);
  return rest;
};
const warnings = (uri: string) => parseModelRegistryUri(`model-registry://${uri}`, []).warnings;
const invalid =
  'invalid model registry URI, use like model-registry://{dnsName}/{registeredModelName}/{versionName} (model-registry://';

describe('a model-registry:// URI', () => {
  it.each<[string, object]>([
    ['iris', { model: 'iris' }],
    ['iris/v1', { model: 'iris', version: 'v1', perhapsHost: 'iris' }],
    ['localhost:8080/iris', { host: 'localhost:8080', model: 'iris' }],
    ['localhost:8080/iris/v1', { host: 'localhost:8080', model: 'iris', version: 'v1' }],
    ['iris?namespace=profile-alpha', { namespace: 'profile-alpha', model: 'iris' }],
    ['iris/v1?namespace=profile-alpha', { namespace: 'profile-alpha', model: 'iris', version: 'v1' }],
    ['localhost:8080/iris/v1?namespace=profile-alpha', { namespace: 'profile-alpha', model: 'iris', version: 'v1' }],
  ])('%s is read as upstream reads it', (uri, expected) => {
    expect(parse(uri)).toEqual(expected);
  });

  it.each<[string, object]>([
    ['registry.example.com/iris', { host: 'registry.example.com', model: 'iris' }],
    ['registry.example.com:8443/iris/v1', { host: 'registry.example.com:8443', model: 'iris', version: 'v1' }],
    ['[fd00::1]:8080/iris/v1', { host: '[fd00::1]:8080', model: 'iris', version: 'v1' }],
    ['10.0.0.7/iris', { host: '10.0.0.7', model: 'iris' }],
    ['registry/iris/v1', { model: 'registry', version: 'iris/v1' }],
    ['registry/iris', { model: 'registry', version: 'iris', perhapsHost: 'registry' }],
    ['llama-3.1', { model: 'llama-3.1' }],
  ])('%s: the first of several parts is a host when it has a dot or a colon (SI-01)', (uri, expected) => {
    expect(parse(uri)).toEqual(expected);
  });

  it('a listed name is a host without a dot, with any port or the listed one (SI-01)', () => {
    expect(parse('registry/iris/v1', ['registry'])).toEqual({ host: 'registry', model: 'iris', version: 'v1' });
    expect(parse('registry:8080/iris', ['registry'])).toEqual({ host: 'registry:8080', model: 'iris' });
    expect(parse('other/iris', ['registry'])).toEqual({ model: 'other', version: 'iris', perhapsHost: 'other' });
  });

  it('a percent-encoded dot makes a model of what looks like a host (SI-01)', () => {
    expect(parse('llama-3%2E1/v1')).toEqual({ model: 'llama-3.1', version: 'v1' });
  });

  it('a namespace wins over a host, which is dropped with a warning (SI-02)', () => {
    expect(parse('registry.example.com/iris?namespace=team-a')).toEqual({ namespace: 'team-a', model: 'iris' });
    expect(parse('registry.example.com/iris/v1/x?namespace=team-a')).toEqual({
      namespace: 'team-a',
      model: 'iris',
      version: 'v1/x',
    });
    expect(warnings('registry.example.com/iris?namespace=team-a')).toEqual([
      'model-registry://registry.example.com/iris: namespace team-a decides which registry is asked, ' +
        'not the host registry.example.com',
    ]);
    expect(warnings('iris/v1?namespace=team-a')).toEqual([]);
  });

  it.each<[string, object]>([
    ['iris/v1/x', { model: 'iris', version: 'v1/x' }],
    ['iris/v1/x?namespace=team-a', { namespace: 'team-a', model: 'iris', version: 'v1/x' }],
    ['a.b/iris/v1/x/y', { host: 'a.b', model: 'iris', version: 'v1/x/y' }],
  ])('%s: the version is everything behind the model (SI-03)', (uri, expected) => {
    expect(parse(uri)).toEqual(expected);
  });

  it.each([
    ['iris?namespace=', '""'],
    ['iris?namespace=a.b', '"a.b"'],
    ['iris?namespace=team%2Fa', '"team/a"'],
    ['iris?namespace=a&namespace=b', '"a" and "b"'],
    [`iris?namespace=${'a'.repeat(64)}`, `"${'a'.repeat(64)}"`],
  ])('%s: a namespace that can be none is an error, not the default registry (SI-04)', (uri, shown) => {
    expect(() => parse(uri)).toThrow(
      `${invalid}iris: its namespace is ${shown}, expected one namespace of Kubernetes)`,
    );
  });

  it('the same namespace twice is one', () => {
    expect(parse('iris?namespace=a&namespace=a')).toEqual({ namespace: 'a', model: 'iris' });
  });

  it.each<[string, object]>([
    ['my%20model/version%201', { model: 'my model', version: 'version 1' }],
    ['team%2Firis/v1', { model: 'team/iris', version: 'v1' }],
    ['what%3F/100%25', { model: 'what?', version: '100%' }],
    ['r.example.com/mod%C3%A8le/%23', { host: 'r.example.com', model: 'modèle', version: '#' }],
    ['a+b/c+d', { model: 'a+b', version: 'c+d' }],
  ])('%s: each part is percent-decoded after the splitting (SI-05)', (uri, expected) => {
    expect(parse(uri)).toEqual(expected);
  });

  it.each([['100%'], ['iris/%zz'], ['%ff']])(
    '%s: a percent sign alone is an error that says how it is written (SI-05)',
    (uri) => {
      expect(() => parse(uri)).toThrow(`${invalid}${uri}: a % in a name is written %25)`);
    },
  );

  it.each([
    ['', 'it names nothing'],
    ['?namespace=a', 'it names nothing'],
    ['/iris', 'it names nothing'],
    ['registry.example.com/', 'it names no model'],
    ['registry.example.com//v1', 'it names no model'],
  ])('"%s" is refused in the words of upstream', (uri, why) => {
    expect(() => parse(uri)).toThrow(`${invalid}${uri.replace(/\?.*/, '')}: ${why})`);
  });

  it('a slash at the end means the latest version', () => {
    expect(parse('iris/')).toEqual({ model: 'iris' });
    expect(parse('a.b/iris/')).toEqual({ host: 'a.b', model: 'iris' });
  });

  it('user and password are refused and not shown (SI-13)', () => {
    const failed = () => parse('user:pass-word@registry.example.com/iris');
    expect(failed).toThrow(`${invalid}registry.example.com/iris: user and password in it are not used)`);
    expect(failed).not.toThrow('pass-word');
  });

  it('an unknown parameter is ignored with a warning that does not show its value', () => {
    expect(parse('iris/v1?sig=abc&namespace=team-a')).toEqual({ namespace: 'team-a', model: 'iris', version: 'v1' });
    expect(warnings('iris/v1?sig=abc')).toEqual(['model-registry://iris/v1: parameter "sig" means nothing here']);
  });
});
