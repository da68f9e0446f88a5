import { desiredRecord, newRecord } from '../../../controllers/registry-sync/desired';
import { readLink } from '../../../controllers/registry-sync/link';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { config, inferenceService } from './inference-services';

const desired = (object: InferenceService, settings = config()) =>
  desiredRecord(object, readLink(object, settings), settings);

describe('the desired record', () => {
  it('is named after the InferenceService and its uid, in the environment of its namespace', () => {
    expect(desired(inferenceService({}))).toEqual({
      name: 'iris/uid-1',
      environment: 'ml-models',
      desiredState: 'DEPLOYED',
      keepsUndeployed: false,
    });
  });

  it('carries runtime, version and URL when there are any', () => {
    const object = inferenceService({
      labels: { 'modelregistry.kubeflow.org/model-version-id': '2' },
      spec: { predictor: { model: { runtime: 'kserve-sklearnserver' } } },
      status: { url: 'https://iris.example.com' },
    });
    expect(desired(object)).toMatchObject({
      modelVersionId: '2',
      runtime: 'kserve-sklearnserver',
      url: 'https://iris.example.com',
    });
  });

  it('has no runtime for a custom predictor', () => {
    const object = inferenceService({
      spec: { predictor: { containers: [{ name: 'kserve-container', image: 'example/model:1' }] } },
    });
    expect(desired(object)).not.toHaveProperty('runtime');
  });

  it('publishes the URL of the annotation instead of the status', () => {
    const object = inferenceService({
      annotations: { 'modelregistry.kubeflow.org/published-url': 'https://models.example.com/iris' },
      status: { url: 'http://iris.internal' },
    });
    expect(desired(object).url).toBe('https://models.example.com/iris');
  });

  it('is UNDEPLOYED while the InferenceService is stopped', () => {
    expect(desired(inferenceService({ annotations: { 'serving.kserve.io/stop': 'True' } })).desiredState).toBe(
      'UNDEPLOYED',
    );
  });

  it('RS-25: has the configured prefix before the environment', () => {
    expect(desired(inferenceService({}), config({ environmentPrefix: 'eu-1/' })).environment).toBe('eu-1/ml-models');
  });

  it('is sent without members that have no value', () => {
    expect(newRecord(desired(inferenceService({})), '1', '7')).toEqual({
      name: 'iris/uid-1',
      registeredModelId: '1',
      servingEnvironmentId: '7',
      desiredState: 'DEPLOYED',
    });
  });
});
