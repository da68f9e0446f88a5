import { artifactSchema } from '../../../../controllers/model-registry/answers';
import { artifactLocation } from '../../../../controllers/storage-initializer/model-registry/artifact-location';
import type { StorageSpec } from '../../../../controllers/storage-initializer/storage-spec';

const where = "model 'iris', version 'v1' at http://registry";
const location = (artifact: object, spec?: StorageSpec) =>
  artifactLocation(artifactSchema.parse({ id: '7', artifactType: 'model-artifact', ...artifact }), spec, where);

describe('where the files of an artifact are', () => {
  it.each([
    's3://models/iris',
    'gs://models/iris',
    'hf://org/model:main',
    'modelscope://org/model',
    'ms://org/model',
    'oci://registry.example.com/model:1',
    'hdfs://models/iris',
    'webhdfs://models/iris',
    'https://account.blob.core.windows.net/models/iris?sv=1&sig=secret',
    'https://account.file.core.windows.net/share/iris',
    'https://git.example.com/org/model.git',
    'https://example.com/model.tar.gz',
    'http://example.com/model.bin',
  ])('%s is fetched, like every URI without a registry (SI-11)', (uri) => {
    expect(location({ uri })).toEqual({ uri });
  });

  it.each([
    ['model-registry://iris/v1', 'an artifact that is in a Model Registry again'],
    [
      'pvc://claim/model',
      'KServe mounts volumes before this program runs: set it as storageUri of the InferenceService',
    ],
    ['file:///var/run/secrets/kubernetes.io/serviceaccount', 'nothing fetches it'],
    ['file:///etc?https://example.com/x', 'nothing fetches it'],
    ['ftp://example.com/model', 'nothing fetches it'],
  ])('%s is refused in the words of upstream (SI-11)', (uri, why) => {
    const shown = uri.replace(/\?.*/, '');
    expect(() => location({ uri })).toThrow(`protocol not supported for storageUri (${shown}: ${why}; ${where})`);
  });

  it.each(['/var/run/secrets', 'models/iris', 's3:models'])(
    '%s has no protocol, in the words of upstream (SI-11)',
    (uri) => {
      expect(() => location({ uri })).toThrow(`there is no protocol specified for the storageUri (${uri}, ${where})`);
    },
  );

  it('an artifact without URI is refused in the words of upstream, absent and empty apart', () => {
    expect(() => location({})).toThrow(`model artifact has empty URI 7 (artifact 7 of ${where})`);
    expect(() => location({ uri: null })).toThrow(`model artifact has empty URI 7 (artifact 7 of ${where})`);
    expect(() => location({ uri: '' })).toThrow(`there is no storageUri supplied (artifact 7 of ${where})`);
  });

  it.each<[StorageSpec, string]>([
    [{ type: 's3', bucket: 'models' }, 's3://models/iris/1'],
    [{ type: 'hdfs' }, 'hdfs://iris/1'],
    [{ type: 'webhdfs' }, 'webhdfs://iris/1'],
  ])('without URI it is the storage path in what STORAGE_CONFIG names: %j (SI-09)', (spec, uri) => {
    expect(location({ uri: '', storagePath: '/iris/1' }, spec)).toEqual({ uri });
    expect(location({ storageKey: 'minio', storagePath: 'iris/1' }, spec)).toEqual({ uri });
  });

  it.each<[string, StorageSpec | undefined, string]>([
    ['no STORAGE_CONFIG', undefined, "STORAGE_CONFIG is not set: have KServe pass entry 'minio' of the storage secret"],
    [
      'no bucket',
      { type: 's3' },
      'STORAGE_CONFIG has type "s3" and no bucket: expected s3 with a bucket, hdfs or webhdfs',
    ],
    ['another type', { type: 'gs' }, 'STORAGE_CONFIG has type "gs": expected s3 with a bucket, hdfs or webhdfs'],
  ])('a storage path with %s is an error that says what is missing (SI-09)', (_, spec, problem) => {
    expect(() => location({ storageKey: 'minio', storagePath: 'iris' }, spec)).toThrow(
      `model artifact has empty URI 7, only the storage path 'iris', and ${problem} (${where})`,
    );
  });

  it('signatures and passwords of a refused URI are not shown (SI-13)', () => {
    const refused = () => location({ uri: 'ftp://user:pass-word@example.com/model?sig=sig-nature' });
    expect(refused).toThrow('ftp://example.com/model:');
    expect(refused).not.toThrow(/pass-word|sig-nature/);
  });
});

describe('the digest of an artifact', () => {
  const digest = 'ab'.repeat(32);
  const property = (string_value: unknown) => ({
    uri: 's3://b/m',
    customProperties: { sha256: { metadataType: 'MetadataStringValue', string_value } },
  });

  it.each([[digest], [digest.toUpperCase()], [`sha256:${digest}`]])('%s is to be verified (SI-17)', (value) => {
    expect(location(property(value))).toEqual({ uri: 's3://b/m', sha256: digest });
  });

  it.each([[''], ['abc'], [`md5:${digest}`], [42]])(
    '%j is an error: what can not be verified must not look verified (SI-17)',
    (value) => {
      expect(() => location(property(value))).toThrow(
        `custom property sha256 of artifact 7 is no SHA-256: expected 64 hexadecimal digits (${where})`,
      );
    },
  );
});
