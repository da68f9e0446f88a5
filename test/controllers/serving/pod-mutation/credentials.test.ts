import { internalAnnotations } from '../../../../definitions/names/serving';
import {
  account,
  admitted,
  containerOf,
  envOf,
  fromSecret,
  initializerOf,
  managerNamespace,
  podOf,
  refusal,
  secret,
  settingsOf,
  storageContainer,
  surroundingsOf,
  type Cluster,
} from './pod-fixtures';
import { mutatePod } from '../../../../controllers/serving/pod-mutation/mutate-pod';

/** Variables that the initializer has for no credentials. */
const fast = ['HF_HUB_ENABLE_HF_TRANSFER', 'HF_XET_HIGH_PERFORMANCE', 'HF_XET_NUM_CONCURRENT_RANGE_GETS'];

async function access(cluster: Cluster, settings = settingsOf(), annotations: Record<string, string> = {}) {
  const pod = await admitted(podOf('s3://b/m', { annotations }), settings, cluster);
  const container = initializerOf(pod);
  const env = Object.fromEntries(Object.entries(envOf(container)).filter(([name]) => !fast.includes(name)));
  const mounts = container.volumeMounts?.slice(1) ?? [];
  return { env, mounts, volumes: pod.spec?.volumes?.slice(1) ?? [], args: container.args };
}

const withSecrets = (...secrets: ReturnType<typeof secret>[]): Cluster => ({
  secrets,
  serviceAccounts: [
    account(
      'default',
      secrets.map(({ metadata }) => metadata?.name ?? ''),
    ),
  ],
});

