import { storageSpec, storageSpecSettings } from '../../../controllers/storage-initializer/storage-spec';

const settings = (config: object, override?: object) =>
  storageSpecSettings(
    storageSpec({
      STORAGE_CONFIG: JSON.stringify(config),
      ...(override === undefined ? {} : { STORAGE_OVERRIDE_CONFIG: JSON.stringify(override) }),
    }) ?? {},
  );

const secret = 'a-secret-nobody-may-see';

describe('the storage specification', () => {
  it('{"type":"s3"} alone sets nothing', () => {
    expect(settings({ type: 's3' })).toEqual({ variables: {} });
  });

  it('of S3 maps seven members to their variables, and nothing else of it', () => {
    const config = {
      type: 's3',
      bucket: 'models',
      endpoint_url: 'http://minio:9000',
      access_key_id: 'key',
      secret_access_key: secret,
      region: 'eu-central-1',
      ca_bundle: '/etc/ca.crt',
      verify_ssl: '0',
      anonymous: 'True',
    };
    expect(settings(config)).toEqual({
      variables: {
        AWS_ENDPOINT_URL: 'http://minio:9000',
        AWS_ACCESS_KEY_ID: 'key',
        AWS_SECRET_ACCESS_KEY: secret,
        AWS_DEFAULT_REGION: 'eu-central-1',
        AWS_CA_BUNDLE: '/etc/ca.crt',
        S3_VERIFY_SSL: '0',
        awsAnonymousCredential: 'True',
      },
    });
  });

  it('has texts as values; switches and numbers become the texts that Python writes', () => {
    expect(settings({ type: 's3', anonymous: true, verify_ssl: 0 }).variables).toEqual({
      awsAnonymousCredential: 'True',
      S3_VERIFY_SSL: '0',
    });
    expect(settings({ type: 's3', anonymous: 'True' }).variables).toEqual({ awsAnonymousCredential: 'True' });
  });

  it('sets nothing for an empty member', () => {
    expect(settings({ type: 's3', access_key_id: '', region: 'r' }).variables).toEqual({ AWS_DEFAULT_REGION: 'r' });
  });

  it('is overridden member by member', () => {
    const { variables } = settings(
      { type: 's3', region: 'eu-central-1', access_key_id: 'key' },
      { region: 'us-east-1', anonymous: 'True' },
    );
    expect(variables).toEqual({
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      awsAnonymousCredential: 'True',
    });
  });

  it('can be the overriding one alone', () => {
    expect(storageSpec({ STORAGE_OVERRIDE_CONFIG: '{"type":"s3"}' })).toEqual({ type: 's3' });
    expect(storageSpec({})).toBeUndefined();
    expect(storageSpec({ STORAGE_CONFIG: '' })).toBeUndefined();
  });

  it.each(['hdfs', 'webhdfs'])('of %s becomes files, of which four are Base64', (type) => {
    const config = {
      type,
      HDFS_NAMENODE: 'http://namenode:9870',
      HEADERS: '{"x-user":"me"}',
      KERBEROS_KEYTAB: Buffer.from([0, 1, 255]).toString('base64'),
      TLS_CERT: Buffer.from('cert').toString('base64'),
      TLS_KEY: Buffer.from('key').toString('base64'),
      TLS_CA: `${Buffer.from('authority').toString('base64')}\n`,
    };
    expect(settings(config)).toEqual({
      variables: {},
      files: {
        type: Buffer.from(type),
        HDFS_NAMENODE: Buffer.from('http://namenode:9870'),
        HEADERS: Buffer.from('{"x-user":"me"}'),
        KERBEROS_KEYTAB: Buffer.from([0, 1, 255]),
        TLS_CERT: Buffer.from('cert'),
        TLS_KEY: Buffer.from('key'),
        TLS_CA: Buffer.from('authority'),
      },
    });
  });

  it('of another type sets nothing', () => {
    expect(settings({ type: 'gs', access_key_id: 'key' })).toEqual({ variables: {} });
  });

  it.each([
    ['no JSON', `{"secret_access_key": "${secret}"`],
    ['a text', JSON.stringify(secret)],
    ['an array', JSON.stringify([secret])],
    ['null', 'null'],
    ['an object in it', JSON.stringify({ secret_access_key: { value: secret } })],
  ])('that is %s is refused without a word of what is in it (SD-12)', (_, text) => {
    for (const name of ['STORAGE_CONFIG', 'STORAGE_OVERRIDE_CONFIG']) {
      const failed = () => storageSpec({ [name]: text });
      expect(failed).toThrow(`environment: ${name}: expected a JSON object of texts, numbers and switches`);
      expect(failed).not.toThrow(secret);
    }
  });

  it('with a member that is no Base64 is refused without its value (SD-12)', () => {
    const failed = () => settings({ type: 'hdfs', TLS_KEY: secret });
    expect(failed).toThrow('STORAGE_CONFIG: member TLS_KEY: expected Base64');
    expect(failed).not.toThrow(secret);
  });

  it.each(['../x', '/etc/x', '..', '.', ''])(
    'with a member "%s" is refused: files have the names of members (SD-03)',
    (member) => {
      expect(() => settings({ type: 'hdfs', [member]: 'x' })).toThrow(
        `STORAGE_CONFIG: member ${JSON.stringify(member)}: expected letters, digits, _ . and -`,
      );
    },
  );
});
