import type { Environment } from '../../../../controllers/component';
import { startForwardProxy, type ForwardProxy } from '../../../doubles/forward-proxy/forward-proxy';
import { RegistryUnderTest, testOfDouble, unique } from '../../../doubles/model-registry/registry-under-test';
import { refusal, resolution } from './resolution';

/** The look-up against a registry: the double, or the one of MODEL_REGISTRY_URL. */
const registry = new RegistryUnderTest();
/** Stands for the cluster's DNS: registries by their names. */
let proxy: ForwardProxy;
const registryHosts =
  /^(model-registry-service\.team-a\.svc\.cluster\.local:8080|(registry\.example\.com|registry)(:80)?)$/;

const model = unique('iris');
const artifactUri = (version: string) => `s3://models/${model}/${version}`;
let modelId: string;

beforeAll(async () => {
  proxy = await startForwardProxy((host) => (registryHosts.test(host) ? registry.url : undefined));
  modelId = (await registry.createModel(model)).id;
  for (const name of ['v1', 'v2']) await addVersion(modelId, name);
  await addVersion(modelId, 'v3', { state: 'ARCHIVED' });
});

afterAll(() => proxy?.close());

async function addVersion(of: string, name: string, members: object = {}, artifact: object = {}) {
  const { id } = await registry.createVersion(of, name, members);
  await registry.createArtifact(id, { name: 'files', uri: artifactUri(name), ...artifact });
  return id;
}

/** A model of its own, with one version `v1`. */
async function ownModel(name: string, artifact: object = {}) {
  const { id } = await registry.createModel(name);
  return { id, version: await addVersion(id, 'v1', {}, artifact) };
}

