import { hdfsSettings } from '../../../../../controllers/storage-initializer/sources/webhdfs/hdfs-settings';
import { withHdfsSecret } from './hdfs-secret';

const settingsOf = (files: Readonly<Record<string, string>>) =>
  withHdfsSecret(files, async (directory) => hdfsSettings({ HDFS_SECRET_DIR: directory }));

const HDFS_NAMENODE = 'http://namenode:9870';

describe('the files of the secret', () => {
  test('say everything; line breaks at their ends are no part of it', async () => {
    const files = {
      HDFS_NAMENODE: 'http://one:9870/; https://gateway:8443/gateway/default/webhdfs/v1 ;\n',
      HDFS_ROOTPATH: '/models\n',
      USER_PROXY: 'ml\n',
      HEADERS: '{"X-Key": "secret"}\n',
      N_THREADS: '7\n',
      TLS_CERT: 'certificate',
      TLS_KEY: 'key',
      TLS_CA: 'authority',
      TLS_SKIP_VERIFY: 'True\n',
      UNKNOWN: 'x',
    };
    expect(await settingsOf(files)).toEqual({
      namenodes: ['http://one:9870', 'https://gateway:8443/gateway/default'],
      root: '/models',
      proxyUser: 'ml',
      headers: { 'X-Key': 'secret' },
      fileConcurrency: 7,
      tls: { ca: ['authority'], identity: { cert: 'certificate', key: 'key' }, insecure: true },
    });
  });

  test('may be but the namenode', async () => {
    expect(await settingsOf({ HDFS_NAMENODE })).toEqual({
      namenodes: ['http://namenode:9870'],
      root: '/',
      headers: {},
      fileConcurrency: 2,
      tls: {},
    });
  });

  test('N_THREADS 0 is one for each file, up to a bound', async () => {
    expect((await settingsOf({ HDFS_NAMENODE, N_THREADS: '0' })).fileConcurrency).toBe(16);
  });

  test.each([
    { files: {}, problem: 'HDFS_NAMENODE: got nothing, expected the WebHDFS URL of the namenode' },
    {
      files: { HDFS_NAMENODE: 'namenode:8020' },
      problem: 'HDFS_NAMENODE: got "namenode:8020", expected http or https',
    },
    {
      files: { HDFS_NAMENODE: 'http://me:secret@namenode' },
      problem: 'HDFS_NAMENODE: got "http://namenode", expected',
    },
    { files: { HDFS_NAMENODE, N_THREADS: 'many' }, problem: 'N_THREADS: got "many", expected a whole number' },
    { files: { HDFS_NAMENODE, HEADERS: 'X: secret' }, problem: 'HEADERS: expected a JSON object whose members are' },
    { files: { HDFS_NAMENODE, HEADERS: '{"a b": "secret"}' }, problem: 'HEADERS: expected a JSON object whose' },
  ])('that are wrong are named, secrets are not shown (SD-12): $problem', async ({ files, problem }) => {
    const failed = settingsOf(files);
    await expect(failed).rejects.toThrow(problem);
    await expect(failed).rejects.not.toThrow('secret@');
    await expect(failed).rejects.not.toThrow('"secret"');
  });

  test('that are missing as a whole are named', () => {
    expect(() => hdfsSettings({ HDFS_SECRET_DIR: '/nowhere/hdfs' })).toThrow(
      'environment: HDFS_SECRET_DIR: there is no directory /nowhere/hdfs',
    );
    expect(() => hdfsSettings({})).toThrow('there is no directory /var/secrets/kserve-hdfscreds');
  });

  test.each(['KERBEROS_PRINCIPAL', 'KERBEROS_KEYTAB'])('%s is refused, with what to do instead', async (name) => {
    await expect(settingsOf({ HDFS_NAMENODE, [name]: 'x' })).rejects.toThrow(
      /Kerberos .* is not supported: reach the cluster through an HttpFS or Knox gateway with HEADERS or a client certificate/,
    );
  });
});
