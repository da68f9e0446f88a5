import { services } from '../../../definitions/kubernetes/core-resources';
import { hasFinalizer, withFinalizer, withoutFinalizer } from '../../../controllers/runtime/finalizers';
import { testCluster } from '../../cluster/test-cluster';
import { runtimeClient } from './runtime-client';

const finalizer = 'slipway.dev/held';
const cluster = testCluster();
const { client, connection } = runtimeClient({ url: cluster.url, ca: cluster.ca, token: cluster.adminToken });

afterAll(() => connection.close());

async function service() {
  const namespace = await cluster.namespace('finalizers');
  return client.create(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'held', namespace, finalizers: ['example.com/theirs'] },
    spec: { ports: [{ port: 80 }] },
  });
}
const refOf = ({ metadata }: Awaited<ReturnType<typeof service>>) => ({
  name: metadata.name ?? '',
  namespace: metadata.namespace ?? '',
});

describe('a finalizer', () => {
  it('is added beside others and taken away again, and they stay', async () => {
    const made = await service();
    const held = await client.mergePatch(services, refOf(made), withFinalizer(made, finalizer));
    expect(held.metadata.finalizers).toEqual(['example.com/theirs', finalizer]);
    expect(hasFinalizer(held, finalizer)).toBe(true);
    const free = await client.mergePatch(services, refOf(made), withoutFinalizer(held, finalizer));
    expect(free.metadata.finalizers).toEqual(['example.com/theirs']);
    await client.mergePatch(services, refOf(made), withoutFinalizer(free, 'example.com/theirs'));
  });

  it('of somebody else that was added meanwhile is not lost: the patch is refused', async () => {
    const made = await service();
    const theirs = await client.mergePatch(services, refOf(made), withFinalizer(made, 'example.com/more'));
    await expect(client.mergePatch(services, refOf(made), withFinalizer(made, finalizer))).rejects.toThrow('409');
    expect(theirs.metadata.finalizers).toEqual(['example.com/theirs', 'example.com/more']);
    await client.mergePatch(services, refOf(made), { metadata: { finalizers: null } });
  });
});
