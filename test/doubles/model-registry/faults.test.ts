import { registryFaults, type RegistryFault } from './faults';
import { RegistryUnderTest, testOfDouble, unique } from './registry-under-test';

const registry = new RegistryUnderTest();

const environments = '/serving_environments';

async function faulty(fault: RegistryFault) {
  registry.double.inject({ fault, times: 1 });
  return registry.get(environments);
}

describe('each fault is what the client sees', () => {
  testOfDouble('an internal error', async () => {
    expect(await faulty(registryFaults.internalError)).toMatchObject({
      status: 500,
      contentType: 'application/json; charset=UTF-8',
      body: { code: 'Internal Server Error' },
    });
  });

  testOfDouble('an empty body', async () => {
    expect(await faulty(registryFaults.emptyBody)).toEqual({ status: 200, contentType: null, body: '' });
  });

  testOfDouble('a redirect that names where to log in', async () => {
    registry.double.inject({ fault: registryFaults.redirectToLogin, times: 1 });
    const answer = await fetch(registry.double.url, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/oauth2/start']);
  });

  testOfDouble('a login page instead of an entity', async () => {
    const answer = await faulty(registryFaults.loginPage);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('<html>');
  });

  testOfDouble('an answer of the test’s own', async () => {
    const headers = { 'content-type': 'text/plain', 'retry-after': '7' };
    registry.double.inject({ fault: { kind: 'answer', status: 429, headers, body: 'slow down' }, times: 1 });
    const answer = await fetch(registry.double.url);
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([429, '7', 'slow down']);
  });
});

describe('what a fault does to the data', () => {
  const post = (name: string) => registry.call('POST', environments, { name });
  const stored = (name: string) =>
    registry.double.entities().servingEnvironments.some((environment) => environment.name === name);

  testOfDouble('a reset connection leaves nothing behind', async () => {
    const name = unique('environment');
    registry.double.inject({ fault: registryFaults.reset, times: 1 });
    await expect(post(name)).rejects.toThrow('fetch failed');
    expect(stored(name)).toBe(false);
  });

  testOfDouble('a lost answer leaves the entity behind, so that the next create is a conflict', async () => {
    const name = unique('environment');
    registry.double.inject({ fault: registryFaults.lostAnswer, times: 1 });
    await expect(post(name)).rejects.toThrow('fetch failed');
    expect(stored(name)).toBe(true);
    expect(await post(name)).toMatchObject({ status: 409 });
  });

  testOfDouble('silence leaves nothing behind and lasts until the client gives up', async () => {
    const name = unique('environment');
    registry.double.inject({ fault: registryFaults.silence, times: 1 });
    const url = `${registry.double.url}/api/model_registry/v1alpha3${environments}`;
    const signal = AbortSignal.timeout(100);
    await expect(fetch(url, { method: 'POST', body: JSON.stringify({ name }), signal })).rejects.toThrow('timeout');
    expect(stored(name)).toBe(false);
  });
});

describe('a rule', () => {
  afterEach(() => registry.double.clearFaults());

  testOfDouble('strikes as often as it says, then never again', async () => {
    registry.double.inject({ fault: registryFaults.unauthorized, times: 2 });
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await registry.get(environments)).status);
    expect(statuses).toEqual([401, 401, 200]);
  });

  testOfDouble('strikes where it matches method and path', async () => {
    registry.double.inject({
      fault: registryFaults.forbidden,
      matches: ({ method, path }) => method === 'POST' && path.endsWith(environments),
    });
    expect(await registry.get(environments)).toMatchObject({ status: 200 });
    expect(await registry.call('POST', '/registered_models', { name: unique('model') })).toMatchObject({ status: 201 });
    expect(await registry.call('POST', environments, { name: unique('environment') })).toMatchObject({ status: 403 });
  });

  testOfDouble('that came first strikes first, and ends when it is taken away', async () => {
    const end = registry.double.inject({ fault: registryFaults.unauthorized });
    registry.double.inject({ fault: registryFaults.forbidden });
    expect(await registry.get(environments)).toMatchObject({ status: 401 });
    end();
    expect(await registry.get(environments)).toMatchObject({ status: 403 });
    registry.double.clearFaults();
    expect(await registry.get(environments)).toMatchObject({ status: 200 });
  });

  testOfDouble('shows in the log: the status that was sent, 0 for none', async () => {
    registry.double.clearLog();
    registry.double.inject({ fault: registryFaults.forbidden, times: 1 });
    registry.double.inject({ fault: registryFaults.reset, times: 1 });
    await registry.get(environments);
    await registry.get(environments).catch(() => undefined);
    expect(registry.double.log.map(({ status }) => status)).toEqual([403, 0]);
  });
});
