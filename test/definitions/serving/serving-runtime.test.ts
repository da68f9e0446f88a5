import { clusterServingRuntimes } from '../../../definitions/serving/cluster-serving-runtime';
import { servingRuntimes } from '../../../definitions/serving/serving-runtime';
import { type Field, objectWith } from './field-paths';
import { privateKind } from './private-kind';
import { servingRuntimeFields } from './serving-runtime-fields';

const kinds = [servingRuntimes, clusterServingRuntimes].map((definition) => [definition.kind, definition] as const);

describe.each(kinds)('%s', (_kind, definition) => {
  const kind = privateKind(definition);

  test('every field is stored as written', async () => {
    const runtime = objectWith(servingRuntimeFields);
    expect(await kind.apply('all-fields', runtime)).toMatchObject({ status: 201, warnings: [] });
    expect(await kind.stored('all-fields')).toEqual(runtime);
  });

  test.each<[string, Field, RegExp]>([
    ['no containers', ['spec.disabled', true], /spec\.containers: Required value/],
    ['workers without containers', ['spec.workerSpec', {}], /spec\.workerSpec\.containers: Required value/],
    [
      'a format without a name',
      ['spec.supportedModelFormats', [{ version: '1' }]],
      /supportedModelFormats\[0\]\.name: Required value/,
    ],
    [
      'a priority of zero',
      ['spec.supportedModelFormats', [{ name: 'a', priority: 0 }]],
      /priority.*greater than or equal to 1/,
    ],
    ['more replicas than 16 bits count', ['spec.replicas', 65_536], /replicas.*less than or equal to 65535/],
  ])('%s is refused', async (problem, field, message) => {
    const containers: Field[] = problem === 'no containers' ? [] : [['spec.containers[0].name', 'kserve-container']];
    const answer = await kind.create('refused', objectWith([...containers, field]), 'Strict');
    expect(answer).toMatchObject({ status: 422, body: { message: expect.stringMatching(message) as unknown } });
    expect(await kind.stored('refused')).toBeUndefined();
  });

  test('a typo is refused under strict validation', async () => {
    const runtime = objectWith([
      ['spec.containers[0].name', 'kserve-container'],
      ['spec.supportedModelFormats', [{ name: 'a', autoselect: true }]],
    ]);
    const answer = await kind.create('typo', runtime, 'Strict');
    expect(answer).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('unknown field "spec.supportedModelFormats[0].autoselect"') as unknown },
    });
  });
});
