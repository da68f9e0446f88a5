import { registryKeys } from '../../../../definitions/names/model-registry';
import { registrySyncLease } from '../../../../definitions/permissions/registry-sync';
import { waitFor } from '../../../cluster/wait-for';
import type { Fault } from '../../../faults/fault';
import { inferenceServiceOf as isvc, Installation } from '../installation';
import { startBehindProxy, struck } from './controller-behind-proxy';
import { Oracle } from './oracle';

let installation: Installation;
let oracle: Oracle;

beforeAll(async () => {
  installation = await Installation.make();
  oracle = await Oracle.of(installation);
}, 120_000);
afterAll(() => installation?.close());

it('finishes what it has begun on SIGTERM, gives its lease back, and leaves the rest to the next one', async () => {
  const { cluster, registry } = installation;
  const controller = await installation.start({ args: ['--leader-elect'], settings: { workers: 2 } });
  const namespace = await cluster.namespace('sigterm');
  const remove = registry.inject({ fault: { kind: 'late', latencyMs: 300 } });
  const objects = Array.from({ length: 8 }, (_, index) => isvc(namespace, `iris-${index}`));
  for (const object of objects) await cluster.create(object);
  await waitFor('a record to be created', () => registry.entities().inferenceServices.length > 0);

  await expect(controller.end('SIGTERM')).resolves.toBe('0');
  const last = controller.log
    .map(messageOf)
    .filter((message) => ['stopping', 'lease released', 'stopped'].includes(message));
  expect(last).toEqual(['stopping', 'lease released', 'stopped']);
  expect(await holder()).toBe('');
  const stored = await Promise.all(objects.map(installation.stored));
  const linked = stored.filter((object) => object?.metadata.labels?.[registryKeys.inferenceServiceId] !== undefined);
  const begun = stored.filter((object) => object?.metadata.finalizers !== undefined);
  expect(begun).toEqual(linked);
  expect(registry.entities().inferenceServices).toHaveLength(linked.length);
  // Else it was no stop with work left.
  expect(linked.length).toBeLessThan(objects.length);

  remove();
  const next = await installation.start({ args: ['--leader-elect'] });
  await oracle.holds(next);
  await next.end('SIGTERM');
});

it.each<[string, Fault]>([
  ['has not arrived', { kind: 'hold' }],
  ['has arrived but was not answered', { kind: 'stall' }],
])('makes no second record when it is killed after it made one and the label %s', async (_, fault) => {
  const namespace = await installation.cluster.namespace(`killed-${fault.kind}`);
  const object = isvc(namespace, `killed-${fault.kind}`);
  const { name } = object.metadata;
  const { controller, proxy } = await startBehindProxy(installation);
  const hasRecord = () =>
    installation.registry.entities().inferenceServices.some((one) => one.name.startsWith(`${name}/`));
  proxy.inject({
    matches: ({ method, path }) => method === 'PATCH' && path.endsWith(`/inferenceservices/${name}`) && hasRecord(),
    fault,
  });
  try {
    await installation.cluster.create(object);
    await struck(proxy, fault.kind);
    await expect(controller.end('SIGKILL')).resolves.toBe('SIGKILL');
  } finally {
    await proxy.close();
  }
  const next = await installation.start();
  await oracle.holds(next);
  const { metadata } = await installation.linked(object);
  expect(installation.recordsOf(metadata.uid)).toHaveLength(1);
  await next.end('SIGTERM');
});

async function holder(): Promise<string | undefined> {
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: registrySyncLease, namespace: 'kubeflow' },
  };
  const { spec } = (await installation.cluster.get(lease)) as unknown as { spec: { holderIdentity?: string } };
  return spec.holderIdentity;
}

function messageOf(line: string): string {
  return (JSON.parse(line) as { msg: string }).msg;
}
