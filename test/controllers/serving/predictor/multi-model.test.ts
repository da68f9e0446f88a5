import { newModelConfig } from '../../../../controllers/serving/predictor/multi-model';
import { service } from '../plan-fixtures';

it('makes an empty list of models with the labels of the service (case 19)', () => {
  expect(newModelConfig(service({ model: {} }, { labels: { team: 'a' } }))).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'modelconfig-iris-0', namespace: 'ml', labels: { team: 'a' } },
    data: { 'models.json': '[]' },
  });
});
