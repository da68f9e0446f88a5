import { rowsOf } from './view';

const spec = { predictor: {} };
const object = (labels = {}) => ({ metadata: { name: 'iris', namespace: 'ml-models', uid: 'u1', labels }, spec });
const record = { id: '3', name: 'iris/u1', state: 'DEPLOYED', url: 'http://iris' };

describe('the view of the platform', () => {
  it('shows an InferenceService without record', () => {
    expect(rowsOf([object()], [])).toEqual([{ inferenceService: 'ml-models/iris', record: '-', state: '-', url: '-' }]);
  });

  it('shows its record, and whether the label is written', () => {
    expect(rowsOf([object()], [record])[0]?.record).toBe('3 (label to come)');
    const linked = object({ 'modelregistry.kubeflow.org/inference-service-id': '3' });
    expect(rowsOf([linked], [record])).toEqual([
      { inferenceService: 'ml-models/iris', record: '3', state: 'DEPLOYED', url: 'http://iris' },
    ]);
  });

  it('shows records whose InferenceService is gone', () => {
    expect(rowsOf([], [{ ...record, state: 'UNDEPLOYED' }])).toEqual([
      { inferenceService: 'iris (deleted)', record: '3', state: 'UNDEPLOYED', url: 'http://iris' },
    ]);
  });
});
