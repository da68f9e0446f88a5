import { RegistryUnderTest, unique } from './registry-under-test';

const registry = new RegistryUnderTest();

test.each([
  ['malformed JSON', '{"name":'],
  ['an empty body', ''],
  ['a list', '[]'],
  ['a name that is a number', '{"name":5}'],
  ['a state outside of the enum', '{"name":"x","state":"GONE"}'],
  ['a list that is a string', '{"name":"x","tasks":"classification"}'],
  ['a map that is a list', '{"name":"x","customProperties":[]}'],
])('%s is 400', async (_, body) => {
  expect(await registry.call('POST', '/registered_models', body)).toMatchObject({
    status: 400,
    contentType: 'application/json; charset=UTF-8',
    body: { code: 'Bad Request' },
  });
});

test('a NUL character is 400', async () => {
  const answer = await registry.call('POST', '/registered_models', { name: 'a\0b' });
  expect(answer).toMatchObject({ status: 400 });
  expect(answer.body).toMatchObject({
    message: expect.stringContaining('Request body contains null bytes which are not allowed') as string,
  });
});

test.each([
  ['/registered_models', {}, 'name'],
  ['/registered_models', { name: '' }, 'name'],
  ['/registered_models', { name: null }, 'name'],
  ['/serving_environments', {}, 'name'],
  ['/experiments', {}, 'name'],
  ['/model_versions', { name: 'v1' }, 'registeredModelId'],
  ['/inference_services', { registeredModelId: '1' }, 'servingEnvironmentId'],
  ['/inference_services', { registeredModelId: '', servingEnvironmentId: '1' }, 'registeredModelId'],
  ['/experiment_runs', {}, 'experimentId'],
])('POST %s with %j lacks %s', async (path, body, member) => {
  expect(await registry.call('POST', path, body)).toMatchObject({
    status: 422,
    body: { code: 'Bad Request', message: `required field '${member}' is zero value.` },
  });
});

test.each([
  ['no number', 'iris'],
  ['no int32', '2147483648'],
  ['no string', 5],
])('a reference that is %s is 400', async (_, registeredModelId) => {
  const body = { name: unique('version'), registeredModelId };
  expect(await registry.call('POST', '/model_versions', body)).toMatchObject({
    status: 400,
    body: { code: 'Bad Request' },
  });
});

test('member names are read without regard to case', async () => {
  const name = unique('model');
  expect(await registry.create('/registered_models', { NAME: name, libraryname: 'xgboost' })).toMatchObject({
    name,
    libraryName: 'xgboost',
  });
});

test('null is the same as absent', async () => {
  const body = { name: unique('model'), owner: null, state: null, customProperties: null };
  const model = await registry.create('/registered_models', body);
  expect(model).toMatchObject({ state: 'LIVE', customProperties: {} });
  expect(model).not.toHaveProperty('owner');
});

test('every member of a registered model comes back as it was', async () => {
  const body = {
    name: unique('model'),
    externalId: unique('external'),
    description: 'tells irises apart',
    owner: 'ann',
    state: 'ARCHIVED',
    readme: '# Iris',
    maturity: 'stable',
    provider: 'example',
    license: 'apache-2.0',
    libraryName: 'xgboost',
    logo: 'data:image/svg+xml;base64,AA==',
    licenseLink: 'https://example.com/license',
    language: ['en'],
    tasks: ['classification', 'ranking'],
  };
  expect(await registry.create('/registered_models', body)).toMatchObject(body);
});

test('the content type is not looked at', async () => {
  const name = unique('model');
  // fetch sends text as text/plain.
  expect(await registry.call('POST', '/registered_models', JSON.stringify({ name }))).toMatchObject({
    status: 201,
    body: { name },
  });
});
