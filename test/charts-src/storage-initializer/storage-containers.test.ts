import { storageNodeFlags } from '../../../definitions/storage/storage-node-flags';
import { environment } from '../../../charts-src/environments/environment';
import { mapAt, mapsAt, textOf, type Manifest } from '../../../charts-src/kubernetes/manifest';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import { clusterStorageContainers } from '../../../definitions/serving/cluster-storage-container';
import { matchesFormat, storageKindOf, type UriFormat } from '../../../definitions/storage/storage-kinds';
import { privateKind } from '../../definitions/serving/private-kind';

type Options = NonNullable<Parameters<typeof environment>[0]['storageInitializer']>;

const containers = (storageInitializer: Options): readonly Manifest[] =>
  renderEnvironment(environment({ name: 'mine', crds: false, storageInitializer })).flatMap(
    ({ manifests }) => manifests,
  );
const named = (name: string, options: Options = { storage: {} }): Manifest => {
  const found = containers(options).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`there is no storage container ${name}`);
  return found;
};
const registryContainer = 'model-registry-storage-initializer';
const container = (manifest: Manifest) => mapAt(mapAt(manifest, 'spec'), 'container');
const env = (manifest: Manifest) => mapsAt(container(manifest), 'env');
const formats = (name: string): readonly UriFormat[] =>
  mapsAt(mapAt(named(name), 'spec'), 'supportedUriFormats').map(({ prefix, regex }) =>
    typeof prefix === 'string' ? { prefix } : { regex: textOf(regex) },
  );

const kind = privateKind(clusterStorageContainers);

describe('the storage containers', () => {
  it.each(['default', registryContainer])('%s is stored by the API server as rendered', async (name) => {
    const spec = mapAt(named(name), 'spec');
    expect(await kind.create(name, { spec }, 'Strict')).toMatchObject({ status: 201, warnings: [] });
    expect(await kind.stored(name)).toMatchObject({ spec });
  });

  it.each(['default', registryContainer])(
    '%s runs our sub-command, leaves the arguments to KServe, and takes several URIs (SI-11, SD-14)',
    (name) => {
      const manifest = named(name);
      expect(container(manifest)).toMatchObject({
        name: 'storage-initializer',
        image: expect.stringMatching(/\/slipway:/) as unknown,
        command: ['/nodejs/bin/node', ...storageNodeFlags, '/app/slipway.mjs', 'storage-initializer'],
      });
      expect(container(manifest)).not.toHaveProperty('args');
      expect(mapAt(manifest, 'spec')).toMatchObject({ supportsMultiModelDownload: true });
    },
  );

  it.each(['default', registryContainer])('%s may do nothing it need not, as any user (SD-11)', (name) => {
    expect(mapAt(container(named(name)), 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('are one when KServe brings its own', () => {
    expect(containers({}).map(({ metadata }) => metadata.name)).toEqual([registryContainer]);
  });
});

describe('the formats of the default container', () => {
  /** Of KServe 0.20's object. */
  const upstream: readonly UriFormat[] = [
    ...['gs://', 's3://', 'hdfs://', 'hf://', 'modelscope://', 'webhdfs://'].map((prefix) => ({ prefix })),
    { regex: 'https://(.+?).blob.core.windows.net/(.+)' },
    { regex: 'https://(.+?).file.core.windows.net/(.+)' },
    { regex: 'https?://(.+)/(.+)' },
  ];

  it("are KServe's, and more", () => {
    expect(formats('default')).toEqual(expect.arrayContaining([...upstream]));
  });

  it.each([
    'gs://b/m',
    's3://b/m',
    'hdfs://a/b',
    'webhdfs://a/b',
    'https://a.blob.core.windows.net/c/m',
    'https://a.z20.blob.storage.azure.net/c/m',
    'https://a.file.core.windows.net/s/m',
    'https://a.z2.file.storage.azure.net/s/m',
    'hf://o/m',
    'modelscope://o/m',
    'ms://o/m',
    'oci://r.example.com/m',
    'https://git.example.com/o/m.git',
    'https://example.com/m',
    'http://example.com/m.tar.gz',
    'model-registry://iris/v1',
    'model-registry://registry.example.com:8080/iris/v1?namespace=a',
    'ftp://example.com/m',
    'pvc://claim/m',
    'nothing',
  ])('match %s when the program fetches it, and no two containers match (SI-11)', (uri) => {
    const matched = (name: string) => formats(name).some((format) => matchesFormat(uri, format));
    const isOfRegistry = uri.startsWith('model-registry://');
    expect(matched('default')).toBe(storageKindOf(uri) !== undefined);
    expect(matched(registryContainer)).toBe(isOfRegistry);
    expect(matched('default') && matched(registryContainer)).toBe(false);
  });
});

describe('the variables of a container', () => {
  it('name the registry, and its Service when it has another name', () => {
    expect(env(named(registryContainer, {}))).toEqual([
      { name: 'MODEL_REGISTRY_BASE_URL', value: 'model-registry-service.kubeflow.svc.cluster.local:8080' },
    ]);
    expect(env(named(registryContainer, { registry: { name: 'blue', namespace: 'shared' } }))).toEqual([
      { name: 'MODEL_REGISTRY_BASE_URL', value: 'blue-service.shared.svc.cluster.local:8080' },
      { name: 'MODEL_REGISTRY_SERVICE_NAME', value: 'blue-service' },
    ]);
  });

  it('have the namespace of the pod when each has a registry (SI-16)', () => {
    expect(env(named(registryContainer, { registry: { inEachNamespace: true } }))).toContainEqual({
      name: 'MODEL_REGISTRY_NAMESPACE',
      valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } },
    });
  });

  it('are values, and keys of Secrets', () => {
    const written = {
      HF_ENDPOINT: 'https://hub.example.com',
      HF_TOKEN: { name: 'hub', key: 'token' },
      'models.example.com-headers': { name: 'web', key: 'headers' },
      https_proxy: 'http://proxy:3128',
    };
    const expected = [
      { name: 'HF_ENDPOINT', value: 'https://hub.example.com' },
      { name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: 'hub', key: 'token' } } },
      { name: 'https_proxy', value: 'http://proxy:3128' },
      { name: 'models.example.com-headers', valueFrom: { secretKeyRef: { name: 'web', key: 'headers' } } },
    ];
    const byName = (manifest: Manifest) =>
      env(manifest).toSorted((one, other) => (textOf(one['name']) < textOf(other['name']) ? -1 : 1));
    expect(byName(named('default', { storage: { env: written } }))).toEqual(expected);
    expect(env(named(registryContainer, { env: written }))).toEqual(expect.arrayContaining(expected));
  });

  it.each<[string, Options, string]>([
    [
      'a name that the program does not read',
      { env: { MR_BASE_URL: 'registry:8080' } },
      'storageInitializer.env.MR_BASE_URL: got "registry:8080", the storage initializer reads no variable of this name',
    ],
    [
      'a secret that is written down (SD-12)',
      { storage: { env: { AWS_SECRET_ACCESS_KEY: 'a' } } },
      'its value is secret: expected name and key of a Secret',
    ],
  ])('can not be %s', (_, options, message) => {
    expect(() => containers(options)).toThrow(message);
  });
});
