import { setTimeout as delay } from 'node:timers/promises';
import { query, RegistryUnderTest, testOfDouble, unique } from './registry-under-test';
import { registryFaults } from './faults';
import { startModelRegistry } from './server';

/** The numbers are those of the README's list of what the double reproduces. */
const registry = new RegistryUnderTest();

test('1: ids are decimal strings that increase', async () => {
  const first = await registry.createEnvironment();
  const second = await registry.createModel();
  expect([first.id, second.id]).toEqual([
    expect.stringMatching(/^[1-9][0-9]*$/),
    expect.stringMatching(/^[1-9][0-9]*$/),
  ]);
  expect(Number(second.id)).toBeGreaterThan(Number(first.id));
});

testOfDouble('1: contexts, artifacts and executions count for themselves', async () => {
  const own = await startModelRegistry();
  const create = async (path: string, body: object) => {
    const url = `${own.url}/api/model_registry/v1alpha3${path}`;
    await (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).text();
  };
  try {
    await create('/registered_models', { name: 'iris' });
    await create('/model_versions', { name: 'v1', registeredModelId: '1' });
    await create('/model_versions/2/artifacts', { artifactType: 'model-artifact', name: 'model' });
    await create('/serving_environments', { name: 'ns' });
    await create('/inference_services', { name: 'iris', registeredModelId: '1', servingEnvironmentId: '3' });
    await create('/inference_services/4/serves', { modelVersionId: '2' });
    const { registeredModels, modelVersions, artifacts, servingEnvironments, inferenceServices, serveModels } =
      own.entities();
    const ids = [registeredModels, modelVersions, servingEnvironments, inferenceServices, artifacts, serveModels];
    expect(ids.map((entities) => entities.map(({ id }) => id))).toEqual([['1'], ['2'], ['3'], ['4'], ['1'], ['1']]);
  } finally {
    await own.close();
  }
});

test('2: times are strings of milliseconds, and a PATCH moves the last update', async () => {
  const before = Date.now();
  const created = await registry.createModel();
  expect(created['createTimeSinceEpoch']).toMatch(/^[0-9]{13}$/);
  expect(created['lastUpdateTimeSinceEpoch']).toBe(created['createTimeSinceEpoch']);
  expect(Math.abs(Number(created['createTimeSinceEpoch']) - before)).toBeLessThan(60_000);
  await delay(5);
  const { body } = await registry.call('PATCH', `/registered_models/${created.id}`, {
    description: 'changed',
    state: 'LIVE',
  });
  expect(body).toMatchObject({ createTimeSinceEpoch: created['createTimeSinceEpoch'], description: 'changed' });
  expect(body).not.toMatchObject({ lastUpdateTimeSinceEpoch: created['lastUpdateTimeSinceEpoch'] });
});

test('3: a name that is taken is answered with 409, per type and parent', async () => {
  const name = unique('taken');
  const [first, second] = [await registry.createEnvironment(name), await registry.createEnvironment()];
  expect(await registry.call('POST', '/serving_environments', { name })).toMatchObject({
    status: 409,
    body: { code: 'Conflict', message: `serving environment with name ${name} already exists: conflict` },
  });
  await registry.createModel(name);
  await registry.createInferenceService(first.id, { name });
  await registry.createInferenceService(second.id, { name });
  const again = { name, registeredModelId: '1', servingEnvironmentId: first.id };
  expect(await registry.call('POST', '/inference_services', again)).toMatchObject({
    status: 409,
    body: { code: 'Conflict', message: `inference service with name ${first.id}:${name} already exists: conflict` },
  });
});

test('3: an external id that is taken by another type of the same table is answered with 409', async () => {
  const externalId = unique('external');
  await registry.create('/registered_models', { name: unique('model'), externalId });
  const name = unique('environment');
  expect(await registry.call('POST', '/serving_environments', { name, externalId })).toMatchObject({
    status: 409,
    body: { message: `serving environment with name ${name} already exists: conflict` },
  });
  await registry.create('/artifacts', { artifactType: 'doc-artifact', name: unique('doc'), externalId });
});

test('4: find takes the name as a pattern, and several matches are 404', async () => {
  const prefix = unique('find');
  const dashed = await registry.createModel(`${prefix}-model`);
  const byPattern = `/registered_model${query({ name: `${prefix}_model` })}`;
  expect(await registry.get(byPattern)).toMatchObject({
    status: 200,
    body: { id: dashed.id, name: `${prefix}-model` },
  });
  await registry.createModel(`${prefix}_model`);
  const several = await registry.get(byPattern);
  expect(several).toMatchObject({ status: 404, body: { code: 'Not Found' } });
  expect(several.body).toMatchObject({
    message: expect.stringMatching(/^multiple registered models found for .*: not found$/) as string,
  });
});

