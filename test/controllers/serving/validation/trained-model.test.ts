import type { TrainedModel } from '../../../../definitions/serving/trained-model';
import { validateTrainedModel } from '../../../../controllers/serving/validation/trained-model';

function model(name: string, storageUri = 's3://bucket/cats', memory: string | number = '1Gi'): TrainedModel {
  return {
    metadata: { name, namespace: 'models' },
    spec: { inferenceService: 'animals', model: { storageUri, framework: 'pytorch', memory } },
  };
}

it.each(['s3://a', 'gs://a', 'https://a', 'http://a'])('a model at %s is accepted', (uri) => {
  expect(validateTrainedModel(model('My_model-1', uri))).toEqual({ warnings: [] });
});

it('a name with other characters is refused', () => {
  expect(validateTrainedModel(model('a.b')).refusal).toBe(
    `the Trained Model "a.b" is invalid: a Trained Model name must consist of alphanumeric characters, '_', or '-'. ` +
      `(e.g. "my-Name" or "abc_123", regex used for validation is '^[a-zA-Z0-9_-]+$')`,
  );
});

it('files in another storage are refused', () => {
  expect(validateTrainedModel(model('cats', 'abfs://a')).refusal).toBe(
    'the Trained Model "cats" storageUri field is invalid. The storage uri must start with one of the prefixes: ' +
      's3://, gs://, https://, http://. (the storage uri given is "abfs://a")',
  );
});

describe('the memory', () => {
  it('may be written another way', () => {
    expect(validateTrainedModel(model('cats', undefined, '1024Mi'), model('cats')).refusal).toBeUndefined();
    expect(validateTrainedModel(model('cats', undefined, 1_073_741_824), model('cats')).refusal).toBeUndefined();
  });

  it('may not change', () => {
    expect(validateTrainedModel(model('cats', undefined, '2Gi'), model('cats')).refusal).toBe(
      'the Trained Model "cats" memory field is immutable. The memory was "1Gi" but it is updated to "2Gi"',
    );
  });

  it('does not hold back a model that is being deleted', () => {
    const changed = model('cats', 'abfs://a', '2Gi');
    const deleted = { ...changed, metadata: { ...changed.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(validateTrainedModel(deleted, model('cats'))).toEqual({ warnings: [] });
  });
});
