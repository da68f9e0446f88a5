import { registryKeys } from '../../../../definitions/names/model-registry';
import { waitFor } from '../../../cluster/wait-for';
import { registryFaults, type RegistryFault } from '../../../doubles/model-registry/faults';
import { startModelRegistry, type ModelRegistry } from '../../../doubles/model-registry/server';
import { inferenceServiceOf, Installation } from '../installation';

/** A registry that does not answer as it should (check 5). */
let installation: Installation;
let dead: ModelRegistry;

beforeAll(async () => {
  dead = await startModelRegistry();
  const trustedHosts = [new URL(dead.url).host];
  // Two workers: one registry that never answers would stall everything if it could.
  installation = await Installation.make({
    workers: 2,
    requireExistingModel: false,
    registry: { requestTimeoutSeconds: 1, trustedHosts },
  });
  await installation.start();
}, 120_000);

afterAll(async () => {
  await installation?.close();
  await dead?.close();
});

const posts = () => installation.registry.log.filter(({ method }) => method === 'POST');

describe('check 5: a look that fails', () => {
  it.each<[string, RegistryFault]>([
    ['is answered 500', registryFaults.internalError],
    ['is answered 401', registryFaults.unauthorized],
    ['is not answered', registryFaults.silence],
    ['is answered 400', { kind: 'answer', status: 400, headers: {}, body: '{"code":"400","message":"bad"}' }],
  ])('RS-16: and %s leads to no creation', async (_, fault) => {
    const namespace = await installation.cluster.namespace('fails');
    const before = posts().length;
    const stop = installation.registry.inject({ matches: ({ method }) => method === 'GET', fault });
    const object = inferenceServiceOf(namespace, 'iris');
    await installation.cluster.create(object);
    await waitFor('a warning', async () =>
      (await installation.eventsOn(object)).some(({ type }) => type === 'Warning'),
    );
    expect(posts()).toHaveLength(before);
    expect((await installation.stored(object))?.metadata.finalizers ?? []).toEqual([]);
    stop();
    // Something else to ask for wakes one that the registry rejected; the others come back by themselves.
    const annotations = { [registryKeys.publishedUrl]: 'https://iris.example.com' };
    await installation.cluster.patch(object, { metadata: { annotations } });
    await installation.linked(object);
  });
});

describe('a registry that never answers', () => {
  it('RS-27: does not keep the InferenceServices of another one waiting', async () => {
    const stop = dead.inject({ fault: registryFaults.silence });
    const namespace = await installation.cluster.namespace('stalled');
    for (let index = 0; index < 30; index += 1) {
      const annotations = { [registryKeys.url]: dead.url };
      await installation.cluster.create(inferenceServiceOf(namespace, `stalled-${index}`, { annotations }));
    }
    await waitFor('the first to be given up', () => dead.log.length >= 5);
    const started = performance.now();
    const object = inferenceServiceOf(namespace, 'lively');
    await installation.cluster.create(object);
    await installation.linked(object);
    // With every one of the 30 in line for a second each, two at a time, it would take fifteen.
    expect(performance.now() - started).toBeLessThan(10_000);
    const event = await installation.event(inferenceServiceOf(namespace, 'stalled-0'), 'RegistryUnreachable');
    expect(event.note).toContain('no complete answer within 1 s');
    stop();
    await installation.linked(inferenceServiceOf(namespace, 'stalled-29'));
  }, 90_000);
});

describe('a registry that is overloaded', () => {
  it('RS-42: is asked again after the time it names', async () => {
    const stop = installation.registry.inject({
      times: 1,
      matches: ({ method, path }) => method === 'POST' && path.endsWith('/inference_services'),
      fault: { kind: 'answer', status: 429, headers: { 'retry-after': '2' }, body: '' },
    });
    const object = inferenceServiceOf(await installation.cluster.namespace('overloaded'), 'iris');
    const started = performance.now();
    await installation.cluster.create(object);
    await installation.linked(object);
    stop();
    expect(performance.now() - started).toBeGreaterThan(1_900);
  });

  it('RS-42: is asked again at once after a first failure', async () => {
    const stop = installation.registry.inject({ times: 1, fault: registryFaults.reset });
    const object = inferenceServiceOf(await installation.cluster.namespace('hiccup'), 'iris');
    await installation.cluster.create(object);
    await installation.linked(object);
    stop();
    expect(installation.registry.log.filter(({ status }) => status === 0).length).toBeGreaterThan(0);
  });

  it('RS-42: is not asked again and again for a request that it rejects', async () => {
    const stop = installation.registry.inject({
      matches: ({ method, path }) => method === 'POST' && path.endsWith('/inference_services'),
      fault: { kind: 'answer', status: 422, headers: {}, body: '{"code":"422","message":"no such thing"}' },
    });
    const object = inferenceServiceOf(await installation.cluster.namespace('rejected'), 'iris');
    await installation.cluster.create(object);
    const { note } = await installation.event(object, 'RegistryRejected');
    expect(note).toContain('422 no such thing');
    const { uid = '' } = (await installation.stored(object))?.metadata ?? {};
    // What comes later shows that there was time for more.
    const later = inferenceServiceOf(await installation.cluster.namespace('later'), 'iris');
    await installation.cluster.create(later);
    await installation.event(later, 'RegistryRejected');
    stop();
    expect(posts().filter(({ body }) => body.includes(uid))).toHaveLength(1);
  });
});
