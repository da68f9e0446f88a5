import { storageUriRefusal } from '../../../controllers/serving/storage-uri';
import type { ClusterStorageContainer } from '../../../definitions/serving/cluster-storage-container';

const storage = (
  supportedUriFormats: ClusterStorageContainer['spec']['supportedUriFormats'],
  parts: { disabled?: boolean; workloadType?: ClusterStorageContainer['spec']['workloadType'] } = {},
): ClusterStorageContainer => {
  const { workloadType = 'initContainer', ...top } = parts;
  const container = { name: 'storage-initializer', image: 'fetcher:1' };
  return {
    metadata: { name: 'own' },
    spec: { container, supportedUriFormats, workloadType, supportsMultiModelDownload: false },
    ...top,
  };
};

describe('a storage URI (§5.6)', () => {
  it.each([
    ...[
      'gs://b/m',
      's3://b/m',
      'pvc://claim/m',
      'file:///m',
      'https://h/m',
      'http://h/m',
      'hdfs://h/m',
      'webhdfs://h/m',
    ],
    ...['oci://r/m', 'oci+native://r/m', 'oci+fetch://r/m', 'hf://org/m'],
    ...['/abs/path', 'relative/path', '', 'https://account.blob.core.windows.net/container/m'],
  ])('%s is known without a ClusterStorageContainer', (uri) => {
    expect(storageUriRefusal(uri, [])).toBeUndefined();
  });

  it.each(['modelscope://org/m', 'oci+modelcar://r/m', 'S3://b/m', 'azblob://x', 'https://blob.core.windows.net/m'])(
    '%s is refused with the message of upstream',
    (uri) => {
      expect(storageUriRefusal(uri, [])).toBe(
        'storageUri, must be one of: [gs://, s3://, pvc://, file://, https://, http://, hdfs://, webhdfs://, oci://, ' +
          'oci+native://, oci+fetch://, hf://] or match https://{}.blob.core.windows.net/{}/{} or be an absolute or ' +
          `relative local path. StorageUri [${uri}] is not supported`,
      );
    },
  );

  it.each([
    ['a prefix', storage([{ prefix: 'modelscope://' }]), true],
    ['an expression anywhere in it', storage([{ regex: 'scope://.+/m$' }]), true],
    ['an expression with a flag and a group of Go', storage([{ regex: '(?i)MODEL(?P<rest>scope)' }]), true],
    ['a second format', storage([{ prefix: 'x://' }, { regex: 'scope' }]), true],
    ['a prefix that does not fit, whatever the expression', storage([{ prefix: 'x://', regex: '.*' }]), false],
    ['an empty format', storage([{}]), false],
    ['a disabled one', storage([{ prefix: 'modelscope://' }], { disabled: true }), false],
    ['one for other work', storage([{ prefix: 'modelscope://' }], { workloadType: 'localModelDownloadJob' }), false],
  ])('is looked for in ClusterStorageContainers: %s', (_what, container, supported) => {
    expect(storageUriRefusal('modelscope://org/m', [container]) === undefined).toBe(supported);
  });

  it('is refused with the name of a ClusterStorageContainer whose expression is none', () => {
    expect(storageUriRefusal('modelscope://org/m', [storage([{ regex: '(' }])])).toBe(
      'ClusterStorageContainer own has "(" in supportedUriFormats, which is not a regular expression: correct it',
    );
  });

  it('costs little however long it is, and is refused when it is too long', () => {
    const started = performance.now();
    const slow = [storage([{ regex: 'https://(.+?).file.core.windows.net/(.+)' }])];
    expect(storageUriRefusal('https://'.repeat(500), slow)).toBeUndefined();
    expect(storageUriRefusal('https://'.repeat(100_000), slow)).toBe(
      'storageUri has 800000 characters, more than 4096: use a shorter one',
    );
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