test('4: find without parameters is 400', async () => {
  expect(await registry.get('/registered_model')).toMatchObject({
    status: 400,
    body: { code: 'Bad Request', message: 'invalid parameters call, supply either name or externalId: bad request' },
  });
});

test('5: an id of another type is 404, an id that is no number 400', async () => {
  const model = await registry.createModel();
  expect(await registry.get(`/serving_environments/${model.id}`)).toMatchObject({
    status: 404,
    body: { code: 'Not Found', message: `no serving environment found for id ${model.id}: not found` },
  });
  expect(await registry.get('/serving_environments/ns')).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
});

test('6: a missing member is 422 with the code of a 400, an unknown one 400, an untagged value 400', async () => {
  const environment = await registry.createEnvironment();
  const name = unique('service');
  expect(
    await registry.call('POST', '/inference_services', { name, servingEnvironmentId: environment.id }),
  ).toMatchObject({
    status: 422,
    body: { code: 'Bad Request', message: "required field 'registeredModelId' is zero value." },
  });
  const unknown = await registry.call('POST', '/serving_environments', { name, colour: 'red' });
  expect(unknown).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
  expect(unknown.body).toMatchObject({ message: expect.stringContaining('json: unknown field "colour"') as string });
  const untagged = await registry.call('POST', '/serving_environments', {
    name,
    customProperties: { url: { string_value: 'x' } },
  });
  expect(untagged).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
  expect(untagged.body).toMatchObject({ message: expect.stringContaining('metadataType not found for url') as string });
});

test('7: a PATCH without desiredState deploys again, and replaces the whole map of custom properties', async () => {
  const { id } = await registry.createEnvironment();
  const text = (value: string) => ({ metadataType: 'MetadataStringValue', string_value: value });
  const service = await registry.createInferenceService(id, {
    desiredState: 'UNDEPLOYED',
    runtime: 'kserve-sklearnserver',
    customProperties: { url: text('https://old'), team: text('a') },
  });
  expect(service).toMatchObject({ desiredState: 'UNDEPLOYED' });
  const patched = await registry.call('PATCH', `/inference_services/${service.id}`, {
    customProperties: { url: text('https://new') },
  });
  expect(patched).toMatchObject({ status: 200, body: { desiredState: 'DEPLOYED', runtime: 'kserve-sklearnserver' } });
  expect(patched.body).toHaveProperty('customProperties', { url: text('https://new') });
});

test('8: struct values come back as plain JSON text, which the registry refuses to take again', async () => {
  const struct = (value: string) => ({ limits: { metadataType: 'MetadataStructValue', struct_value: value } });
  const customProperties = struct(Buffer.from('{"rate":5}').toString('base64'));
  const created = await registry.create('/serving_environments', { name: unique('environment'), customProperties });
  expect(created['customProperties']).toEqual(struct('{"rate":5}'));
  const path = `/serving_environments/${created.id}`;
  expect(await registry.call('PATCH', path, { customProperties: created['customProperties'] })).toMatchObject({
    status: 400,
  });
  expect(await registry.get(path)).toMatchObject({ status: 200, body: { customProperties: struct('{"rate":5}') } });
});

test('9: pages are cut by keyset, the token names the last id and its sort value, page size 0 means all', async () => {
  const model = await registry.createModel();
  const path = `/registered_models/${model.id}/versions`;
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) ids.push((await registry.createVersion(model.id, name)).id);
  const first = await registry.list(`${path}?pageSize=2`);
  expect(first).toMatchObject({ pageSize: 2, size: 2, items: [{ name: 'a' }, { name: 'b' }] });
  expect(Buffer.from(first.nextPageToken, 'base64').toString()).toBe(`${ids[1]}:${ids[1]}`);
  const last = await registry.list(`${path}${query({ pageSize: '2', nextPageToken: first.nextPageToken })}`);
  expect(last).toMatchObject({ pageSize: 2, size: 1, nextPageToken: '', items: [{ name: 'c' }] });
  expect(await registry.list(`${path}?pageSize=0`)).toMatchObject({ pageSize: 0, size: 3, nextPageToken: '' });
});

test('10: model versions honour filterQuery', async () => {
  const model = await registry.createModel();
  for (const name of ['a', 'b']) await registry.createVersion(model.id, name, { author: name });
  expect(
    await registry.names(`/registered_models/${model.id}/versions${query({ filterQuery: "author = 'b'" })}`),
  ).toEqual(['b']);
});

const nothing = query({ filterQuery: "name = 'nothing has this name'" });
const filterless = ['/inference_services', '/serving_environments', '/model_artifacts'];

