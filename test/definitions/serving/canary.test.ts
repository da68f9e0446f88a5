import { canarySpec } from '../../../definitions/serving/canary';

const model = { modelFormat: { name: 'sklearn' }, storageUri: 'gs://bucket/next' };

test('a canary with a model is accepted, without the container name that KServe asks for', () => {
  const canary = {
    predictor: { name: 'green', model: { ...model, ports: [{ containerPort: 8080 }] } },
    trafficPercent: 10,
  };
  expect(canarySpec.parse(canary)).toEqual({
    predictor: { name: 'green', model: { ...model, ports: [{ containerPort: 8080, protocol: 'TCP' }] } },
    trafficPercent: 10,
  });
});

test.each([
  ['a typo', { predictor: { model, minReplica: 1 }, trafficPercent: 10 }, 'minReplica'],
  ['a typo in the model', { predictor: { model: { ...model, storageURI: 'a' } }, trafficPercent: 10 }, 'storageURI'],
  ['no share', { predictor: { model } }, 'trafficPercent'],
  ['more than all traffic', { predictor: { model }, trafficPercent: 101 }, 'trafficPercent'],
  ['no predictor', { trafficPercent: 1 }, 'predictor'],
  ['an island that is no object', { predictor: { model, affinity: [] }, trafficPercent: 1 }, 'affinity'],
  [
    'an element of an island’s list without its key',
    { predictor: { model, volumes: [{}] }, trafficPercent: 1 },
    'volumes',
  ],
  [
    'a malformed quantity',
    { predictor: { model: { resources: { limits: { cpu: 'much' } } } }, trafficPercent: 1 },
    'cpu',
  ],
])('%s is refused', (_name, canary, member) => {
  const { error } = canarySpec.safeParse(canary);
  expect(error?.message).toContain(member);
});
