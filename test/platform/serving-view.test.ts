import { servingTable } from './serving-view';

const metadata = { name: 'iris', namespace: 'ml-models', uid: 'u1' };
const spec = { predictor: {} };
const condition = (type: string, status: string, more = {}) => ({ type, status, ...more });
const deployment = (namespace: string, name: string, replicas: number, readyReplicas?: number) => ({
  metadata: { name: `${name}-predictor`, namespace },
  spec: {
    replicas,
    selector: {},
    template: { metadata: { labels: { 'serving.kserve.io/inferenceservice': name } } },
  },
  ...(readyReplicas === undefined ? {} : { status: { readyReplicas } }),
});

describe('what the view says of serving', () => {
  it('is nothing of an InferenceService that nobody has looked at', () => {
    expect(servingTable([{ metadata, spec }], [])).toEqual({
      columns: ['INFERENCESERVICE', 'READY', 'PREDICTOR', 'REPLICAS', 'SERVED AT', 'MESSAGE'],
      rows: [['ml-models/iris', '-', '-', '-', '-', '-']],
    });
  });

  it('is where a ready one is, and how many of its own replicas are ready', () => {
    const status = {
      url: 'http://iris-ml-models.example.com',
      conditions: [condition('Ready', 'True'), condition('PredictorReady', 'True')],
    };
    const workloads = [
      deployment('ml-models', 'iris', 3, 2),
      deployment('ml-models', 'tulip', 1, 1),
      deployment('elsewhere', 'iris', 1, 1),
    ];
    expect(servingTable([{ metadata, spec, status }], workloads).rows).toEqual([
      ['ml-models/iris', 'True', 'True', '2/3', 'http://iris-ml-models.example.com', '-'],
    ]);
  });

  it('is the cause nearest to the model when it is not ready, on one line', () => {
    const status = {
      conditions: [
        condition('IngressReady', 'False', { reason: 'Predictor Deployment NotReady' }),
        condition('PredictorReady', 'False', { reason: 'Error', message: 'no such bucket:\nmodels' }),
        condition('Ready', 'False', { reason: 'Error' }),
      ],
    };
    expect(servingTable([{ metadata, spec, status }], [deployment('ml-models', 'iris', 1)]).rows).toEqual([
      ['ml-models/iris', 'False', 'False', '0/1', '-', 'Error: no such bucket: models'],
    ]);
  });
});
