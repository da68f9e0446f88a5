import { noModelFound, StorageError, storageFailure } from '../../../controllers/storage-initializer/storage-error';

describe('messages are those of KServe, with the cause behind them (SD-13)', () => {
  it.each([
    [
      storageFailure('S3', 'credentials', 'b'),
      'S3 authentication failed. Set AWS_ACCESS_KEY_ID/AWS_SECRET_ACCESS_KEY or use awsAnonymousCredential=true.',
    ],
    [
      storageFailure('GCS', 'credentials', 'b'),
      'GCS authentication failed. Verify GOOGLE_APPLICATION_CREDENTIALS or use anonymous access.',
    ],
    [
      storageFailure('Azure', 'credentials', 'b'),
      'Azure authentication failed. Verify AZURE_CLIENT_ID/AZURE_CLIENT_SECRET or AZURE_STORAGE_ACCESS_KEY.',
    ],
    [
      storageFailure('HDFS', 'credentials', 'b'),
      'HDFS authentication failed. Verify Kerberos keytab and principal configuration.',
    ],
    [
      storageFailure('HuggingFace', 'credentials', 'b'),
      'HuggingFace authentication failed. Set HF_TOKEN or request access to the gated repository.',
    ],
    [
      storageFailure('ModelScope', 'credentials', 'b'),
      'ModelScope authentication failed. Set MODELSCOPE_API_TOKEN or log in to ModelScope.',
    ],
    [storageFailure('HTTP', 'credentials', 'b'), 'HTTP authentication failed. Verify authentication credentials.'],
    [
      storageFailure('Git', 'credentials', 'b'),
      'Git authentication failed. Set GIT_USERNAME/GIT_PASSWORD or use a public repository.',
    ],
    [storageFailure('S3', 'not-found', 'b/k'), "S3 resource 'b/k' not found."],
    [storageFailure('GCS', 'denied', 'b/k'), "Access denied to GCS resource 'b/k'. Verify permissions."],
    [
      storageFailure('S3', 'connection', 'http://s3', 'connect ECONNREFUSED'),
      "Failed to connect to S3 endpoint 'http://s3'. (connect ECONNREFUSED)",
    ],
    [storageFailure('HTTP', 'other', 'b', 'it is full'), 'HTTP error: it is full'],
    [noModelFound('s3://b/m'), 'Failed to fetch model. No model found in s3://b/m.'],
  ])('%s', (error, message) => {
    expect(error.message).toBe(message);
  });

  it('only what the network has spoilt is worth another run', () => {
    const failures = [
      'credentials',
      'not-found',
      'denied',
      'connection',
      'changed',
      'corrupt',
      'unsafe',
      'disk',
    ] as const;
    expect(failures.filter((failure) => new StorageError(failure, '').transient)).toEqual(['connection', 'corrupt']);
  });
});