describe('credentials of a ServiceAccount', () => {
  it('are none when the account is not there', async () => {
    expect((await access({})).env).toEqual({});
  });

  it('are refused when a Secret that the account lists is not there', async () => {
    const cluster = { serviceAccounts: [account('default', ['gone'])] };
    expect(await refusal(podOf('s3://b/m'), settingsOf(), cluster)).toBe(
      'secret models/gone of service account default does not exist: create it or name another one',
    );
  });

  it('are those of the one Secret that the pod’s annotation names', async () => {
    const cluster = {
      ...withSecrets(secret('hub', { HF_TOKEN: 'a' }), secret('other', { MODELSCOPE_API_TOKEN: 'b' })),
    };
    const { env } = await access(cluster, settingsOf(), { 'serving.kserve.io/storageSecretName': 'other' });
    expect(env).toEqual({ MODELSCOPE_API_TOKEN: fromSecret('other', 'MODELSCOPE_API_TOKEN') });
  });

  it('are S3’s keys by reference and its settings by annotation, then entry, then platform', async () => {
    const keys = secret(
      'keys',
      { awsSecretAccessKey: 'x', AWS_DEFAULT_REGION: 'us-east-2', S3_VERIFY_SSL: '1', S3_ENDPOINT: ' minio:9000 ' },
      { 'serving.kserve.io/s3-verifyssl': '0', 'serving.kserve.io/s3-usehttps': '0' },
    );
    const settings = settingsOf({ credentials: { s3: { s3Region: 'eu', s3UseVirtualBucket: '1' } } });
    const { env } = await access(withSecrets(keys), settings);
    expect(Object.entries(env)).toEqual([
      ['AWS_ACCESS_KEY_ID', fromSecret('keys', 'awsAccessKeyID')],
      ['AWS_SECRET_ACCESS_KEY', fromSecret('keys', 'awsSecretAccessKey')],
      ['S3_USE_HTTPS', '0'],
      ['S3_ENDPOINT', 'minio:9000'],
      ['AWS_ENDPOINT_URL', 'http://minio:9000'],
      ['S3_VERIFY_SSL', '0'],
      ['AWS_DEFAULT_REGION', 'us-east-2'],
      ['S3_USER_VIRTUAL_BUCKET', '1'],
    ]);
  });

  it.each([
    [
      'https://s3.example.com',
      '0',
      { S3_USE_HTTPS: '1', S3_ENDPOINT: 's3.example.com', AWS_ENDPOINT_URL: 'https://s3.example.com' },
    ],
    ['http://minio:9000', '', { S3_USE_HTTPS: '0', S3_ENDPOINT: 'minio:9000', AWS_ENDPOINT_URL: 'http://minio:9000' }],
    ['minio:9000', '', { S3_ENDPOINT: 'minio:9000', AWS_ENDPOINT_URL: 'https://minio:9000' }],
    ['', '1', {}],
  ])('have S3’s endpoint %j with use-https %j in three variables', async (s3Endpoint, s3UseHttps, expected) => {
    const settings = settingsOf({ credentials: { s3: { s3Endpoint, s3UseHttps } } });
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = (
      await access(withSecrets(secret('keys', { awsSecretAccessKey: 'x' })), settings)
    ).env;
    expect([AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY]).toHaveLength(2);
    expect(env).toEqual(expected);
  });

  it('leave a platform’s setting out where the annotation is empty', async () => {
    const keys = secret('keys', { awsSecretAccessKey: 'x' }, { 'serving.kserve.io/s3-region': '' });
    const { env } = await access(withSecrets(keys), settingsOf({ credentials: { s3: { s3Region: 'eu' } } }));
    expect(env).not.toHaveProperty('AWS_DEFAULT_REGION');
  });

  it('are S3’s settings of the account that has a role', async () => {
    const annotations = {
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/r',
      'serving.kserve.io/s3-region': 'eu-north-1',
    };
    const { env } = await access({ serviceAccounts: [account('default', [], annotations)] });
    expect(env).toEqual({ AWS_DEFAULT_REGION: 'eu-north-1' });
  });

  it('are not mixed from two Secrets for S3: the last one counts with all it says (§17 row 32)', async () => {
    const first = secret('first', { awsSecretAccessKey: 'x', S3_ENDPOINT: 'https://first', AWS_CA_BUNDLE: '/a/b' });
    const second = secret('second', { awsSecretAccessKey: 'y', AWS_DEFAULT_REGION: 'eu' });
    expect((await access(withSecrets(first, second))).env).toEqual({
      AWS_ACCESS_KEY_ID: fromSecret('second', 'awsAccessKeyID'),
      AWS_SECRET_ACCESS_KEY: fromSecret('second', 'awsSecretAccessKey'),
      AWS_DEFAULT_REGION: 'eu',
    });
  });

  it('replace a variable whole: no reference stays beside a value (§17 row 32)', async () => {
    const annotations = { 'eks.amazonaws.com/role-arn': 'arn', 'serving.kserve.io/s3-region': 'eu-north-1' };
    const keys = secret('keys', { awsSecretAccessKey: 'x', AWS_DEFAULT_REGION: 'us-east-2' });
    const cluster = { secrets: [keys], serviceAccounts: [account('default', ['keys'], annotations)] };
    const pod = await admitted(podOf('s3://b/m'), settingsOf(), cluster);
    expect(initializerOf(pod).env?.filter(({ name }) => name === 'AWS_DEFAULT_REGION')).toEqual([
      { name: 'AWS_DEFAULT_REGION', value: 'us-east-2' },
    ]);
  });

  it('are a file for GCS', async () => {
    const { env, mounts, volumes } = await access(
      withSecrets(secret('gcs', { 'gcloud-application-credentials.json': '{}' })),
    );
    expect(env).toEqual({ GOOGLE_APPLICATION_CREDENTIALS: '/var/secrets/gcloud-application-credentials.json' });
    expect(mounts).toEqual([{ name: 'user-gcp-sa', mountPath: '/var/secrets/', readOnly: true }]);
    expect(volumes).toEqual([{ name: 'user-gcp-sa', secret: { secretName: 'gcs' } }]);
  });

  it('don’t take the volume that the user has under the name', async () => {
    const own = { name: 'hdfs-secrets', secret: { secretName: 'own' } };
    const pod = await admitted(
      podOf('hdfs://m', { spec: { volumes: [own] } }),
      settingsOf(),
      withSecrets(secret('hdfs', { HDFS_NAMENODE: 'x' })),
    );
    expect(pod.spec?.volumes).toContainEqual(own);
    expect(pod.spec?.volumes).toContainEqual({ name: 'hdfs-secrets-1', secret: { secretName: 'hdfs' } });
    expect(initializerOf(pod).volumeMounts?.[1]).toEqual({
      name: 'hdfs-secrets-1',
      mountPath: '/var/secrets/kserve-hdfscreds',
      readOnly: true,
    });
  });

  it('are Azure’s identity under its new and older names, the tenant always', async () => {
    const { env } = await access(
      withSecrets(secret('az', { AZ_CLIENT_ID: 'a', AZURE_CLIENT_SECRET: 'b', AZURE_ACCOUNT_NAME: 'c' })),
    );
    expect(env).toEqual({
      AZURE_TENANT_ID: fromSecret('az', 'AZURE_TENANT_ID'),
      AZURE_CLIENT_ID: fromSecret('az', 'AZ_CLIENT_ID'),
      AZURE_CLIENT_SECRET: fromSecret('az', 'AZURE_CLIENT_SECRET'),
      AZURE_ACCOUNT_NAME: fromSecret('az', 'AZURE_ACCOUNT_NAME'),
    });
  });

  it.each(['AZURE_STORAGE_ACCESS_KEY', 'HF_TOKEN', 'MODELSCOPE_API_TOKEN'])('are %s alone', async (key) => {
    expect((await access(withSecrets(secret('one', { [key]: 'x', more: 'y' })))).env).toEqual({
      [key]: fromSecret('one', key),
    });
  });

  it('are header fields of a host by reference, which upstream copies (§17 row 31)', async () => {
    const one = secret('one', { 'https-host': 'a.example.com', headers: '{"authorization":"hush"}' });
    const two = secret('two', { 'https-host': 'b.example.com', headers: '{}' });
    const pod = await admitted(podOf('https://a.example.com/m'), settingsOf(), withSecrets(one, two));
    expect(envOf(initializerOf(pod))).toMatchObject({
      'a.example.com-headers': fromSecret('one', 'headers'),
      'b.example.com-headers': fromSecret('two', 'headers'),
    });
    expect(JSON.stringify(pod)).not.toContain('hush');
  });

  it('are none of a Secret for something else, nor of a host without header fields', async () => {
    const cluster = withSecrets(secret('token', { token: 'x' }), secret('host', { 'https-host': 'a' }));
    expect((await access(cluster)).env).toEqual({});
  });
});

