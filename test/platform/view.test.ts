import type { FetchView } from './fetch-view';
import { fetchesTable, recordsTable } from './view';

const spec = { predictor: {} };
const object = (labels = {}) => ({ metadata: { name: 'iris', namespace: 'ml-models', uid: 'u1', labels }, spec });
const record = { id: '3', name: 'iris/u1', state: 'DEPLOYED', url: 'http://iris' };

describe('the view of the platform', () => {
  it('shows an InferenceService without record', () => {
    expect(recordsTable([object()], [])).toEqual({
      columns: ['INFERENCESERVICE', 'RECORD', 'STATE', 'URL'],
      rows: [['ml-models/iris', '-', '-', '-']],
    });
  });

  it('shows its record, and whether the label is written', () => {
    expect(recordsTable([object()], [record]).rows[0]?.[1]).toBe('3 (label to come)');
    const linked = object({ 'modelregistry.kubeflow.org/inference-service-id': '3' });
    expect(recordsTable([linked], [record]).rows).toEqual([['ml-models/iris', '3', 'DEPLOYED', 'http://iris']]);
  });

  it('shows records whose InferenceService is gone', () => {
    expect(recordsTable([], [{ ...record, state: 'UNDEPLOYED' }]).rows).toEqual([
      ['iris (deleted)', '3', 'UNDEPLOYED', 'http://iris'],
    ]);
  });

  it('shows how far models are fetched, and from where', () => {
    const fetched = {
      state: 'fetched',
      files: '1',
      bytes: '305 B',
      rate: '6.1 kB/s',
      resolvedTo: 's3://models/iris',
    } as const;
    const fetches = new Map<string, FetchView>([
      ['ml-models/iris', fetched],
      ['ml-models/tulip', { state: 'resolving' }],
    ]);
    expect(fetchesTable(fetches)).toEqual({
      columns: ['INFERENCESERVICE', 'MODEL', 'FILES', 'BYTES', 'RATE', 'RESOLVED TO'],
      rows: [
        ['ml-models/iris', 'fetched', '1', '305 B', '6.1 kB/s', 's3://models/iris'],
        ['ml-models/tulip', 'resolving', '-', '-', '-', '-'],
      ],
    });
  });
});
