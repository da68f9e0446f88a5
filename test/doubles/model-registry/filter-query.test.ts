import { query, RegistryUnderTest, testOfDouble, unique } from './registry-under-test';

const registry = new RegistryUnderTest();

/** Versions of one model, so that a list below it shows nothing of other runs. */
let path: string;
let ids: Record<string, string>;

const text = (value: string) => ({ metadataType: 'MetadataStringValue', string_value: value });
const int = (value: string) => ({ metadataType: 'MetadataIntValue', int_value: value });
const double = (value: number) => ({ metadataType: 'MetadataDoubleValue', double_value: value });
const bool = (value: boolean) => ({ metadataType: 'MetadataBoolValue', bool_value: value });

beforeAll(async () => {
  const model = await registry.createModel();
  path = `/registered_models/${model.id}/versions`;
  const create = (name: string, members: object) => registry.createVersion(model.id, name, members);
  const versions = [
    await create('v1', { author: 'ann', customProperties: { rank: int('1'), team: text('red'), 'my key': text('x') } }),
    await create('v2', { author: 'bob', customProperties: { rank: double(2), approved: bool(true) } }),
    await create('v_3', {
      author: "o'hara",
      state: 'ARCHIVED',
      customProperties: { rank: double(2.5), approved: bool(false) },
    }),
    await create('vx3', { customProperties: { rank: text('1') } }),
  ];
  ids = Object.fromEntries(versions.map(({ name, id }) => [name, id]));
});

const filtered = (filterQuery: string) => registry.names(`${path}${query({ filterQuery })}`);

test.each([
  ["author = 'ann'", ['v1']],
  ['author = "bob"', ['v2']],
  ["author = 'o\\'hara'", ['v_3']],
  ["author != 'ann'", ['v2', 'v_3']],
  ["author > 'ann'", ['v2', 'v_3']],
  ["author IN ('ann', 'bob')", ['v1', 'v2']],
  ["author LIKE '%b'", ['v2']],
  ["author ILIKE 'ANN'", ['v1']],
  ["state = 'ARCHIVED'", ['v_3']],
  ["state = 'LIVE' AND author = 'bob'", ['v2']],
  ["author = 'ann' OR author = 'bob' AND state = 'ARCHIVED'", ['v1']],
  ["(author = 'ann' OR author = 'bob') and state = 'LIVE'", ['v1', 'v2']],
  ['createTimeSinceEpoch > 0', ['v1', 'v2', 'v_3', 'vx3']],
  ['lastUpdateTimeSinceEpoch <= 0', []],
  ['rank = 1', ['v1']],
  ['rank = 2', ['v2']],
  ['rank > 1', ['v2', 'v_3']],
  ['rank >= 2.5', ['v_3']],
  ['rank < -1', []],
  ['rank.int_value = 1', ['v1']],
  ["rank = '1'", ['vx3']],
  ['approved = true', ['v2']],
  ['approved != TRUE', ['v_3']],
  ["`my key` = 'x'", ['v1']],
  ["`my key`.string_value = 'x'", ['v1']],
  ["team LIKE 'r_d'", ['v1']],
  ["nothing = 'x'", []],
])('%s selects %j', async (filterQuery, names) => {
  expect(await filtered(filterQuery)).toEqual(names);
});

test.each([
  ["name = 'v_3'", ['v_3', 'vx3'], 'an underscore is a wildcard'],
  ["name = 'v%'", ['v1', 'v2', 'v_3', 'vx3'], 'so is a percent sign'],
  ["name LIKE 'v_'", ['v1', 'v2'], 'LIKE sees the name behind the prefix'],
])('the name of a child is a pattern, even after =: %s selects %j', async (filterQuery, names) => {
  expect(await filtered(filterQuery)).toEqual(names);
});

test('<> is evaluated as =', async () => {
  expect(await filtered("author <> 'ann'")).toEqual(['v1']);
});

test('an id is a number', async () => {
  expect(await filtered(`id = ${ids['v2']}`)).toEqual(['v2']);
});

test.each([
  'author =',
  "author 'ann'",
  "author = 'ann",
  'author = ann',
  "NOT author = 'ann'",
  "(author = 'ann'",
  "author = 'it''s'",
  "= 'x'",
])('%s is a syntax error, and the answer gives a hint', async (filterQuery) => {
  const answer = await registry.get(`${path}${query({ filterQuery })}`);
  expect(answer).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
  expect(answer.body).toMatchObject({
    message: expect.stringMatching(/^invalid filter query syntax: .*Hint: String values must be quoted/) as string,
  });
});

const mismatch = {
  code: 'Bad Request',
  message: 'invalid filter query, type mismatch or invalid value in comparison: bad request',
};

test.each(["createTimeSinceEpoch = 'x'", "rank.int_value = 'x'", "rank.bool_value LIKE 'x'"])(
  '%s compares unlike types',
  async (filterQuery) => {
    expect(await registry.get(`${path}${query({ filterQuery })}`)).toMatchObject({ status: 400, body: mismatch });
  },
);

testOfDouble('a comparison of unlike types is refused even when no entity is there to compare', async () => {
  expect(
    await registry.get(`/registered_models/2000000000/versions${query({ filterQuery: 'author = 5' })}`),
  ).toMatchObject({
    status: 400,
    body: mismatch,
  });
});

test('members that filters do not know are custom properties of that name', async () => {
  const name = unique('model');
  const customProperties = { license: text('mine') };
  await registry.create('/registered_models', { name, license: 'apache-2.0', customProperties });
  const list = (license: string) =>
    registry.names(`/registered_models${query({ filterQuery: `name = '${name}' AND license = '${license}'` })}`);
  expect(await list('mine')).toEqual([name]);
});

describe('parameters name and externalId of lists below a parent', () => {
  test('are honoured for model versions, the name as a pattern', async () => {
    expect(await registry.names(`${path}?name=v1`)).toEqual(['v1']);
    expect(await registry.names(`${path}?name=v_3`)).toEqual(['v_3', 'vx3']);
  });

  test('are refused with a quote in the name: the server trips over its own doubling', async () => {
    expect(await registry.get(`${path}${query({ name: "it's" })}`)).toMatchObject({
      status: 400,
      body: { code: 'Bad Request' },
    });
  });

  test('are ignored for inference services of an environment and for experiment runs', async () => {
    const environment = await registry.createEnvironment();
    const service = await registry.createInferenceService(environment.id);
    expect(await registry.names(`/serving_environments/${environment.id}/inference_services?name=other`)).toEqual([
      service.name,
    ]);
    const experiment = await registry.create('/experiments', { name: unique('experiment') });
    const run = await registry.create(`/experiments/${experiment.id}/experiment_runs`, {
      name: 'run',
      experimentId: experiment.id,
    });
    expect(await registry.names(`/experiments/${experiment.id}/experiment_runs?name=other`)).toEqual([run.name]);
  });
});

test('artifact kinds may give one name different types', async () => {
  const model = await registry.createModel();
  const version = await registry.createVersion(model.id);
  const artifacts = `/model_versions/${version.id}/artifacts`;
  await registry.call('POST', artifacts, { artifactType: 'metric', name: 'accuracy', value: 0.9 });
  await registry.call('POST', artifacts, { artifactType: 'parameter', name: 'depth', value: '5' });
  const list = (filterQuery: string, more = {}) => registry.names(`${artifacts}${query({ filterQuery, ...more })}`);
  expect(await list('value > 0.5', { artifactType: 'metric' })).toEqual(['accuracy']);
  expect(await list("value = '5'", { artifactType: 'parameter' })).toEqual(['depth']);
});
