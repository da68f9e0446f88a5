import type { Environment } from '../../../../../controllers/component';
import { bucketAddress, keyPath } from '../../../../../controllers/storage-initializer/sources/s3/bucket-address';
import { s3Settings } from '../../../../../controllers/storage-initializer/sources/s3/s3-settings';

test('S3 settings: 15 s, 30 s, 3 attempts and 4 files at a time unless said otherwise', () => {
  expect(s3Settings({})).toMatchObject({
    connectTimeoutMs: 15_000,
    readTimeoutMs: 30_000,
    attempts: 3,
    fileConcurrency: 4,
    anonymous: false,
    verifyTls: true,
    addressing: 'automatic',
  });
  const environment = {
    S3_CONNECT_TIMEOUT: '5',
    S3_READ_TIMEOUT: '10',
    S3_MAX_ATTEMPTS: '5',
    S3_MAX_FILE_CONCURRENCY: '8',
  };
  expect(s3Settings(environment)).toMatchObject({
    connectTimeoutMs: 5000,
    readTimeoutMs: 10_000,
    attempts: 5,
    fileConcurrency: 8,
  });
});

test.each([
  ['True', true],
  ['true', true],
  ['False', false],
  ['', false],
])('S3 settings: awsAnonymousCredential %j is %s', (awsAnonymousCredential, anonymous) => {
  expect(s3Settings({ awsAnonymousCredential }).anonymous).toBe(anonymous);
});

test.each([
  ['0', false],
  ['false', false],
  ['False', false],
  ['1', true],
  ['', true],
  ['no', true],
])('S3 settings: with S3_VERIFY_SSL %j certificates are verified: %s', (S3_VERIFY_SSL, verifyTls) => {
  expect(s3Settings({ S3_VERIFY_SSL }).verifyTls).toBe(verifyTls);
});

test.each<[Environment, string | undefined]>([
  [{}, undefined],
  [{ AWS_DEFAULT_REGION: 'eu-west-1' }, 'eu-west-1'],
  [{ AWS_DEFAULT_REGION: 'eu-west-1', AWS_REGION: 'eu-west-2' }, 'eu-west-2'],
  [{ AWS_DEFAULT_REGION: 'eu-west-1', AWS_REGION: '' }, 'eu-west-1'],
])('the region of %j is %s', (environment, region) => {
  expect(s3Settings(environment).region).toBe(region);
});

test.each<[Environment, string | undefined]>([
  [{}, undefined],
  [{ AWS_ENDPOINT_URL: 'http://minio.ns:9000/' }, 'http://minio.ns:9000'],
  [{ AWS_ENDPOINT_URL: 'http://a', AWS_ENDPOINT_URL_S3: 'http://b' }, 'http://b'],
  [{ AWS_ENDPOINT_URL: 'https://gateway/s3/' }, 'https://gateway/s3'],
  [{ S3_ENDPOINT: 'minio.ns:9000' }, 'https://minio.ns:9000'],
  [{ S3_ENDPOINT: 'minio.ns:9000', S3_USE_HTTPS: '0' }, 'http://minio.ns:9000'],
  [{ S3_ENDPOINT: 'minio.ns:9000', S3_USE_HTTPS: '1' }, 'https://minio.ns:9000'],
  [{ S3_ENDPOINT: 'https://minio.ns:9000', S3_USE_HTTPS: '0' }, 'https://minio.ns:9000'],
  [{ S3_ENDPOINT: 'minio.ns:9000', AWS_ENDPOINT_URL: 'http://other' }, 'http://other'],
])('the endpoint of %j is %s', (environment, endpoint) => {
  expect(s3Settings(environment).endpoint).toBe(endpoint);
});

