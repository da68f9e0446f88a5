import { query, RegistryUnderTest, testOfDouble, unique } from './registry-under-test';

const registry = new RegistryUnderTest();

const nameOrExternalId = 'invalid parameters call, supply either name or externalId: bad request';
const nameAndParent = 'invalid parameters call, supply either (name and parentResourceId), or externalId: bad request';
const artifactAndParent =
  'invalid parameters call, supply either (artifactName and parentResourceId), or externalId: bad request';

test.each([
  ['/registered_model', {}, nameOrExternalId],
  ['/registered_model', { parentResourceId: '1' }, nameOrExternalId],
  ['/serving_environment', {}, nameOrExternalId],
  ['/experiment', {}, nameOrExternalId],
  ['/model_version', { name: 'v1' }, nameAndParent],
  ['/model_version', { parentResourceId: '1' }, nameAndParent],
  ['/inference_service', { name: 'iris' }, nameAndParent],
  ['/experiment_run', { name: 'run' }, nameAndParent],
  ['/artifact', { name: 'model' }, artifactAndParent],
  ['/model_artifact', { name: 'model' }, artifactAndParent],
])('find %s with only %j is refused', async (path, parameters, message) => {
  expect(await registry.get(`${path}${query(parameters)}`)).toMatchObject({
    status: 400,
    body: { code: 'Bad Request', message },
  });
});

/** Creates one entity of every type that can be found, and tells the parent of each. */
async function oneOfEach(name: string, externalId: (type: string) => string) {
  const of = (type: string, members: object = {}) => ({ name, externalId: externalId(type), ...members });
  const model = await registry.create('/registered_models', of('model'));
  const version = await registry.create('/model_versions', of('version', { registeredModelId: model.id }));
  const environment = await registry.create('/serving_environments', of('environment'));
  const reference = { registeredModelId: model.id, servingEnvironmentId: environment.id };
  const service = await registry.create('/inference_services', of('service', reference));
  const experiment = await registry.create('/experiments', of('experiment'));
  const run = await registry.create('/experiment_runs', of('run', { experimentId: experiment.id }));
  const artifacts = `/model_versions/${version.id}/artifacts`;
  const artifact = await registry.create(artifacts, of('artifact', { artifactType: 'model-artifact' }));
  return [
    { path: '/registered_model', type: 'model', id: model.id, parent: '' },
    { path: '/model_version', type: 'version', id: version.id, parent: model.id },
    { path: '/serving_environment', type: 'environment', id: environment.id, parent: '' },
    { path: '/inference_service', type: 'service', id: service.id, parent: environment.id },
    { path: '/experiment', type: 'experiment', id: experiment.id, parent: '' },
    { path: '/experiment_run', type: 'run', id: run.id, parent: experiment.id },
    { path: '/artifact', type: 'artifact', id: artifact.id, parent: version.id },
    { path: '/model_artifact', type: 'artifact', id: artifact.id, parent: version.id },
  ];
}

test('every type is found by its name below its parent, and by its external id alone', async () => {
  const name = unique('found');
  const prefix = unique('external');
  for (const { path, type, id, parent } of await oneOfEach(name, (of) => `${prefix}-${of}`)) {
    const byName = query({ name, ...(parent === '' ? {} : { parentResourceId: parent }) });
    expect(await registry.get(`${path}${byName}`)).toMatchObject({ status: 200, body: { id, name } });
    const byExternalId = query({ externalId: `${prefix}-${type}` });
    expect(await registry.get(`${path}${byExternalId}`)).toMatchObject({ status: 200, body: { id, name } });
  }
});

test('a child is not found below another parent', async () => {
  const [first, second] = [await registry.createEnvironment(), await registry.createEnvironment()];
  const name = unique('service');
  await registry.createInferenceService(first.id, { name });
  const parameters = { name, parentResourceId: second.id };
  expect(await registry.get(`/inference_service${query(parameters)}`)).toMatchObject({
    status: 404,
    body: {
      code: 'Not Found',
      message: `no inference service found for name=${name}, parentResourceId=${second.id}, externalId=: not found`,
    },
  });
});

describe('the name of a find is a pattern', () => {
  let prefix: string;
  let id: string;

  beforeAll(async () => {
    prefix = unique('pattern');
    id = (await registry.createModel(`${prefix}-a_b`)).id;
    await registry.createModel(`${prefix}-axb`);
    await registry.createModel(`${prefix}-100%`);
  });

  test.each([
    ['_ matches any character, so a_b matches two', '-a_b', 'multiple registered models found'],
    ['% matches any sequence', '-%b', 'multiple registered models found'],
    ['a pattern without a match is 404 too', '-c_d', 'no registered model found'],
  ])('%s', async (_, suffix, message) => {
    const answer = await registry.get(`/registered_model${query({ name: prefix + suffix })}`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'Not Found' } });
    expect(answer.body).toMatchObject({ message: expect.stringContaining(message) as string });
  });

  test.each([
    ['a backslash escapes _', '-a\\_b', '-a_b'],
    ['a backslash escapes %', '-100\\%', '-100%'],
    ['_ matches a character that is % itself', '-100_', '-100%'],
    ['a name without wildcards matches itself', '-axb', '-axb'],
  ])('%s', async (_, suffix, found) => {
    const answer = await registry.get(`/registered_model${query({ name: prefix + suffix })}`);
    expect(answer).toMatchObject({ status: 200, body: { name: prefix + found } });
  });

  test('the entity behind an ambiguous name can still be read by id', async () => {
    expect(await registry.get(`/registered_models/${id}`)).toMatchObject({
      status: 200,
      body: { name: `${prefix}-a_b` },
    });
  });
});

testOfDouble('LIKE is sensitive to case, as on PostgreSQL', async () => {
  const name = unique('Case');
  await registry.createModel(name);
  expect(await registry.get(`/registered_model${query({ name: name.toLowerCase() })}`)).toMatchObject({ status: 404 });
});

test('NUL bytes in a parameter are refused', async () => {
  const answer = await registry.get('/registered_model?name=a%00b');
  expect(answer).toMatchObject({ status: 400 });
  expect(answer.body).toMatchObject({
    message: 'Invalid name query parameter: invalid name parameter: contains null bytes which are not allowed',
  });
});
