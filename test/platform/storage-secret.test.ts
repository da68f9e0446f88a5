import { storageSecret, storageVariables } from './storage-secret';

const access = { endpoint: 'http://127.0.0.1:7070', region: 'eu-west-1', accessKey: 'key', secretKey: 'secret' };
const base64 = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value).toString('base64')]));
const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };

describe("the variables that KServe makes of a Secret of the user's", () => {
  it("are keys, endpoint and region of the example's storage", () => {
    const { metadata } = storageSecret('iris-model-storage', 'ml-models', access);
    expect(storageVariables({ metadata, data: base64(keys) })).toEqual({
      ...keys,
      S3_ENDPOINT: '127.0.0.1:7070',
      S3_USE_HTTPS: '0',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:7070',
      AWS_DEFAULT_REGION: 'eu-west-1',
    });
  });

  it('come from annotations before entries, and are HTTPS unless it is said otherwise', () => {
    const data = base64({
      ...keys,
      S3_ENDPOINT: 's3.example.com',
      AWS_DEFAULT_REGION: 'us-east-2',
      S3_VERIFY_SSL: '0',
    });
    const annotations = { 'serving.kserve.io/s3-region': 'eu-north-1' };
    expect(storageVariables({ metadata: { annotations }, data })).toEqual({
      ...keys,
      S3_ENDPOINT: 's3.example.com',
      S3_VERIFY_SSL: '0',
      AWS_ENDPOINT_URL: 'https://s3.example.com',
      AWS_DEFAULT_REGION: 'eu-north-1',
    });
  });

  it('are refused for a Secret of another kind of storage', () => {
    expect(() => storageVariables({ metadata: {}, data: base64({ HF_TOKEN: 'hf_secret' }) })).toThrow(
      'the Secret has no AWS_ACCESS_KEY_ID',
    );
  });
});
