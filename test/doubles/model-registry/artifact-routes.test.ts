import { query, RegistryUnderTest, testOfDouble, unique } from './registry-under-test';

const registry = new RegistryUnderTest();

async function version() {
  return registry.createVersion((await registry.createModel()).id);
}

async function run() {
  const experiment = await registry.create('/experiments', { name: unique('experiment') });
  return registry.create('/experiment_runs', { experimentId: experiment.id });
}

const members: [string, object][] = [
  [
    'model-artifact',
    {
      uri: 's3://bucket/iris',
      state: 'LIVE',
      modelFormatName: 'sklearn',
      modelFormatVersion: '1',
      storageKey: 'minio',
      storagePath: 'iris',
      serviceAccountName: 'reader',
      modelSourceKind: 'kfp',
      modelSourceClass: 'pipelinerun',
      modelSourceGroup: 'ns',
      modelSourceId: '7',
      modelSourceName: 'train',
    },
  ],
  ['doc-artifact', { uri: 'https://example.com/iris', state: 'UNKNOWN' }],
  [
    'dataset-artifact',
    {
      digest: 'sha256:00',
      sourceType: 'local',
      source: 'a',
      schema: '{}',
      profile: '{}',
      uri: 's3://bucket/data',
      state: 'PENDING',
    },
  ],
  ['metric', { value: 0.5, timestamp: '1742369743855', step: 3, state: 'UNKNOWN' }],
  ['parameter', { value: '5', parameterType: 'number', state: 'UNKNOWN' }],
];

test.each(members)(
  'a %s comes back with all its members, alone and in lists of its kind',
  async (artifactType, own) => {
    const body = {
      artifactType,
      name: unique('artifact'),
      externalId: unique('external'),
      description: 'text',
      ...own,
    };
    const created = await registry.create('/artifacts', body);
    expect(created).toMatchObject(body);
    expect(await registry.get(`/artifacts/${created.id}`)).toMatchObject({
      status: 200,
      body: { ...body, id: created.id },
    });
    const listed = `/artifacts${query({ artifactType, orderBy: 'ID', sortOrder: 'DESC', pageSize: '1' })}`;
    expect((await registry.list(listed)).items).toMatchObject([{ artifactType }]);
  },
);

test.each([
  ['model-artifact', 201],
  ['doc-artifact', 201],
  ['dataset-artifact', 200],
  ['metric', 200],
  ['parameter', 200],
])('a new %s under a version answers %i', async (artifactType, status) => {
  const body = {
    artifactType,
    name: unique('artifact'),
    ...(artifactType === 'metric' ? { value: 1 } : { value: '1' }),
  };
  expect(await registry.call('POST', `/model_versions/${(await version()).id}/artifacts`, body)).toMatchObject({
    status,
    body: { artifactType },
  });
});

test('an artifact without a name gets one', async () => {
  expect((await registry.create('/artifacts', { artifactType: 'doc-artifact' })).name).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['no tag', {}],
  ['an unknown tag', { artifactType: 'picture' }],
  ['a metric without value', { artifactType: 'metric', name: 'accuracy' }],
  ['an unknown state', { artifactType: 'doc-artifact', state: 'GONE' }],
])('%s is 400', async (_, body) => {
  expect(await registry.call('POST', '/artifacts', body)).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
});

test('a PATCH without the tag is 400', async () => {
  const { id } = await registry.create('/artifacts', { artifactType: 'doc-artifact' });
  expect(await registry.call('PATCH', `/artifacts/${id}`, { uri: 's3://bucket' })).toMatchObject({ status: 400 });
});

test('a list of an unknown kind is 400', async () => {
  expect(await registry.get('/artifacts?artifactType=picture')).toMatchObject({
    status: 400,
    body: { code: 'Bad Request' },
  });
});

test('unknown members are ignored in the union, and refused where the body is a model artifact', async () => {
  const body = { artifactType: 'model-artifact', name: unique('artifact'), colour: 'red' };
  expect(await registry.create('/artifacts', body)).not.toHaveProperty('colour');
  expect(await registry.call('POST', '/model_artifacts', { name: unique('artifact'), colour: 'red' })).toMatchObject({
    status: 400,
  });
  expect(
    await registry.create('/model_artifacts', { artifactType: 'model-artifact', name: unique('artifact') }),
  ).toMatchObject({
    artifactType: 'model-artifact',
  });
});

