import { clusterStorageContainers } from '../../../definitions/serving/cluster-storage-container';
import { type Field, objectWith } from './field-paths';
import { privateKind } from './private-kind';
import { clusterStorageContainerFields } from './serving-runtime-fields';

const kind = privateKind(clusterStorageContainers);

const least: readonly Field[] = [
  ['spec.container.name', 'storage-initializer'],
  ['spec.supportedUriFormats', [{ prefix: 'gs://' }]],
];

test('every field is stored as written', async () => {
  const container = objectWith(clusterStorageContainerFields);
  expect(await kind.apply('all-fields', container)).toMatchObject({ status: 201, warnings: [] });
  expect(await kind.stored('all-fields')).toEqual(container);
});

test('it is for init containers and single files unless it says otherwise', async () => {
  await kind.apply('least', objectWith(least));
  expect(await kind.stored('least')).toEqual(
    objectWith([...least, ['spec.workloadType', 'initContainer'], ['spec.supportsMultiModelDownload', false]]),
  );
});

test.each<[string, readonly Field[], RegExp]>([
  ['no container', least.slice(1), /spec\.container: Required value/],
  [
    'a container without a name',
    [...least.slice(1), ['spec.container.image', 'a']],
    /spec\.container\.name: Required value/,
  ],
  ['no formats', least.slice(0, 1), /spec\.supportedUriFormats: Required value/],
  [
    'an unknown type of workload',
    [...least, ['spec.workloadType', 'job']],
    /spec\.workloadType: Unsupported value: "job"/,
  ],
])('%s is refused', async (_problem, fields, message) => {
  const answer = await kind.create('refused', objectWith(fields), 'Strict');
  expect(answer).toMatchObject({ status: 422, body: { message: expect.stringMatching(message) as unknown } });
  expect(await kind.stored('refused')).toBeUndefined();
});