describe('credentials of a registered storage (case 92)', () => {
  const stored = (entries: Record<string, unknown>): Cluster => ({
    secrets: [
      secret(
        'storage-config',
        Object.fromEntries(
          Object.entries(entries).map(([key, entry]) => [
            key,
            typeof entry === 'string' ? entry : JSON.stringify(entry),
          ]),
        ),
      ),
    ],
  });
  const spec = (key: string, parameters?: Record<string, string>) => ({
    [internalAnnotations.storageSpec]: 'true',
    [internalAnnotations.storageSpecKey]: key,
    ...(parameters === undefined ? {} : { [internalAnnotations.storageSpecParameters]: JSON.stringify(parameters) }),
  });
  const at = '<scheme-placeholder>://models/iris';
  const admit = async (cluster: Cluster, annotations: Record<string, string>) => {
    const container = initializerOf(await admitted(podOf(at, { annotations }), settingsOf(), cluster));
    const env = Object.fromEntries(Object.entries(envOf(container)).filter(([name]) => !fast.includes(name)));
    return { env, uri: container.args?.[0] };
  };
  const refused = (cluster: Cluster, annotations: Record<string, string>) =>
    refusal(podOf(at, { annotations }), settingsOf(), cluster);

  it.each([
    [
      's3 with the bucket of the entry',
      'minio',
      { minio: { type: 's3', bucket: 'own' } },
      undefined,
      's3://own/models/iris',
    ],
    [
      's3 with the bucket of the parameters',
      'minio',
      { minio: { type: 's3', bucket: 'own' } },
      { bucket: 'other' },
      's3://other/models/iris',
    ],
    ['hdfs', 'dfs', { dfs: { type: 'hdfs' } }, undefined, 'hdfs://models/iris'],
    ['the default entry', '', { default: { type: 'webhdfs' } }, undefined, 'webhdfs://models/iris'],
  ])('is %s', async (_, key, entries, parameters, uri) => {
    const { env, uri: given } = await admit(stored(entries), spec(key, parameters));
    expect(given).toBe(uri);
    expect(env).toEqual({
      STORAGE_CONFIG: fromSecret('storage-config', key === '' ? 'default' : key),
      ...(parameters === undefined ? {} : { STORAGE_OVERRIDE_CONFIG: JSON.stringify(parameters) }),
    });
  });

  it('is the default entry of the type that the parameters name, without being read', async () => {
    const cluster = stored({ default_s3: 'not json' });
    const { env, uri } = await admit(cluster, spec('', { type: 's3', bucket: 'own' }));
    expect(uri).toBe('s3://own/models/iris');
    expect(env).toEqual({
      STORAGE_CONFIG: fromSecret('storage-config', 'default_s3'),
      STORAGE_OVERRIDE_CONFIG: '{"bucket":"own","type":"s3"}',
    });
  });

  it('needs no Secret where the parameters say all', async () => {
    const { env, uri } = await admit({}, spec('', { type: 's3', bucket: 'own' }));
    expect(uri).toBe('s3://own/models/iris');
    expect(env).toEqual({ STORAGE_OVERRIDE_CONFIG: '{"bucket":"own","type":"s3"}' });
  });

  it('mounts the certificates that the entry names', async () => {
    const cluster = stored({ minio: { type: 's3', bucket: 'b', cabundle_configmap: 'minio-ca' } });
    expect((await admit(cluster, spec('minio'))).env).toMatchObject({
      AWS_CA_BUNDLE_CONFIGMAP: 'minio-ca',
      CA_BUNDLE_CONFIGMAP_NAME: 'minio-ca',
    });
  });

  it('comes from the Secret that the pod’s annotation names', async () => {
    const cluster = { secrets: [secret('own', { minio: '{"type":"hdfs"}' })] };
    const annotations = { ...spec('minio'), 'serving.kserve.io/storageSecretName': 'own' };
    expect((await admit(cluster, annotations)).env).toEqual({ STORAGE_CONFIG: fromSecret('own', 'minio') });
  });

  it('decides the storage container by the address that it gives', async () => {
    const cluster = {
      ...stored({ dfs: { type: 'hdfs' } }),
      storageContainers: [storageContainer('hdfs', [{ prefix: 'hdfs://' }])],
    };
    const pod = await admitted(podOf(at, { annotations: spec('dfs') }), settingsOf(), cluster);
    expect(initializerOf(pod).image).toBe('hdfs:1');
  });

  it.each([
    [
      'a missing key',
      stored({ other: {} }),
      spec('minio'),
      'specified storage key minio not found in storage secret storage-config',
    ],
    ['a missing Secret', {}, spec('minio'), "can't read storage secret storage-config: it does not exist in models"],
    ['no type', {}, spec(''), 'unable to determine storage type'],
    ['an entry without type', stored({ minio: {} }), spec('minio'), 'unable to determine storage type'],
    [
      's3 without bucket',
      stored({ minio: { type: 's3' } }),
      spec('minio'),
      "format [s3] requires a bucket but one wasn't found in storage data or parameters",
    ],
    [
      'a type that is none',
      stored({ minio: { type: 'ftp' } }),
      spec('minio'),
      'storage type must be one of [s3, hdfs, webhdfs]. storage type [ftp] is not supported',
    ],
    [
      'parameters that are none',
      {},
      { ...spec(''), [internalAnnotations.storageSpecParameters]: '[1]' },
      'annotation internal.serving.kserve.io/storage-spec-param of the pod is not a JSON object whose values are strings',
    ],
  ])('is refused with %s', async (_, cluster, annotations, message) => {
    expect(await refused(cluster, annotations)).toBe(message);
  });

  it('is refused when its entry is not JSON, without repeating the entry', async () => {
    const message = await refused(stored({ minio: 'secret_access_key=hush' }), spec('minio'));
    expect(message).toBe('invalid json encountered in key minio of storage secret storage-config: it is not JSON');
  });

  it('tells why the Secret can’t be read', async () => {
    const surroundings = { ...surroundingsOf({}), secret: () => Promise.reject(new Error('403 Forbidden')) };
    const pod = podOf(at, { annotations: spec('minio') });
    await expect(mutatePod(pod, 'models', settingsOf(), managerNamespace, surroundings)).rejects.toThrow(
      "can't read storage secret storage-config: 403 Forbidden",
    );
  });
});