testOfDouble('10: inference services, environments, serves and model artifacts ignore filterQuery', async () => {
  const { environment, service } = await served(registry);
  await registry.create('/model_artifacts', { name: unique('model') });
  for (const path of [
    ...filterless,
    `/serving_environments/${environment}/inference_services`,
    `/inference_services/${service}/serves`,
  ]) {
    expect((await registry.list(`${path}${nothing}`)).size).toBeGreaterThan(0);
  }
});

describe('of a newer server', () => {
  const newer = new RegistryUnderTest({ honourInferenceServiceFilter: true });

  testOfDouble('10: inference services, environments, serves and model artifacts honour filterQuery', async () => {
    const { environment, service } = await served(newer);
    await newer.create('/model_artifacts', { name: unique('model') });
    for (const path of [
      ...filterless,
      `/serving_environments/${environment}/inference_services`,
      `/inference_services/${service}/serves`,
    ]) {
      expect((await newer.list(path)).size).toBeGreaterThan(0);
      expect((await newer.list(`${path}${nothing}`)).size).toBe(0);
    }
  });
});

test('11: an inference service may name a model and a version that do not exist, but not an environment', async () => {
  const environment = await registry.createEnvironment();
  const members = { registeredModelId: '2000000001', modelVersionId: '2000000002' };
  expect(await registry.createInferenceService(environment.id, members)).toMatchObject(members);
  const lost = { name: unique('service'), ...members, servingEnvironmentId: '2000000003' };
  expect(await registry.call('POST', '/inference_services', lost)).toMatchObject({
    status: 404,
    body: { code: 'Not Found', message: 'no serving environment found for id 2000000003: not found' },
  });
});

test('12: creating an inference service answers 201, though the contract says 200', async () => {
  const { id } = await registry.createEnvironment();
  const body = { name: unique('service'), registeredModelId: '1', servingEnvironmentId: id };
  expect(await registry.call('POST', '/inference_services', body)).toMatchObject({
    status: 201,
    contentType: 'application/json; charset=UTF-8',
    body: { ...body, desiredState: 'DEPLOYED', customProperties: {} },
  });
});

test('13: an unknown route is 404 as plain text', async () => {
  const answer = await registry.get('/model_registries');
  expect(answer).toMatchObject({ status: 404, contentType: expect.stringContaining('text/plain') as string });
  expect(String(answer.body).trim()).toBe('404 page not found');
});

testOfDouble('13: start-up mode, latency, resets and proxies can be injected', async () => {
  const faulty = async (fault: keyof typeof registryFaults) => {
    registry.double.inject({ fault: registryFaults[fault], times: 1 });
    return registry.get('/serving_environments');
  };
  const startingUp = await faulty('startingUp');
  expect(startingUp).toMatchObject({ status: 503, contentType: 'text/plain; charset=utf-8' });
  expect(startingUp.body).toBe(
    'Datastore service is down or unavailable. Please check that the database is reachable and try again later.',
  );
  expect(await faulty('unauthorized')).toMatchObject({ status: 401 });
  expect(await faulty('forbidden')).toMatchObject({ status: 403 });
  expect(await faulty('redirectToLogin')).toMatchObject({ status: 302 });
  expect(await faulty('loginPage')).toMatchObject({ status: 200, contentType: 'text/html; charset=utf-8' });
  await expect(faulty('reset')).rejects.toThrow();
  registry.double.inject({ fault: { kind: 'late', latencyMs: 50 }, times: 1 });
  const before = performance.now();
  expect(await registry.get('/serving_environments')).toMatchObject({ status: 200 });
  expect(performance.now() - before).toBeGreaterThan(45);
});

testOfDouble('14: requests are logged with method, path, query, headers, body and status', async () => {
  registry.double.clearLog();
  const name = unique('environment');
  await registry.createEnvironment(name);
  await registry.get(`/serving_environment${query({ name })}`);
  const base = '/api/model_registry/v1alpha3';
  expect(registry.double.log).toMatchObject([
    { method: 'POST', path: `${base}/serving_environments`, query: {}, body: JSON.stringify({ name }), status: 201 },
    { method: 'GET', path: `${base}/serving_environment`, query: { name }, body: '', status: 200 },
  ]);
  expect(registry.double.log[0]?.headers).toHaveProperty('host', new URL(registry.double.url).host);
});

async function served(under: RegistryUnderTest): Promise<{ environment: string; service: string }> {
  const model = await under.createModel();
  const version = await under.createVersion(model.id);
  const environment = await under.createEnvironment();
  const service = await under.createInferenceService(environment.id, { registeredModelId: model.id });
  await under.create(`/inference_services/${service.id}/serves`, { modelVersionId: version.id });
  return { environment: environment.id, service: service.id };
}
