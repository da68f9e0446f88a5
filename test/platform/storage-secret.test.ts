import { storageSecret } from './storage-secret';

describe("the Secret of the example's storage", () => {
  it('says where the storage is and who may read it, in words that KServe knows', () => {
    const access = { endpoint: 'http://127.0.0.1:7070', region: 'eu-west-1', accessKey: 'key', secretKey: 'secret' };
    expect(storageSecret('iris-model-storage', 'ml-models', access)).toMatchObject({
      metadata: {
        name: 'iris-model-storage',
        namespace: 'ml-models',
        annotations: {
          'serving.kserve.io/s3-endpoint': '127.0.0.1:7070',
          'serving.kserve.io/s3-usehttps': '0',
          'serving.kserve.io/s3-region': 'eu-west-1',
        },
      },
      stringData: { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' },
    });
  });
});
