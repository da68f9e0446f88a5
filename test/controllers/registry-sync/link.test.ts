import { isLinked, readLink } from '../../../controllers/registry-sync/link';
import { config, inferenceService } from './inference-services';

const label = (name: string) => `modelregistry.kubeflow.org/${name}`;

describe('the link of an InferenceService', () => {
  it('is read from its labels and annotation', () => {
    const labels = {
      [label('registered-model-id')]: '1',
      [label('model-version-id')]: '2',
      [label('inference-service-id')]: '3',
      [label('name')]: 'model-registry',
      [label('namespace')]: 'team-a',
    };
    const annotations = { [label('url')]: 'https://registry.example.com' };
    expect(readLink(inferenceService({ labels, annotations }), config())).toEqual({
      registeredModelId: '1',
      modelVersionId: '2',
      recordId: '3',
      registryName: 'model-registry',
      registryNamespace: 'team-a',
      registryUrl: 'https://registry.example.com',
      invalidIds: [],
    });
  });

  it('takes the default namespace of registries when no label names one', () => {
    expect(readLink(inferenceService({}), config({ registriesNamespace: 'registries' })).registryNamespace).toBe(
      'registries',
    );
  });

  it('takes empty labels for absent ones', () => {
    const link = readLink(
      inferenceService({ labels: { [label('registered-model-id')]: '', [label('name')]: '' } }),
      config(),
    );
    expect(link).toEqual({ registryNamespace: 'kubeflow', invalidIds: [] });
    expect(isLinked(link)).toBe(false);
  });

  it('reports ids that are no numbers', () => {
    const link = readLink(inferenceService({ labels: { [label('registered-model-id')]: 'iris' } }), config());
    expect(link.invalidIds).toEqual(['modelregistry.kubeflow.org/registered-model-id=iris']);
    expect(isLinked(link)).toBe(false);
  });

  it('exists with a model id or with a record id', () => {
    expect(isLinked(readLink(inferenceService({ labels: { [label('registered-model-id')]: '1' } }), config()))).toBe(
      true,
    );
    expect(isLinked(readLink(inferenceService({ labels: { [label('inference-service-id')]: '1' } }), config()))).toBe(
      true,
    );
  });

  it('is read from the keys that are configured', () => {
    const settings = config({ keys: { registeredModelIdLabel: 'example.com/model' } });
    expect(readLink(inferenceService({ labels: { 'example.com/model': '9' } }), settings).registeredModelId).toBe('9');
  });
});