describe('certificates to trust (case 93)', () => {
  const storageInitializer = { caBundleConfigMapName: 'platform-ca', caBundleVolumeMountPath: '/certs' };
  const bundle = (configMap: string, mountPath: string) => ({
    env: { CA_BUNDLE_CONFIGMAP_NAME: configMap, CA_BUNDLE_VOLUME_MOUNT_POINT: mountPath },
    mounts: [{ name: 'cabundle-cert', mountPath, readOnly: true }],
    volumes: [{ name: 'cabundle-cert', configMap: { name: configMap } }],
  });

  it('are the copy of the platform’s in a namespace of users', async () => {
    expect(await access({}, settingsOf({ storageInitializer }))).toMatchObject(bundle('global-ca-bundle', '/certs'));
  });

  it('are the platform’s own in the namespace of the manager', async () => {
    const pod = await mutatePod(
      podOf('s3://b/m'),
      managerNamespace,
      settingsOf({ storageInitializer }),
      managerNamespace,
      surroundingsOf({}),
    );
    expect(envOf(initializerOf(pod))).toMatchObject(bundle('platform-ca', '/certs').env);
  });

  it('are those of the storage, in the directory of its file', async () => {
    const data = { awsSecretAccessKey: 'x', AWS_CA_BUNDLE: '/own/ca.crt', AWS_CA_BUNDLE_CONFIGMAP: 'own-ca' };
    for (const settings of [settingsOf(), settingsOf({ storageInitializer })]) {
      expect(await access(withSecrets(secret('keys', data)), settings)).toMatchObject(bundle('own-ca', '/own'));
    }
  });

  it('are told once: what a storage container says stays', async () => {
    const env = [{ name: 'CA_BUNDLE_CONFIGMAP_NAME', value: 'mine' }];
    const own = storageContainer('own', [{ prefix: 's3://' }], {
      spec: { container: { name: 'storage-initializer', env } },
    });
    const pod = await admitted(podOf('s3://b/m'), settingsOf({ storageInitializer }), { storageContainers: [own] });
    expect(initializerOf(pod).env?.filter(({ name }) => name === 'CA_BUNDLE_CONFIGMAP_NAME')).toEqual(env);
    expect(containerOf(pod, 'kserve-container').volumeMounts).toHaveLength(1);
  });
});
