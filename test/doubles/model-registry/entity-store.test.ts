import { query, RegistryUnderTest, testOfDouble, unique } from './registry-under-test';

const registry = new RegistryUnderTest();

describe('names and external ids are unique', () => {
  test.each([
    ['/registered_models', 'registered model', {}],
    ['/serving_environments', 'serving environment', {}],
    ['/experiments', 'experiment', {}],
    ['/model_versions', 'model version', { registeredModelId: '1' }],
  ])('a second create of one name under %s is 409 and says "%s with name"', async (path, words, members) => {
    const name = unique('twice');
    await registry.create(path, { name, ...members });
    expect(await registry.call('POST', path, { name, ...members })).toMatchObject({
      status: 409,
      body: { code: 'Conflict', message: `${words} with name ${name} already exists: conflict` },
    });
  });

  test('an inference service of one name may be in two environments, not twice in one', async () => {
    const name = unique('service');
    const [first, second] = [await registry.createEnvironment(), await registry.createEnvironment()];
    await registry.createInferenceService(first.id, { name });
    await registry.createInferenceService(second.id, { name });
    const again = { name, registeredModelId: '1', servingEnvironmentId: second.id };
    expect(await registry.call('POST', '/inference_services', again)).toMatchObject({
      status: 409,
      body: { message: `inference service with name ${second.id}:${name} already exists: conflict` },
    });
  });

  test('a model artifact of one name may be under two versions, not twice under one', async () => {
    const model = await registry.createModel();
    const body = { artifactType: 'model-artifact', name: unique('artifact') };
    const [first, second] = [await registry.createVersion(model.id), await registry.createVersion(model.id)];
    await registry.create(`/model_versions/${first.id}/artifacts`, body);
    await registry.create(`/model_versions/${second.id}/artifacts`, body);
    expect(await registry.call('POST', `/model_versions/${second.id}/artifacts`, body)).toMatchObject({
      status: 409,
      body: { message: `model artifact with name ${body.name} already exists: conflict` },
    });
  });

  test('the name of an archived model stays taken', async () => {
    const model = await registry.createModel();
    await registry.call('PATCH', `/registered_models/${model.id}`, { state: 'ARCHIVED' });
    expect(await registry.call('POST', '/registered_models', { name: model.name })).toMatchObject({ status: 409 });
  });

  test('a PATCH to an external id that is taken is 409 and changes nothing', async () => {
    const externalId = unique('external');
    await registry.create('/registered_models', { name: unique('model'), externalId });
    const environment = await registry.createEnvironment();
    const path = `/serving_environments/${environment.id}`;
    expect(await registry.call('PATCH', path, { externalId })).toMatchObject({ status: 409 });
    expect((await registry.get(path)).body).not.toHaveProperty('externalId');
  });

  test.each([
    ['a name of 255 characters', 255, 201],
    ['a name of 256 characters', 256, 500],
  ])('%s (%i) is answered with %i', async (_, length, status) => {
    const name = unique('long').padEnd(length, 'x');
    expect(await registry.call('POST', '/registered_models', { name })).toMatchObject({ status });
  });

  test('the prefix of a child counts', async () => {
    const environment = await registry.createEnvironment();
    const name = unique('long').padEnd(254, 'x');
    const body = { name, registeredModelId: '1', servingEnvironmentId: environment.id };
    expect(await registry.call('POST', '/inference_services', body)).toMatchObject({
      status: 500,
      body: { code: 'Internal Server Error' },
    });
  });
});

