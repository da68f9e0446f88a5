import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { registryKeys } from '../../../../definitions/names/model-registry';
import { waitFor } from '../../../cluster/wait-for';
import { startForwardProxy, type ForwardProxy } from '../../../doubles/forward-proxy/forward-proxy';
import { startModelRegistry, type ModelRegistry } from '../../../doubles/model-registry/server';
import { inferenceServiceOf, Installation } from '../installation';

/** Who gets the controller's token (check 11). */
let installation: Installation;
let stranger: ModelRegistry;
let proxy: ForwardProxy;
let tokenPath: string;

beforeAll(async () => {
  stranger = await startModelRegistry();
  proxy = await startForwardProxy(() => stranger.url);
  installation = await Installation.make({ requireExistingModel: false });
  tokenPath = join(installation.serviceAccountDirectory, 'registry-token');
  await writeFile(tokenPath, 'first-token');
  await installation.start({
    settings: { registry: { tokenFile: tokenPath } },
    env: { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' },
  });
}, 120_000);

afterAll(async () => {
  await installation?.close();
  await proxy?.close();
  await stranger?.close();
});

const authorizations = (registry: ModelRegistry) => new Set(registry.log.map(({ headers }) => headers.authorization));

describe('check 11: the token', () => {
  it('RS-20: goes to a discovered Service', async () => {
    const object = inferenceServiceOf(await installation.cluster.namespace('discovered'), 'iris');
    await installation.cluster.create(object);
    await installation.linked(object);
    expect(authorizations(installation.registry)).toEqual(new Set(['Bearer first-token']));
  });

  it('RS-20: does not go to a URL that a user wrote', async () => {
    const namespace = await installation.cluster.namespace('written');
    const annotations = { [registryKeys.url]: 'http://registry.attacker.example:8080' };
    const object = inferenceServiceOf(namespace, 'iris', { annotations });
    await installation.cluster.create(object);
    await installation.linked(object);
    expect(authorizations(stranger)).toEqual(new Set([undefined]));
  });

  it('RS-20: goes to a URL that a user wrote when the operator trusts its host', async () => {
    const namespace = await installation.cluster.namespace('trusted');
    installation.registry.clearLog();
    const annotations = { [registryKeys.url]: installation.registry.url };
    const object = inferenceServiceOf(namespace, 'iris', { annotations });
    await installation.cluster.create(object);
    await installation.linked(object);
    expect(authorizations(installation.registry)).toEqual(new Set(['Bearer first-token']));
  });

  it('RS-20: does not go to an address in the bookkeeping annotation, which users can write too', async () => {
    const namespace = await installation.cluster.namespace('forged');
    stranger.clearLog();
    const record = JSON.stringify({ registry: 'http://registry.attacker.example:8080', id: '1' });
    const object = inferenceServiceOf(namespace, 'iris', { annotations: { [registryKeys.record]: record } });
    await installation.cluster.create(object);
    await installation.linked(object);
    expect(stranger.log.length).toBeGreaterThan(0);
    expect(authorizations(stranger)).toEqual(new Set([undefined]));
  });

  it('RS-20: is read again when it has rotated', async () => {
    await writeFile(tokenPath, 'second-token');
    installation.registry.clearLog();
    const namespace = await installation.cluster.namespace('rotated');
    let count = 0;
    await waitFor(
      'a request with the new token',
      async () => {
        count += 1;
        const object = inferenceServiceOf(namespace, `iris-${count}`);
        await installation.cluster.create(object);
        await installation.linked(object);
        return authorizations(installation.registry).has('Bearer second-token');
      },
      { interval: 1_000 },
    );
  });

  it('is in no line of the log, no event and no annotation', async () => {
    const controller = await installation.start({ args: ['--zap-log-level=debug'] });
    const object = inferenceServiceOf(await installation.cluster.namespace('secret'), 'iris');
    await installation.cluster.create(object);
    await installation.linked(object);
    const own = await readFile(join(installation.serviceAccountDirectory, 'token'), 'utf8');
    const text =
      controller.log.join('\n') +
      JSON.stringify([await installation.stored(object), await installation.eventsOn(object)]);
    for (const secret of [own, 'first-token', 'second-token']) expect(text).not.toContain(secret);
  });

  it('that can not be read is said where it is, and the registry is not asked without it', async () => {
    const missing = join(installation.serviceAccountDirectory, 'no-such-token');
    installation.registry.clearLog();
    const second = await Installation.make({ registry: { tokenFile: missing } });
    try {
      await second.start();
      const object = inferenceServiceOf(await second.cluster.namespace('unreadable'), 'iris');
      await second.cluster.create(object);
      const { note } = await second.event(object, 'RegistryUnreachable');
      expect(note).toContain(`reading token file ${missing}: ENOENT`);
      expect(second.registry.log).toEqual([]);
    } finally {
      await second.close();
    }
  }, 60_000);
});
