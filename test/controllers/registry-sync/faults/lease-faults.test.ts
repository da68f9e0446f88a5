import { registryKeys } from '../../../../definitions/names/model-registry';
import { registrySyncLease } from '../../../../definitions/permissions/registry-sync';
import { waitFor } from '../../../cluster/wait-for';
import type { ControllerProcess } from '../controller-process';
import { inferenceServiceOf as isvc, Installation, type TestInferenceService } from '../installation';
import { startBehindProxy } from './controller-behind-proxy';
import { Oracle } from './oracle';
import { Workload } from './workload';

const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: registrySyncLease, namespace: 'kubeflow' },
};
const leaderElect = { args: ['--leader-elect'] };
/** Long enough for a lease of 15 s to run out and for a retry. */
const takeover = { timeout: 30_000 };

let installation: Installation;
let oracle: Oracle;
/** On an installation of its own, so that its 20 seconds of standstill pass while the others run. */
let standstill: { readonly installation: Installation; readonly outcome: Promise<void> };

beforeAll(async () => {
  const [own, other] = await Promise.all([Installation.make(), Installation.make()]);
  installation = own;
  oracle = await Oracle.of(own);
  standstill = { installation: other, outcome: standStill(other) };
  standstill.outcome.catch(() => undefined);
}, 120_000);
afterAll(() => Promise.all([installation?.close(), standstill?.installation.close()]));

it('ends before another takes over when the API server is out of its reach for longer than the renew deadline', async () => {
  const { controller, proxy } = await startBehindProxy(installation, leaderElect);
  try {
    const workload = await Workload.linked(installation, controller, 'unreachable');
    const successor = await installation.start(leaderElect);
    proxy.inject({ matches: () => true, fault: { kind: 'hold' } });
    proxy.cutAll();
    const cutOffAt = Date.now();
    await workload.change();
    await expect(controller.ended).resolves.toBe('1');
    const endedAt = Date.now();
    // The deadline counts from the last renewal, at most a retry before the cut; a second for the process to end.
    expect(endedAt - cutOffAt).toBeLessThan(10_000 + 1000);
    await acquired(successor);
    expect(Date.parse(await acquireTime())).toBeGreaterThan(endedAt);
    await oracle.holds(successor);
    await expect(successor.end('SIGTERM')).resolves.toBe('0');
  } finally {
    await proxy.close();
  }
});

it('ends and writes nothing more when its lease is stolen', async () => {
  const { cluster, registry } = installation;
  const controller = await installation.start(leaderElect);
  const workload = await Workload.linked(installation, controller, 'stolen');
  const asked = Promise.withResolvers<void>();
  // Work that would write as soon as the registry answers, which it does after the thief's first look.
  const fault = { kind: 'late', latencyMs: 8000 } as const;
  const remove = registry.inject({ fault, matches: ({ method }) => method === 'GET' && (asked.resolve(), true) });
  await workload.publish('https://not-by-me.example.com');
  await asked.promise;
  const before = registry.log.length;
  await cluster.patch(lease, { spec: { holderIdentity: 'thief' } });
  const mark = await cluster.audit.mark();
  await expect(controller.ended).resolves.toBe('1');
  const writes = (await cluster.audit.since(mark, { user: installation.user })).filter(
    ({ verb, code }) => !['get', 'list', 'watch'].includes(verb) && code < 300,
  );
  expect(writes).toEqual([]);
  expect(registry.log.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);

  remove();
  await cluster.patch(lease, { spec: { holderIdentity: '' } });
  await oracle.holds(await installation.start(leaderElect));
});

it('ends and writes nothing more, not at the registry either, when it stood still for 20 seconds', () =>
  standstill.outcome);

/** A process that is stopped with work in flight is replaced, and then goes on. */
async function standStill(place: Installation): Promise<void> {
  const { registry, cluster } = place;
  const judge = await Oracle.of(place);
  const { controller, proxy } = await startBehindProxy(place, leaderElect);
  try {
    const workload = await Workload.linked(place, controller, 'standstill');
    const successor = await place.start(leaderElect);
    // Both will have been answered when the process goes on, and a write to the registry comes next in both.
    const held: TestInferenceService = withFinalizer(isvc(workload.namespace, 'held'));
    const inFlight = await lateReads(place, 2);
    await workload.publish('https://stale.example.com');
    await cluster.create(held);
    await inFlight.begun;
    process.kill(controller.pid, 'SIGSTOP');
    const stoppedAt = performance.now();
    inFlight.remove();
    await acquired(successor);
    await judge.inStep();
    await workload.publish('https://by-the-successor.example.com');
    await judge.holds(successor);
    await waitFor('20 seconds to be over', () => performance.now() - stoppedAt > 20_000, takeover);

    const registryWrites = () => registry.log.filter(({ method }) => method !== 'GET').length;
    const before = registryWrites();
    const continuedAt = performance.now();
    process.kill(controller.pid, 'SIGCONT');
    expect(await controller.ended).toBe('1');
    expect(proxy.requests.filter(({ at, method }) => at > continuedAt && method !== 'GET')).toEqual([]);
    expect(registryWrites()).toBe(before);
    await judge.holds(successor);
  } finally {
    await proxy.close();
  }
}

/** Makes the next reads at the registry slow. */
async function lateReads({ registry }: Installation, count: number) {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  const remove = registry.inject({
    fault: { kind: 'late', latencyMs: 2000 },
    matches: ({ method, path }) => {
      const matches = method === 'GET' && /\/inference_services?(\/|$)/.test(path);
      if (matches && ++seen === count) resolve();
      return matches;
    },
    times: count,
  });
  return { begun, remove };
}

function withFinalizer(object: TestInferenceService): TestInferenceService {
  return { ...object, metadata: { ...object.metadata, finalizers: [registryKeys.finalizer] } } as TestInferenceService;
}

const acquired = ({ log }: ControllerProcess) =>
  waitFor('the successor to take the lease', () => log.some((line) => line.includes('lease acquired')), takeover);

async function acquireTime(): Promise<string> {
  const { spec } = (await installation.cluster.get(lease)) as unknown as { spec: { acquireTime: string } };
  return spec.acquireTime;
}
