import {
  account,
  containerOf,
  envOf,
  initializerOf,
  refusalOf,
  secret,
  settingsOf,
  storageContainer,
  withUris,
} from './pod-fixtures';

const several = [
  { uri: 's3://b/m', mountPath: '/mnt/models/base' },
  { uri: 'gs://b/a', mountPath: '/mnt/models/adapters/a' },
];

describe('a pod with the models of several URIs', () => {
  it('fetches them into one volume at the directory above them all', async () => {
    const spec = await withUris(
      { containers: [{ name: 'worker-container' }, { name: 'transformer-container' }] },
      several,
    );
    expect(initializerOf(spec).args).toEqual(['s3://b/m', '/mnt/models/base', 'gs://b/a', '/mnt/models/adapters/a']);
    expect(initializerOf(spec).volumeMounts).toEqual([{ name: 'mnt-models', mountPath: '/mnt/models' }]);
    for (const name of ['worker-container', 'transformer-container']) {
      expect(containerOf(spec, name).volumeMounts).toEqual([
        { name: 'mnt-models', mountPath: '/mnt/models', readOnly: true },
      ]);
    }
    expect(spec.volumes).toEqual([{ name: 'mnt-models', emptyDir: {} }]);
  });

  it('fetches a single one into its own directory, `/mnt/models` without one', async () => {
    const own = await withUris({}, [{ uri: 's3://b/m', mountPath: '/models/Base_1/' }]);
    expect(initializerOf(own)).toMatchObject({
      args: ['s3://b/m', '/models/Base_1'],
      volumeMounts: [{ name: 'models-base-1', mountPath: '/models/Base_1' }],
    });
    expect(initializerOf(await withUris({}, [{ uri: 's3://b/m' }])).args).toEqual(['s3://b/m', '/mnt/models']);
  });

  it('mounts claims at the path that their URI names (§17 row 25)', async () => {
    const uris = [
      { uri: 'pvc://store/a/b', mountPath: '/mnt/a-b' },
      { uri: 'pvc://store', mountPath: '/mnt/a/b' },
      { uri: 's3://b/m', mountPath: '/mnt/files' },
    ];
    const spec = await withUris({}, uris, { annotations: { 'storage.kserve.io/readonly': 'false' } });
    expect(containerOf(spec, 'kserve-container').volumeMounts).toEqual([
      { name: 'mnt-a-b', mountPath: '/mnt/a-b', subPath: 'a/b' },
      { name: 'mnt-a-b-1', mountPath: '/mnt/a/b' },
      { name: 'mnt-files', mountPath: '/mnt/files' },
    ]);
    expect(initializerOf(spec).args).toEqual(['s3://b/m', '/mnt/files']);
  });

  it('asks the storage container of each URI, not of the first only (§17 row 26)', async () => {
    const storageContainers = [
      storageContainer('s3', [{ prefix: 's3://' }]),
      storageContainer('gs', [{ prefix: 'gs://' }]),
    ];
    const uris = [...several, { uri: 's3://b/z', mountPath: '/mnt/models/z' }];
    const spec = await withUris({}, uris, { cluster: { storageContainers } });
    expect(spec.initContainers?.map(({ name, image, args }) => [name, image, args])).toEqual([
      ['storage-initializer', 's3:1', ['s3://b/m', '/mnt/models/base', 's3://b/z', '/mnt/models/z']],
      ['storage-initializer-1', 'gs:1', ['gs://b/a', '/mnt/models/adapters/a']],
    ]);
  });

  it.each([false, undefined])('is refused by a storage container that takes one: %s (§17 row 24)', async (several) => {
    const single = storageContainer('one', [{ prefix: 's3://' }]);
    const { supportsMultiModelDownload: _, ...spec } = single.spec;
    // Without the schema of the CRD nothing sets the default.
    const stored = {
      ...single,
      spec: { ...spec, ...(several === undefined ? {} : { supportsMultiModelDownload: several }) },
    };
    const cluster = { storageContainers: [stored as typeof single] };
    const uris = ['a', 'b'].map((name) => ({ uri: `s3://b/${name}`, mountPath: `/mnt/${name}` }));
    expect(await refusalOf(withUris({}, uris, { cluster }))).toBe(
      'storage container "storage-initializer" does not support multi-model download; use the default kserve storage initializer or a compatible storage container',
    );
    expect(initializerOf(await withUris({}, uris.slice(1), { cluster })).image).toBe('one:1');
  });

  it('is refused when the storage container that is named is not for one of them', async () => {
    const cluster = { storageContainers: [storageContainer('own', [{ prefix: 's3://' }])] };
    expect(await refusalOf(withUris({}, several, { cluster, storageContainerName: 'own' }))).toBe(
      'ClusterStorageContainer "own" does not support storageUri "gs://b/a"',
    );
  });

  it('has the credentials of the component’s own registered storage when it has key and parameters (§17 row 26)', async () => {
    const cluster = {
      secrets: [secret('storage-config', { minio: '{"type":"s3","bucket":"b"}' }), secret('hub', { HF_TOKEN: 'x' })],
      serviceAccounts: [account('own', ['hub'])],
    };
    const own = { containers: [{ name: 'kserve-container' }], serviceAccountName: 'own' };
    const registered = await withUris(own, several, { cluster, storageSpec: { key: 'minio', parameters: {} } });
    expect(envOf(initializerOf(registered))).toMatchObject({ STORAGE_CONFIG: { secretKeyRef: { key: 'minio' } } });
    const ofAccount = await withUris(own, several, { cluster, storageSpec: { key: 'minio' } });
    expect(envOf(initializerOf(ofAccount))).toHaveProperty('HF_TOKEN');
    expect(envOf(initializerOf(ofAccount))).not.toHaveProperty('STORAGE_CONFIG');
  });

  it.each([
    [
      '/mnt/a',
      '/opt/b',
      's3',
      'storage paths must have a common parent directory. Current paths: [/mnt/a /opt/b] have no common parent beyond root',
    ],
    ['/', '/mnt/b', 's3', 'storage path cannot be empty'],
    ['/mnt/a', '/mnt/a', 'pvc', 'PVC storage paths must be unique'],
  ])('is refused at %s and %s from %s', async (one, other, scheme, message) => {
    const uris = [one, other].map((mountPath) => ({ uri: `${scheme}://b/m`, mountPath }));
    expect(await refusalOf(withUris({}, uris))).toBe(message);
  });

  it('is refused when a claim would be mounted over the files', async () => {
    const uris = [{ uri: 'pvc://store' }, { uri: 's3://b/m' }];
    expect(await refusalOf(withUris({}, uris))).toBe('PVC storage paths must be unique');
  });

  it('is left alone with an initializer, with the agent, and without URIs', async () => {
    const spec = { containers: [{ name: 'kserve-container' }] };
    expect(await withUris(spec, [])).toEqual(spec);
    expect(await withUris(spec, several, { annotations: { 'internal.serving.kserve.io/agent': 'true' } })).toEqual(
      spec,
    );
    const done = { ...spec, initContainers: [{ name: 'storage-initializer' }] };
    expect(await withUris(done, several, { settings: settingsOf() })).toEqual(done);
  });
});