test('a list below a version shows its artifacts, by kind and by name', async () => {
  const { id } = await version();
  const path = `/model_versions/${id}/artifacts`;
  await registry.create(path, { artifactType: 'model-artifact', name: 'model' });
  await registry.create(path, { artifactType: 'doc-artifact', name: 'readme' });
  await registry.create('/artifacts', { artifactType: 'doc-artifact', name: unique('elsewhere') });
  expect(await registry.names(path)).toEqual(['model', 'readme']);
  expect(await registry.names(`${path}?artifactType=doc-artifact`)).toEqual(['readme']);
  expect(await registry.names(`${path}?name=model`)).toEqual(['model']);
});

test('an artifact posted with its id under a second version is attached there too', async () => {
  const [first, second] = [await version(), await version()];
  const artifact = await registry.create(`/model_versions/${first.id}/artifacts`, {
    artifactType: 'model-artifact',
    name: 'model',
  });
  const body = { artifactType: 'model-artifact', id: artifact.id, uri: 's3://bucket/new' };
  expect(await registry.call('POST', `/model_versions/${second.id}/artifacts`, body)).toMatchObject({
    status: 200,
    body,
  });
  for (const { id } of [first, second]) {
    expect(await registry.list(`/model_versions/${id}/artifacts`)).toMatchObject({
      size: 1,
      items: [{ id: artifact.id, uri: body.uri }],
    });
  }
});

test('the kind of an artifact does not change', async () => {
  const { id: parent } = await version();
  const { id } = await registry.create('/artifacts', { artifactType: 'doc-artifact' });
  const message = `mismatched types, artifact with id ${id} is not a model artifact`;
  for (const [method, path] of [
    ['PATCH', `/artifacts/${id}`],
    ['POST', `/model_versions/${parent}/artifacts`],
  ] as const) {
    const answer = await registry.call(method, path, { artifactType: 'model-artifact', id });
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.body).toMatchObject({ message: expect.stringContaining(message) as string });
  }
});

test('metrics and parameters are updated by name below one parent', async () => {
  const path = `/model_versions/${(await version()).id}/artifacts`;
  const post = (body: object) => registry.call('POST', path, body);
  await post({ artifactType: 'metric', name: 'accuracy', value: 0.8 });
  expect(await post({ artifactType: 'metric', name: 'accuracy', value: 0.9 })).toMatchObject({
    status: 200,
    body: { value: 0.9 },
  });
  await post({ artifactType: 'parameter', name: 'depth', value: '4' });
  await post({ artifactType: 'parameter', name: 'depth', value: '5' });
  expect(await registry.list(path)).toMatchObject({
    items: [
      { name: 'accuracy', value: 0.9 },
      { name: 'depth', value: '5' },
    ],
  });
});

test('artifacts of a run name the run and its experiment', async () => {
  const { id, experimentId } = await run();
  const artifact = await registry.create(`/experiment_runs/${id}/artifacts`, {
    artifactType: 'model-artifact',
    name: 'model',
  });
  expect(artifact).toMatchObject({ experimentId, experimentRunId: id });
});

describe('metric history', () => {
  let id: string;
  let path: string;

  beforeAll(async () => {
    ({ id } = await run());
    path = `/experiment_runs/${id}/metric_history`;
    for (const [name, value, step] of [
      ['loss', 0.5, 1],
      ['loss', 0.25, 2],
      ['accuracy', 0.9, 2],
    ] as const) {
      await registry.call('POST', `/experiment_runs/${id}/artifacts`, { artifactType: 'metric', name, value, step });
    }
  });

  test('keeps every value of a run, while the metric itself has the last', async () => {
    expect(await registry.names(`/experiment_runs/${id}/artifacts?artifactType=metric`)).toEqual(['loss', 'accuracy']);
    expect((await registry.list(`${path}?name=loss`)).items).toMatchObject([
      { artifactType: 'metric', value: 0.5, step: 1 },
      { artifactType: 'metric', value: 0.25, step: 2 },
    ]);
  });

  test('is restricted to steps, and refuses steps that are no numbers', async () => {
    expect((await registry.list(`${path}?stepIds=2`)).items).toMatchObject([{ value: 0.25 }, { value: 0.9 }]);
    expect(await registry.get(`${path}?stepIds=first`)).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
  });

  test('of all runs has the values of this one', async () => {
    const all = await registry.list(`/experiment_runs/metric_history${query({ name: 'loss' })}`);
    expect(all.items.filter((item) => item['experimentRunId'] === id)).toHaveLength(2);
  });

  testOfDouble('is no part of the artifacts', async () => {
    const ids = (await registry.list(path)).items.map((item) => item.id);
    const artifacts = new Set((await registry.list('/artifacts')).items.map((item) => item.id));
    expect(ids.filter((historical) => artifacts.has(historical))).toEqual([]);
  });
});
