import { registryKeys } from '../../../definitions/names/model-registry';
import { componentLabels, filteredAnnotations } from '../../../controllers/serving/component-metadata';

describe('metadata of children', () => {
  it('has none of what registry sync writes: pods that serve must not be replaced for a record', () => {
    const written = { [registryKeys.record]: '{"id": "4"}', team: 'a' };
    expect(filteredAnnotations(written, { serviceAnnotationDisallowedList: [] })).toEqual({ team: 'a' });
    const labels = { [registryKeys.inferenceServiceId]: '4', [registryKeys.registeredModelId]: '1' };
    expect(componentLabels('iris', 'predictor', labels)).toEqual({
      [registryKeys.registeredModelId]: '1',
      'serving.kserve.io/inferenceservice': 'iris',
      component: 'predictor',
    });
  });
});
