import { trainedModels } from '../../../definitions/serving/trained-model';
import { type Field, objectWith } from './field-paths';
import { privateKind } from './private-kind';

const kind = privateKind(trainedModels);

const spec: readonly Field[] = [
  ['spec.inferenceService', 'animals'],
  ['spec.model.storageUri', 's3://bucket/cats'],
  ['spec.model.framework', 'pytorch'],
  ['spec.model.memory', '256Mi'],
];

const status: readonly Field[] = [
  ['status.observedGeneration', 2],
  ['status.conditions[0].type', 'Ready'],
  ['status.conditions[0].status', 'True'],
  ['status.url', 'http://animals.example/v1/models/cats:predict'],
  ['status.address.url', 'http://animals.default.svc.cluster.local/v1/models/cats:predict'],
];

test('every field of spec and of status is stored as written', async () => {
  const model = objectWith(spec);
  expect(await kind.apply('cats', model)).toMatchObject({ status: 201, warnings: [] });
  expect(await kind.apply('cats', objectWith(status), 'status')).toMatchObject({ status: 200, warnings: [] });
  expect(await kind.stored('cats')).toEqual({ ...model, ...objectWith(status) });
});

test.each(spec.map(([path]) => path))('a model without %s is refused', async (missing) => {
  const answer = await kind.create('refused', objectWith(spec.filter(([path]) => path !== missing)), 'Strict');
  const message = expect.stringMatching(new RegExp(`${missing}: Required value`)) as unknown;
  expect(answer).toMatchObject({ status: 422, body: { message } });
  expect(await kind.stored('refused')).toBeUndefined();
});

test('memory that is no quantity is refused', async () => {
  const fields = spec.map(([path, value]): Field => [path, path.endsWith('memory') ? 'much' : value]);
  expect(await kind.create('refused', objectWith(fields), 'Strict')).toMatchObject({
    status: 422,
    body: { message: expect.stringMatching(/spec\.model\.memory.*should match/) as unknown },
  });
});