const base = (): Environment => ({
  MODEL_REGISTRY_BASE_URL: registry.url.replace(/^https?:\/\//, ''),
  MODEL_REGISTRY_SCHEME: registry.url.startsWith('https:') ? 'https' : 'http',
});
/** With a default registry that does not exist, so that only the named one can answer. */
const elsewhere = (): Environment => ({
  MODEL_REGISTRY_BASE_URL: 'nowhere.example:8080',
  HTTP_PROXY: proxy.url,
});
const resolved = async (uri: string, environment: Environment = base()) =>
  (await resolution(`model-registry://${uri}`, environment)).resolved;
const message = async (uri: string, environment: Environment = base()) =>
  (await refusal(`model-registry://${uri}`, environment)).message;
const encoded = encodeURIComponent;

describe('the forms of a URI', () => {
  const namespace = '?namespace=team-a';
  test.each<[string, () => Environment, string, string]>([
    ['default registry, latest version', base, model, 'v2'],
    ['default registry, named version', base, `${model}/v1`, 'v1'],
    ['host, latest version', elsewhere, `registry.example.com/${model}`, 'v2'],
    ['host, named version', elsewhere, `registry.example.com/${model}/v1`, 'v1'],
    ['host and port, named version', elsewhere, `registry.example.com:80/${model}/v1`, 'v1'],
    ['namespace, latest version', elsewhere, `${model}${namespace}`, 'v2'],
    ['namespace, named version', elsewhere, `${model}/v1${namespace}`, 'v1'],
    ['namespace and host, latest version (SI-02)', elsewhere, `other.example.com/${model}${namespace}`, 'v2'],
    ['namespace and host, named version (SI-02)', elsewhere, `other.example.com/${model}/v1${namespace}`, 'v1'],
    [
      'namespace from the downward API, named version (SI-16)',
      () => ({ ...elsewhere(), MODEL_REGISTRY_NAMESPACE: 'team-a' }),
      `${model}/v1`,
      'v1',
    ],
    [
      'listed host without a dot, named version (SI-01)',
      () => ({ ...elsewhere(), MODEL_REGISTRY_HOSTS: 'registry' }),
      `registry/${model}/v1`,
      'v1',
    ],
  ])('%s', async (_, environment, uri, version) => {
    const found = await resolved(uri, environment());
    expect(found).toMatchObject({ uri: artifactUri(version), model: { id: modelId, name: model } });
    expect(found.version.name).toBe(version);
    expect(found.artifact.name).toBe('files');
  });
});

describe('hosts that look like models', () => {
  it('a service that is called like a model is not asked (SI-01)', async () => {
    await ownModel('registry-like');
    const before = proxy.asked.length;
    const text = await message(`registry/${model}`, { ...elsewhere(), ...base(), NO_PROXY: '127.0.0.1' });
    expect(text).toBe(
      `registered model 'registry' not found at ${registry.url}; ` +
        'if registry is the host of a registry, list it in MODEL_REGISTRY_HOSTS',
    );
    expect(proxy.asked.length).toBe(before);
  });

  it("it is asked when the operator wants upstream's way, and is the host when it answers a list (SI-01)", async () => {
    const environment = { ...elsewhere(), MODEL_REGISTRY_PROBE_HOSTS: 'true' };
    expect(await resolved(`registry/${model}`, environment)).toMatchObject({
      registry: 'http://registry',
      uri: artifactUri('v2'),
    });
  });

  it('the first part stays a model when nobody answers at its name (SI-01)', async () => {
    const environment = { ...base(), HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1', MODEL_REGISTRY_PROBE_HOSTS: 'true' };
    expect(await resolved(`${model}/v1`, environment)).toMatchObject({ uri: artifactUri('v1') });
    expect(proxy.asked.some((host) => host.startsWith(model))).toBe(true);
  });
});

describe('names', () => {
  it.each(['my_model', '100%', 'team/iris', 'with space', 'a?b#c', 'back\\slash', "it's", 'modèle', 'llama-3.1'])(
    '%s is found, as model and as version (SI-05, SI-06)',
    async (name) => {
      const own = unique(name);
      const { id } = await registry.createModel(own);
      await addVersion(id, name);
      await addVersion(id, 'other');
      expect(await resolved(`${encoded(own).replaceAll('.', '%2E')}/${encoded(name)}`)).toMatchObject({
        model: { id, name: own },
        version: { name },
        uri: artifactUri(name),
      });
    },
  );

  it('with _ and % are not taken for patterns, although others match them (SI-06)', async () => {
    const marked = unique('a_b');
    await ownModel(marked.replace('_', '-'), { uri: 's3://models/wrong' });
    expect(await message(`${marked}/v1`)).toBe(
      `registered model '${marked}' not found at ${registry.url}; ` +
        `if ${marked} is the host of a registry, list it in MODEL_REGISTRY_HOSTS`,
    );
    const { id } = await ownModel(marked, { uri: 's3://models/right' });
    await addVersion(id, 'v-1', {}, { uri: 's3://models/wrong' });
    expect(await resolved(`${marked}/v1`)).toMatchObject({ uri: 's3://models/right' });
    expect(await message(`${marked}/v_1`)).toContain("version 'v_1' of registered model");
    await addVersion(id, 'v_1', {}, { uri: 's3://models/version' });
    expect(await resolved(`${marked}/v_1`)).toMatchObject({ uri: 's3://models/version' });
  });

  it('are found behind the first page of a list (SI-06)', async () => {
    const { id } = await ownModel(unique('large_list'));
    for (let index = 0; index < 120; index += 1) await registry.createVersion(id, `n_${index}`);
    const name = unique('large');
    const large = await registry.createModel(name);
    for (let index = 0; index < 120; index += 1) await registry.createVersion(large.id, `n_${index}`);
    await addVersion(large.id, 'wanted_one');
    expect(await resolved(`${name}/wanted_one`)).toMatchObject({ uri: artifactUri('wanted_one') });
  }, 30_000);
});

describe('versions and artifacts', () => {
  it('the latest version is never an archived one (SI-07)', async () => {
    expect(await resolved(model)).toMatchObject({ version: { name: 'v2' } });
  });

  it('with archived versions only the message names them (SI-07)', async () => {
    const name = unique('archived-only');
    const { id } = await registry.createModel(name);
    await addVersion(id, 'v1', { state: 'ARCHIVED' });
    await addVersion(id, 'v2', { state: 'ARCHIVED' });
    expect(await message(name)).toBe(
      `no versions associated to registered model ${name}, archived: 'v1', 'v2' (at ${registry.url})`,
    );
  });

  it('a model without versions is an error in the words of upstream', async () => {
    const name = unique('no-versions');
    await registry.createModel(name);
    expect(await message(name)).toBe(`no versions associated to registered model ${name} (at ${registry.url})`);
  });

  it('an unknown version is an error that names it and its model', async () => {
    expect(await message(`${model}/v9`)).toBe(
      `error fetching model version: version 'v9' of registered model '${model}' at ${registry.url} not found`,
    );
  });

  it('an archived version is refused, and served with a warning when the operator allows it', async () => {
    expect(await message(`${model}/v3`)).toBe(
      `version 'v3' of registered model '${model}' at ${registry.url} is archived: ` +
        'restore it, or set MODEL_REGISTRY_ALLOW_ARCHIVED=true',
    );
    const allowed = { ...base(), MODEL_REGISTRY_ALLOW_ARCHIVED: 'true' };
    const { resolved: found, log } = await resolution(`model-registry://${model}/v3`, allowed);
    expect(found.uri).toBe(artifactUri('v3'));
    expect(log.join('\n')).toContain(
      `WARNING version 'v3' of registered model '${model}' at ${registry.url} is archived`,
    );
  });

  it('an archived model is refused', async () => {
    const name = unique('archived');
    const { id } = await registry.create('/registered_models', { name, state: 'ARCHIVED' });
    await addVersion(id, 'v1');
    expect(await message(name)).toBe(
      `registered model '${name}' at ${registry.url} is archived: restore it, or set MODEL_REGISTRY_ALLOW_ARCHIVED=true`,
    );
  });

  it('a newer document does not hide the model artifact (SI-08)', async () => {
    const name = unique('documented');
    const { version } = await ownModel(name);
    await registry.createArtifact(version, { artifactType: 'doc-artifact', uri: 'https://example.com/readme' });
    expect(await resolved(name)).toMatchObject({ uri: artifactUri('v1') });
  });

  it('of several model artifacts it is the newest that is there (SI-08)', async () => {
    const name = unique('renewed');
    const { version } = await ownModel(name);
    await registry.createArtifact(version, { uri: 's3://models/new', state: 'LIVE' });
    await registry.createArtifact(version, { uri: 's3://models/gone', state: 'DELETED' });
    expect(await resolved(name)).toMatchObject({ uri: 's3://models/new' });
  });

  it('a version without artifacts, and one with others only, are errors in the words of upstream (SI-08)', async () => {
    const name = unique('bare');
    const { id } = await registry.createModel(name);
    const version = await registry.createVersion(id, 'v1');
    const where = `(model '${name}', version 'v1' at ${registry.url})`;
    expect(await message(name)).toBe(`no artifacts associated to model version ${version.id} ${where}`);
    await registry.createArtifact(version.id, { artifactType: 'doc-artifact', uri: 'https://example.com/readme' });
    expect(await message(name)).toBe(`no model artifact found for model version ${version.id} ${where}`);
  });

  it('an artifact without URI is where its storage path is in STORAGE_CONFIG (SI-09)', async () => {
    const name = unique('by-path');
    await ownModel(name, { uri: '', storageKey: 'minio', storagePath: 'iris/1' });
    expect(await message(name)).toContain(
      "only the storage path 'iris/1', and STORAGE_CONFIG is not set: have KServe pass entry 'minio' of the storage secret",
    );
    const environment = { ...base(), STORAGE_CONFIG: '{"type":"s3","bucket":"models"}' };
    expect(await resolved(name, environment)).toMatchObject({ uri: 's3://models/iris/1' });
  });

  it('the digest of an artifact is handed on (SI-17)', async () => {
    const name = unique('digest');
    const sha256 = '0f'.repeat(32);
    await ownModel(name, {
      customProperties: { sha256: { metadataType: 'MetadataStringValue', string_value: sha256 } },
    });
    expect(await resolved(name)).toMatchObject({ sha256 });
  });
});

describe('the log', () => {
  it('has one line with model, version, artifact and place, without user info and query (SI-13)', async () => {
    const name = unique('signed');
    const uri = 'https://user:pass-word@account.blob.core.windows.net/models/iris?sv=1&sig=sig-nature';
    const { id, version } = await ownModel(name, { uri });
    const { resolved: found, log } = await resolution(`model-registry://${name}`, base());
    expect(found.uri).toBe(uri);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(
      new RegExp(
        `INFO Model Registry at ${registry.url}: model '${name}' \\(${id}\\), version 'v1' \\(${version}\\), ` +
          "artifact 'files' \\([0-9]+\\) is at https://account.blob.core.windows.net/models/iris$",
      ),
    );
  });
});

testOfDouble('a request says who asks, and pages are bounded', async () => {
  registry.double.clearLog();
  await resolved(model);
  for (const { headers, path, query } of registry.double.log) {
    expect(headers['user-agent']).toMatch(/^slipway-storage-initializer\//);
    if (path.endsWith('/versions') || path.endsWith('/artifacts')) expect(query['pageSize']).toBe('100');
  }
});
