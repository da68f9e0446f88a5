import { equalParts } from '../../../../../controllers/storage-initializer/sources/s3/object-inspection';
import { compositeChecksum, objectFacts } from '../../../../../controllers/storage-initializer/sources/s3/object-facts';
import { parseListingPage } from '../../../../../controllers/storage-initializer/sources/s3/listing-page';
import { withoutPlaceholders } from '../../../../../controllers/storage-initializer/sources/s3/placeholder-objects';
import { parseS3Uri } from '../../../../../controllers/storage-initializer/sources/s3/s3-location';
import { s3Failure, s3Refusal } from '../../../../../controllers/storage-initializer/sources/s3/s3-error';
import { s3ErrorAnswer } from './answering-front';

test.each([
  ['s3://bucket', { bucket: 'bucket', prefix: '', name: 's3://bucket' }],
  ['s3://bucket/a/b', { bucket: 'bucket', prefix: 'a/b', name: 's3://bucket/a/b' }],
  ['s3://bucket//a/', { bucket: 'bucket', prefix: 'a/', name: 's3://bucket//a/' }],
  ['s3://bucket/a?versionId=v1', { bucket: 'bucket', prefix: 'a', versionId: 'v1', name: 's3://bucket/a' }],
])('%s is understood', (uri, location) => {
  expect(parseS3Uri(uri)).toEqual(location);
});

test.each(['s3://', 's3:///a', 's3://-x/a', 's3://evil.com:80@b/a', 's3://bu..cket/a', 's3://bu cket'])(
  '%s has no bucket, and nobody is asked',
  (uri) => {
    expect(() => parseS3Uri(uri)).toThrow(/^Cannot recognize the bucket of s3:/);
  },
);

test('a version is one of an object, not of a folder', () => {
  expect(() => parseS3Uri('s3://bucket/a/?versionId=v')).toThrow('versionId is for one object');
});