test.each<[string, Environment, string]>([
  ['the endpoint is no URL', { AWS_ENDPOINT_URL: 'minio' }, 'AWS_ENDPOINT_URL: got "minio", expected a URL'],
  ['the endpoint has a password', { AWS_ENDPOINT_URL: 'http://u:p4ss@minio' }, 'AWS_ENDPOINT_URL: got "http://minio"'],
  ['the region would be another host', { AWS_REGION: 'evil.com/' }, 'AWS_REGION: got "evil.com/"'],
  ['attempts are no number', { S3_MAX_ATTEMPTS: 'many' }, 'S3_MAX_ATTEMPTS: got "many"'],
  [
    'somebody else is to accelerate',
    { S3_USE_ACCELERATE: '1', AWS_ENDPOINT_URL: 'http://minio' },
    'S3_USE_ACCELERATE: only AWS accelerates, and AWS_ENDPOINT_URL is http://minio',
  ],
])('wrong settings are told: %s', (_name, environment, message) => {
  expect(() => s3Settings(environment)).toThrow(message);
});

const custom = { AWS_ENDPOINT_URL: 'http://minio.ns:9000' };

/** URL of the key `k` of a bucket. */
function urlOf(bucket: string, environment: Environment): string {
  const settings = s3Settings(environment);
  const address = bucketAddress(bucket, settings.region ?? 'us-east-1', settings);
  return address.origin + keyPath(address, 'k');
}

test.each<[string, string, Environment, string]>([
  ['AWS: virtual-hosted', 'b1x', { AWS_REGION: 'eu-west-1' }, 'https://b1x.s3.eu-west-1.amazonaws.com/k'],
  ['AWS, nobody said where', 'b1x', {}, 'https://b1x.s3.us-east-1.amazonaws.com/k'],
  ['AWS, a dot in the name', 'b.x', {}, 'https://s3.us-east-1.amazonaws.com/b.x/k'],
  ['AWS, capitals in the name', 'Old_One', {}, 'https://s3.us-east-1.amazonaws.com/Old_One/k'],
  ['AWS in China', 'b1x', { AWS_REGION: 'cn-north-1' }, 'https://b1x.s3.cn-north-1.amazonaws.com.cn/k'],
  [
    'AWS over IPv6',
    'b1x',
    { AWS_USE_DUALSTACK_ENDPOINT: 'true' },
    'https://b1x.s3.dualstack.us-east-1.amazonaws.com/k',
  ],
  ['AWS, path-style on demand', 'b1x', { S3_USER_VIRTUAL_BUCKET: 'False' }, 'https://s3.us-east-1.amazonaws.com/b1x/k'],
  ['another server: path-style', 'b1x', custom, 'http://minio.ns:9000/b1x/k'],
  ['another server, below a path', 'b1x', { AWS_ENDPOINT_URL: 'https://gw/s3' }, 'https://gw/s3/b1x/k'],
  [
    'another server, virtual-hosted on demand',
    'b1x',
    { ...custom, S3_USER_VIRTUAL_BUCKET: 'True' },
    'http://b1x.minio.ns:9000/k',
  ],
  [
    'the global endpoint in another region',
    'b1x',
    { AWS_ENDPOINT_URL: 'https://s3.amazonaws.com', AWS_REGION: 'eu-west-1', S3_USER_VIRTUAL_BUCKET: 'false' },
    'https://b1x.s3.amazonaws.com/k',
  ],
  [
    'the global endpoint in its region',
    'b1x',
    { AWS_ENDPOINT_URL: 'https://s3.amazonaws.com', AWS_REGION: 'us-east-1', S3_USER_VIRTUAL_BUCKET: 'false' },
    'https://s3.amazonaws.com/b1x/k',
  ],
  ['accelerated', 'b1x', { S3_USE_ACCELERATE: 'true' }, 'https://b1x.s3-accelerate.amazonaws.com/k'],
])('S3 addressing (SD-09): %s', (_name, bucket, environment, url) => {
  expect(urlOf(bucket, environment)).toBe(url);
});

test('a bucket with a dot in its name can not be accelerated', () => {
  expect(() => urlOf('b.x', { S3_USE_ACCELERATE: 'true' })).toThrow('bucket b.x has a dot in its name');
});