describe('a PATCH', () => {
  interface Case {
    readonly path: string;
    readonly create: object;
    readonly changed: object;
    readonly reset: object;
  }

  const archived = { state: 'ARCHIVED' };
  const live = { state: 'LIVE' };
  const tables: Record<string, () => Promise<Case>> = {
    'a registered model': async () => ({ path: '/registered_models', create: {}, changed: archived, reset: live }),
    'a model version': async () => ({
      path: '/model_versions',
      create: { registeredModelId: (await registry.createModel()).id },
      changed: archived,
      reset: live,
    }),
    'an experiment': async () => ({ path: '/experiments', create: {}, changed: archived, reset: live }),
    'an experiment run': async () => ({
      path: '/experiment_runs',
      create: { experimentId: (await registry.create('/experiments', { name: unique('experiment') })).id },
      changed: { ...archived, status: 'FINISHED' },
      reset: { ...live, status: 'RUNNING' },
    }),
    'an inference service': async () => ({
      path: '/inference_services',
      create: { registeredModelId: '1', servingEnvironmentId: (await registry.createEnvironment()).id },
      changed: { desiredState: 'UNDEPLOYED' },
      reset: { desiredState: 'DEPLOYED' },
    }),
    'a model artifact': async () => ({
      path: '/model_artifacts',
      create: {},
      changed: { state: 'REFERENCE' },
      reset: { state: 'UNKNOWN' },
    }),
  };

  test.each(Object.entries(tables))('of %s without its state resets it; null keeps it', async (_, caseOf) => {
    const { path, create, changed, reset } = await caseOf();
    const { id } = await registry.create(path, { name: unique('patched'), ...create });
    const patch = (body: object) => registry.call('PATCH', `${path}/${id}`, body);
    expect(await patch(changed)).toMatchObject({ status: 200, body: changed });
    const nulls = Object.fromEntries(Object.keys(changed).map((member) => [member, null]));
    expect(await patch({ ...nulls, description: 'kept' })).toMatchObject({
      status: 200,
      body: { ...changed, description: 'kept' },
    });
    expect(await patch({ externalId: unique('external') })).toMatchObject({
      status: 200,
      body: { ...reset, description: 'kept' },
    });
    expect(await registry.get(`${path}/${id}`)).toMatchObject({ body: reset });
  });

  test('of /artifacts does not reset the state', async () => {
    const tag = { artifactType: 'model-artifact' };
    const { id } = await registry.create('/artifacts', { ...tag, name: unique('artifact'), state: 'LIVE' });
    const patched = await registry.call('PATCH', `/artifacts/${id}`, { ...tag, uri: 's3://bucket/model' });
    expect(patched).toMatchObject({ status: 200, body: { state: 'LIVE', uri: 's3://bucket/model' } });
  });

  test('keeps custom properties that it does not name, replaces the map that it names, and {} clears it', async () => {
    const one = { team: { metadataType: 'MetadataStringValue', string_value: 'a' } };
    const other = { rate: { metadataType: 'MetadataDoubleValue', double_value: 0.5 } };
    const body = { name: unique('environment'), customProperties: one };
    const { id } = await registry.create('/serving_environments', body);
    const patch = async (change: object) => (await registry.call('PATCH', `/serving_environments/${id}`, change)).body;
    expect(await patch({ description: 'text' })).toHaveProperty('customProperties', one);
    expect(await patch({ customProperties: null })).toHaveProperty('customProperties', one);
    expect(await patch({ customProperties: other })).toHaveProperty('customProperties', other);
    expect(await patch({ customProperties: {} })).toHaveProperty('customProperties', {});
  });

  test.each([
    ['/registered_models', 'name'],
    ['/inference_services', 'servingEnvironmentId'],
    ['/inference_services', 'registeredModelId'],
    ['/model_versions', 'registeredModelId'],
    ['/experiment_runs', 'startTimeSinceEpoch'],
    ['/serving_environments', 'id'],
  ])('of %s that names %s is refused: that member is no part of the update', async (path, member) => {
    expect(await registry.call('PATCH', `${path}/1`, { [member]: '1' })).toMatchObject({
      status: 400,
      body: { code: 'Bad Request' },
    });
  });

  test('of an unknown id is 404', async () => {
    expect(await registry.call('PATCH', '/inference_services/2000000000', { desiredState: 'DEPLOYED' })).toMatchObject({
      status: 404,
      body: { message: 'no InferenceService found for id 2000000000: not found' },
    });
  });
});

describe('get by id', () => {
  test.each([
    ['/inference_services', 'no InferenceService found for id 2000000000: not found'],
    ['/registered_models', 'no registered model found for id 2000000000: not found'],
    ['/serving_environments', 'no serving environment found for id 2000000000: not found'],
    ['/model_versions', 'no model version found for id 2000000000: not found'],
    ['/artifacts', 'no artifact found for id 2000000000: not found'],
  ])('of %s that does not exist is 404: %s', async (path, message) => {
    expect(await registry.get(`${path}/2000000000`)).toMatchObject({
      status: 404,
      body: { code: 'Not Found', message },
    });
  });

  test.each([
    ['iris', 'strconv.ParseInt: parsing "iris": invalid syntax'],
    ['1.5', 'strconv.ParseInt: parsing "1.5": invalid syntax'],
    ['2147483648', 'strconv.ParseInt: parsing "2147483648": value out of range'],
  ])('of %s, which is no int32, is 400', async (id, cause) => {
    const answer = await registry.get(`/inference_services/${id}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
    expect(answer.body).toMatchObject({ message: expect.stringContaining(cause) as string });
  });

  test('does not show an entity of another type', async () => {
    const model = await registry.createModel();
    expect(await registry.get(`/model_versions/${model.id}`)).toMatchObject({ status: 404 });
    expect(await registry.get(`/inference_services/${model.id}`)).toMatchObject({ status: 404 });
    const doc = await registry.create('/artifacts', { artifactType: 'doc-artifact', name: unique('doc') });
    expect(await registry.get(`/model_artifacts/${doc.id}`)).toMatchObject({ status: 404 });
  });

  test('leaves absent members out and gives no custom properties as an empty map', async () => {
    const environment = await registry.createEnvironment();
    const { body } = await registry.get(`/serving_environments/${environment.id}`);
    expect(body).toEqual({
      id: environment.id,
      name: environment.name,
      customProperties: {},
      createTimeSinceEpoch: environment['createTimeSinceEpoch'],
      lastUpdateTimeSinceEpoch: environment['lastUpdateTimeSinceEpoch'],
    });
  });
});

testOfDouble('an id is read as Go reads it: a sign and leading zeros are fine', async () => {
  const { id } = await registry.createEnvironment();
  expect(await registry.get(`/serving_environments/000${id}`)).toMatchObject({ status: 200, body: { id } });
  expect(await registry.get(`/serving_environments/%2B${id}`)).toMatchObject({ status: 200, body: { id } });
});

test('an inference service without a name gets one', async () => {
  const { id: servingEnvironmentId } = await registry.createEnvironment();
  const service = await registry.create('/inference_services', { registeredModelId: '1', servingEnvironmentId });
  expect(service.name).toMatch(/^[0-9a-f-]{36}$/);
  const parameters = { name: service.name, parentResourceId: servingEnvironmentId };
  expect(await registry.get(`/inference_service${query(parameters)}`)).toMatchObject({
    status: 200,
    body: { id: service.id },
  });
});