describe('checksums of an answer', () => {
  const etag = '"9bb58f26192e4ba00f01e2e7b136bbd8"';
  test.each([
    ['of the whole object come from Base64', { etag, 'x-amz-checksum-crc32': 'NSRBwg==' }, { crc32: '352441c2' }],
    [
      'of several kinds come all',
      { 'x-amz-checksum-sha1': 'qZk+NkcGgWq6PiVxeFDCbJzQ2J0=', 'x-amz-checksum-crc64nvme': 'AAECAwQFBgc=' },
      { sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d', crc64nvme: '0001020304050607' },
    ],
    ['are the ETag of one part', { etag }, { md5: '9bb58f26192e4ba00f01e2e7b136bbd8' }],
    [
      'are the ETag when S3 encrypts by itself',
      { etag, 'x-amz-server-side-encryption': 'AES256' },
      { md5: '9bb58f26192e4ba00f01e2e7b136bbd8' },
    ],
    ['are not the ETag when KMS encrypts', { etag, 'x-amz-server-side-encryption': 'aws:kms' }, undefined],
    [
      'are not the ETag with a key of the customer',
      { etag, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
      undefined,
    ],
    ['are not the ETag of One Zone', { etag, 'x-amz-storage-class': 'EXPRESS_ONEZONE' }, undefined],
    ['are not the ETag of several parts', { etag: '"9bb58f26192e4ba00f01e2e7b136bbd8-3"' }, undefined],
    ['are not those of parts', { 'x-amz-checksum-crc32': 'NSRBwg==-3' }, undefined],
    ['of the wrong length are none', { 'x-amz-checksum-crc32': 'NSRB' }, undefined],
  ])('%s', (_name, headers, checksums) => {
    expect(objectFacts(headers).checksums).toEqual(checksums);
  });

  test('of parts: the cheapest, or the ETag', () => {
    const parts = { etag: '"9bb58f26192e4ba00f01e2e7b136bbd8-3"' };
    expect(compositeChecksum(parts)).toEqual({ algorithm: 'md5', value: '9bb58f26192e4ba00f01e2e7b136bbd8', count: 3 });
    expect(compositeChecksum({ ...parts, 'x-amz-checksum-crc32': 'NSRBwg==-3' })).toEqual({
      algorithm: 'crc32',
      value: '352441c2',
      count: 3,
    });
    expect(compositeChecksum({ ...parts, 'x-amz-server-side-encryption': 'aws:kms' })).toBeUndefined();
  });

  test('of parts are verified when the parts can be of one size', () => {
    const composite = { algorithm: 'crc32', value: 'ab', count: 3 } as const;
    expect(equalParts(composite, 25, 10, 5)).toEqual({ ...composite, partSize: 10 });
    expect(equalParts(composite, 25, 10, 6)).toBeUndefined();
    expect(equalParts(composite, 25, 25, 25)).toBeUndefined();
    expect(equalParts(composite, 25, undefined, 5)).toBeUndefined();
  });
});

describe('a page of a listing', () => {
  const page = (content: string) => Buffer.from(`<ListBucketResult xmlns="urn:s3">${content}</ListBucketResult>`);
  const object = (key: string) => `<Contents><Key>${key}</Key><Size>1</Size><ETag>&quot;e&quot;</ETag></Contents>`;

  test('keys that are encoded for URLs are decoded as forms are', () => {
    const { objects } = parseListingPage(page(`<EncodingType>url</EncodingType>${object('a+b%2Bc%25/%C3%A9')}`), 'x');
    expect(objects).toEqual([{ key: 'a b+c%/é', size: 1, etag: '"e"' }]);
  });

  test('keys that are not encoded stay', () => {
    expect(parseListingPage(page(object('a+b%2B')), 'x').objects[0]?.key).toBe('a+b%2B');
  });

  test('how keys are encoded may be said after them', () => {
    const content = `${object('a+b')}<EncodingType>url</EncodingType>`;
    expect(parseListingPage(page(content), 'x').objects[0]?.key).toBe('a b');
  });

  test('a comment that looks like an object is none', () => {
    const content = `<!-- ${object('no')} -->${object('yes')}`;
    expect(parseListingPage(page(content), 'x').objects.map(({ key }) => key)).toEqual(['yes']);
  });

  test('one with nothing but objects is one', () => {
    expect(parseListingPage(page(object('a')), 'x').objects).toHaveLength(1);
  });

  test.each(['', '<html>Sign in</html>', '<ListBucketResult>busy</ListBucketResult>', '<ListBucketResult/'])(
    '%j is none',
    (text) => {
      expect(() => parseListingPage(Buffer.from(text), 'x')).toThrow(
        /^S3 error: listing x: the answer is no (listing: ListBucketResult|XML, is the endpoint an S3 server\?)/,
      );
    },
  );

  test('an empty one has nothing', () => {
    expect(parseListingPage(page('<Name>b</Name>'), 'x')).toEqual({ objects: [] });
  });

  test.each([
    [`<EncodingType>url</EncodingType>${object('%FF')}`, 'x: the name of object %FF is not UTF-8'],
    ['<IsTruncated>true</IsTruncated>', 'there is more, and the answer does not say how to get it'],
    ['<Contents><Key>a</Key></Contents>', 'ListBucketResult.Contents.0.Size'],
  ])('%s is refused', (content, message) => {
    expect(() => parseListingPage(page(content), 'x')).toThrow(message);
  });
});

async function kept(...objects: [key: string, size: number][]): Promise<string[]> {
  const listing = async function* () {
    for (const [key, size] of objects) yield { key, size };
  };
  const keys: string[] = [];
  for await (const { key } of withoutPlaceholders(listing())) keys.push(key);
  return keys.sort();
}

test('an empty object is skipped when others have it as parent, also after siblings (SD-02)', async () => {
  expect(await kept(['a', 0], ['a-b', 0], ['a-b.c', 1], ['a.d', 1], ['a/x', 1], ['b', 0])).toEqual([
    'a-b',
    'a-b.c',
    'a.d',
    'a/x',
    'b',
  ]);
  expect(await kept(['a', 0], ['a/', 0])).toEqual([]);
  expect(await kept(['a', 0], ['a-b', 0])).toEqual(['a', 'a-b']);
  expect(await kept(['a', 1], ['a/b', 1])).toEqual(['a', 'a/b']);
});

describe('refusals in words (SD-13)', () => {
  const words = (status: number, code: string, message = 'because', more = '') => {
    const { body = '' } = s3ErrorAnswer(status, code, message, more);
    return s3Failure(s3Refusal(status, {}, body), 's3://b/k', 'b', Date.parse('2026-01-01T00:16:00Z'));
  };

  test.each([
    [
      403,
      'InvalidAccessKeyId',
      'Invalid AWS credentials. Verify AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. (InvalidAccessKeyId)',
    ],
    [404, 'NoSuchBucket', "S3 bucket 'b' does not exist."],
    [404, 'NoSuchKey', "S3 resource 's3://b/k' not found. (NoSuchKey: because)"],
    [403, 'AccessDenied', "Access denied to S3 resource 's3://b/k'. Verify permissions. (AccessDenied: because)"],
    [
      400,
      'ExpiredToken',
      'S3 authentication failed. Set AWS_ACCESS_KEY_ID/AWS_SECRET_ACCESS_KEY or use awsAnonymousCredential=true. (ExpiredToken: because)',
    ],
    [412, 'PreconditionFailed', 's3://b/k: was replaced while it was fetched'],
    [400, 'Strange', 'S3 error [Strange]: because (s3://b/k)'],
  ])('%i %s', (status, code, message) => {
    expect(words(status, code).message).toBe(message);
  });

  test('an archived object says its class and what to do', () => {
    expect(words(403, 'InvalidObjectState', 'x', '<StorageClass>GLACIER</StorageClass>').message).toBe(
      'S3 error [InvalidObjectState]: s3://b/k is archived in GLACIER, restore it before it is fetched',
    );
  });

  test('the time of the server counts, when it tells it', () => {
    const time = '<ServerTime>2026-01-01T00:00:00Z</ServerTime>';
    expect(words(403, 'RequestTimeTooSkewed', 'x', time).message).toContain('16 min ahead of');
  });

  test('a time-out of a request is tried again although it is a 400, a denial is not', () => {
    expect(words(400, 'RequestTimeout').transient).toBe(true);
    expect(words(503, 'SlowDown').transient).toBe(true);
    expect(words(403, 'AccessDenied').transient).toBe(false);
  });

  test('an answer without body is known by its status', () => {
    expect(s3Failure(s3Refusal(403, {}, ''), 's3://b/k', 'b', 0).message).toContain('Access denied to S3');
    expect(s3Failure(s3Refusal(418, {}, '<html>'), 's3://b/k', 'b', 0).message).toBe('S3 error [status 418]: s3://b/k');
  });
});
