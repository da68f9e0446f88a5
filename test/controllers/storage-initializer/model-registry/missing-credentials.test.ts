import { withMissingCredentials } from '../../../../controllers/storage-initializer/model-registry/missing-credentials';
import type { ResolvedModel } from '../../../../controllers/storage-initializer/model-registry/resolve-model';
import { storageFailure } from '../../../../controllers/storage-initializer/storage-error';

const resolved = (uri: string): ResolvedModel => ({
  registry: 'http://registry',
  model: { id: '1', name: 'iris' },
  version: { id: '2', name: 'v1' },
  artifact: { id: '3', name: 'files' },
  uri,
});
const refused = storageFailure('S3', 'denied', 's3://models/iris');
const text = (error: unknown) => (error instanceof Error ? error.message : '');

describe('a storage that refuses a pod without credentials', () => {
  it.each([
    ['s3://models/iris', 'S3', 'AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY'],
    ['gs://models/iris', 'GCS', 'GOOGLE_APPLICATION_CREDENTIALS'],
    ['https://account.blob.core.windows.net/models/iris', 'Azure', 'AZURE_CLIENT_ID'],
    ['hf://org/model', 'HuggingFace', 'HF_TOKEN'],
    ['https://git.example.com/org/model.git', 'Git', 'GIT_USERNAME, GIT_PASSWORD'],
  ] as const)('%s is named, with the variables that are not set (SI-14)', (uri, protocol, names) => {
    const failure = storageFailure(protocol, 'denied', 'place');
    const message = text(withMissingCredentials(failure, resolved(uri), {}));
    expect(message.startsWith(failure.message)).toBe(true);
    expect(message).toContain(`The registry says that model 'iris', version 'v1' is in ${protocol}, and none of `);
    expect(message).toContain(names);
    expect(message).toContain("is set: add a Secret for it to the InferenceService's service account.");
  });

  it('keeps its own words when there is a credential, which then is the wrong one (SI-14)', () => {
    const environment = { AWS_ACCESS_KEY_ID: 'key' };
    expect(withMissingCredentials(refused, resolved('s3://models/iris'), environment)).toBe(refused);
  });

  it('and every other failure keep their own words (SI-14)', () => {
    const missing = storageFailure('S3', 'not-found', 's3://models/iris');
    expect(withMissingCredentials(missing, resolved('s3://models/iris'), {})).toBe(missing);
    const other = new Error('other');
    expect(withMissingCredentials(other, resolved('s3://models/iris'), {})).toBe(other);
  });
});
