import { startUpstreamFakeRegistry, type UpstreamFakeRegistry } from './upstream-fake-registry';

let registry: UpstreamFakeRegistry;

beforeEach(async () => {
  registry = await startUpstreamFakeRegistry();
});

afterEach(() => registry.close());

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: string }> {
  const answer = await fetch(`${registry.url}/api/model_registry/v1alpha3${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.text() };
}

const json = (body: object) => JSON.stringify(body);

test.each([
  ['GET', '/serving_environments', undefined, 404, ''],
  ['POST', '/serving_environments', { name: 'ns' }, 201, json({ name: 'ns', id: '1' })],
  ['PATCH', '/serving_environments', { name: 'ns' }, 200, ''],
  ['GET', '/serving_environment?name=ns', undefined, 404, '404 page not found\n'],
  ['GET', '/inference_services', undefined, 404, ''],
  ['POST', '/inference_services', { name: 'iris' }, 201, json({ name: 'iris', id: '1' })],
  ['PATCH', '/inference_services', { name: 'iris' }, 200, ''],
  ['GET', '/inference_service?name=iris&parentResourceId=1', undefined, 404, '404 page not found\n'],
  ['GET', '/inference_services/1', undefined, 404, ''],
  [
    'PATCH',
    '/inference_services/1',
    { desiredState: 'UNDEPLOYED' },
    201,
    json({ desiredState: 'UNDEPLOYED', id: '1' }),
  ],
  ['GET', '/inference_services/2', undefined, 404, '404 page not found\n'],
])('%s %s with body %j answers %i and %j', async (method, path, body, status, answer) => {
  expect(await call(method, path, body)).toEqual({ status, body: answer });
});

test('a PATCH replaces the stored record, its name included', async () => {
  await call('POST', '/inference_services', { name: 'iris', desiredState: 'DEPLOYED' });
  await call('PATCH', '/inference_services/1', { desiredState: 'UNDEPLOYED' });
  expect(registry.inferenceService()).toEqual({ desiredState: 'UNDEPLOYED', id: '1' });
  expect(await call('GET', '/inference_services/1')).toEqual({
    status: 200,
    body: json({ desiredState: 'UNDEPLOYED', id: '1' }),
  });
});

test('the record of one namespace overwrites the record of another: there is one id', async () => {
  await call('POST', '/inference_services', { name: 'first' });
  await call('POST', '/inference_services', { name: 'second' });
  expect(registry.inferenceService()).toEqual({ name: 'second', id: '1' });
});

test('requests are logged with the status of their answer', async () => {
  await call('GET', '/serving_environment?name=ns');
  expect(registry.log).toMatchObject([
    {
      method: 'GET',
      path: '/api/model_registry/v1alpha3/serving_environment',
      query: { name: 'ns' },
      body: '',
      status: 404,
    },
  ]);
  registry.clearLog();
  expect(registry.log).toEqual([]);
});
