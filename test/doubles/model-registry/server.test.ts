import { request } from 'node:http';
import { registryFaults } from './faults';
import { RegistryUnderTest, testOfDouble } from './registry-under-test';
import { startModelRegistry } from './server';

const registry = new RegistryUnderTest();

/** The 56 operations of the contract, by path. */
const operations: [string, string][] = [
  ['/artifact', 'GET'],
  ['/artifacts', 'GET POST'],
  ['/artifacts/{id}', 'GET PATCH'],
  ['/experiment', 'GET'],
  ['/experiment_run', 'GET'],
  ['/experiment_runs', 'GET POST'],
  // The PATCH is the one by id, which takes any segment for an id.
  ['/experiment_runs/metric_history', 'GET PATCH'],
  ['/experiment_runs/{id}', 'GET PATCH'],
  ['/experiment_runs/{id}/artifacts', 'GET POST'],
  ['/experiment_runs/{id}/metric_history', 'GET'],
  ['/experiments', 'GET POST'],
  ['/experiments/{id}', 'GET PATCH'],
  ['/experiments/{id}/experiment_runs', 'GET POST'],
  ['/inference_service', 'GET'],
  ['/inference_services', 'GET POST'],
  ['/inference_services/{id}', 'GET PATCH'],
  ['/inference_services/{id}/model', 'GET'],
  ['/inference_services/{id}/serves', 'GET POST'],
  ['/inference_services/{id}/version', 'GET'],
  ['/model_artifact', 'GET'],
  ['/model_artifacts', 'GET POST'],
  ['/model_artifacts/{id}', 'GET PATCH'],
  ['/model_version', 'GET'],
  ['/model_versions', 'GET POST'],
  ['/model_versions/{id}', 'GET PATCH'],
  ['/model_versions/{id}/artifacts', 'GET POST'],
  ['/registered_model', 'GET'],
  ['/registered_models', 'GET POST'],
  ['/registered_models/{id}', 'GET PATCH'],
  ['/registered_models/{id}/versions', 'GET POST'],
  ['/serving_environment', 'GET'],
  ['/serving_environments', 'GET POST'],
  ['/serving_environments/{id}', 'GET PATCH'],
  ['/serving_environments/{id}/inference_services', 'GET POST'],
];

test.each(operations)('%s has the methods %s and no other', async (path, methods) => {
  const concrete = path.replace('{id}', '2000000000');
  for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']) {
    const body = method === 'GET' ? undefined : '{';
    const answer = await registry.call(method, concrete, body);
    if (methods.split(' ').includes(method)) expect(answer.contentType).toBe('application/json; charset=UTF-8');
    else expect(answer).toMatchObject({ status: 405, body: '' });
  }
});

test.each([
  '/registered_models/',
  '/registered_models/1/',
  '/registered_models//versions',
  '/registered_models/1/artifacts',
  '/',
])('%s is no route', async (path) => {
  const answer = await registry.get(path);
  expect(answer).toMatchObject({ status: 404, contentType: expect.stringContaining('text/plain') as string });
  expect(String(answer.body).trim()).toBe('404 page not found');
});

test.each(['/api/model_registry/v1alpha2/registered_models', '/registered_models', '//'])(
  '%s, outside of the base path, is no route',
  async (path) => {
    expect(await registry.call('GET', path, undefined, 'root')).toMatchObject({ status: 404 });
  },
);

describe('health', () => {
  test.each(['/readyz/isDirty', '/readyz/health'])('%s is OK', async (path) => {
    expect(await registry.call('GET', path, undefined, 'root')).toMatchObject({ status: 200, body: 'OK' });
    expect(await registry.call('POST', path, '{}', 'root')).toMatchObject({ status: 405 });
  });

  test('tells its checks as JSON', async () => {
    const database = {
      Name: 'database',
      Status: 'pass',
      Details: { schema_version: expect.anything() as unknown, schema_dirty: false },
    };
    const answer = await registry.call('GET', '/readyz/health?format=json', undefined, 'root');
    expect(answer).toMatchObject({ status: 200, body: { status: 'pass' } });
    expect(answer.body).toMatchObject({
      checks: {
        database,
        'model-registry': { Name: 'model-registry', Status: 'pass' },
        meta: { Details: { check_duration_ms: expect.anything() as unknown, timestamp: expect.anything() as unknown } },
      },
    });
  });

  testOfDouble('fails while the database is not connected', async () => {
    const connected = registry.double.inject({ fault: registryFaults.startingUp });
    const health = (path: string) => registry.call('GET', path, undefined, 'root');
    expect(await health('/readyz/isDirty')).toMatchObject({ status: 503, body: 'database connector not initialized' });
    expect(await health('/readyz/health')).toMatchObject({ status: 503 });
    const failed = await health('/readyz/health?format=json');
    expect(failed).toMatchObject({ status: 503, body: { status: 'fail' } });
    expect(failed.body).toMatchObject({
      checks: { 'model-registry': { Status: 'fail', Message: 'model registry service not yet initialized' } },
    });
    connected();
    expect(await health('/readyz/health')).toMatchObject({ status: 200 });
  });
});

describe('the double itself', () => {
  testOfDouble('stays when a client goes away in the middle of its request', async () => {
    const cut = request(`${registry.double.url}/api/model_registry/v1alpha3/registered_models`, { method: 'POST' });
    const gone = new Promise((resolve) => cut.once('close', resolve));
    cut.on('error', () => undefined);
    cut.write('{"name":');
    cut.flushHeaders();
    setTimeout(() => cut.destroy(), 20);
    await gone;
    expect(await registry.get('/registered_models')).toMatchObject({ status: 200 });
  });

  testOfDouble('says that an id with a broken escape is a bad request', async () => {
    expect(await registry.get('/registered_models/%zz')).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
  });

  testOfDouble('listens on the port that it was given, and throws when that is taken', async () => {
    const first = await startModelRegistry();
    const port = Number(new URL(first.url).port);
    await expect(startModelRegistry({ port })).rejects.toThrow('EADDRINUSE');
    await first.close();
    const second = await startModelRegistry({ port });
    expect(second.url).toBe(first.url);
    await second.close();
  });

  testOfDouble('answers late when told so, and closes without waiting for late answers', async () => {
    const late = await startModelRegistry({ latencyMs: 60_000 });
    const answer = fetch(`${late.url}/readyz/health`).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = performance.now();
    await late.close();
    expect(performance.now() - before).toBeLessThan(5000);
    expect(String(await answer)).toContain('fetch failed');
  });

  testOfDouble('shows what is stored without a request', async () => {
    const own = await startModelRegistry({ clock: { now: () => 1742369743855 } });
    await (
      await fetch(`${own.url}/api/model_registry/v1alpha3/serving_environments`, {
        method: 'POST',
        body: '{"name":"ml-models"}',
      })
    ).text();
    own.clearLog();
    const { servingEnvironments, ...others } = own.entities();
    expect(servingEnvironments).toEqual([
      {
        id: '1',
        name: 'ml-models',
        customProperties: {},
        createTimeSinceEpoch: '1742369743855',
        lastUpdateTimeSinceEpoch: '1742369743855',
      },
    ]);
    expect(Object.values(others).flat()).toEqual([]);
    expect(own.log).toEqual([]);
    await own.close();
  });
});
