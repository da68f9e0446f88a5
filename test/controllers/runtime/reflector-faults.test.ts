import { realClock, type Clock } from '../../../controllers/runtime/clock';
import { Reflector } from '../../../controllers/runtime/reflector';
import { Store } from '../../../controllers/runtime/store';
import type { KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import { testCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { startFaultProxy, type FaultProxy } from '../../faults/fault-proxy';
import { logLines } from './log-lines';
import { configMaps, runtimeClient } from './runtime-client';

const cluster = testCluster();
const stop = new AbortController();
let proxy: FaultProxy;
let parts: ReturnType<typeof runtimeClient>;
let namespace: string;
const running: Promise<void>[] = [];

beforeAll(async () => {
  namespace = await cluster.namespace('reflector-faults');
  proxy = await startFaultProxy({ target: cluster.url, ca: cluster.ca });
  parts = runtimeClient({ url: proxy.url, ca: cluster.ca, token: cluster.adminToken });
});
afterAll(async () => {
  stop.abort();
  await Promise.all(running);
  await parts.connection.close();
  await proxy.close();
});

const configMap = (name: string, data: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

function reflect(namespaceSelection: string, idleSeconds = 90, clock: Clock = realClock) {
  const errors: unknown[] = [];
  const store = new Store<KubernetesObject>((error) => errors.push(error));
  const reflector = new Reflector({
    resource: configMaps,
    selection: { namespace: namespaceSelection },
    store,
    client: parts.client,
    clock,
    // The longest of each wait.
    random: { next: () => 0.999 },
    log: logLines().log,
    metrics: parts.metrics,
    idleSeconds,
  });
  running.push(reflector.run(stop.signal));
  return { store, errors };
}

it('reads an object that takes longer than the idle time-out to arrive', async () => {
  const remove = proxy.inject({ matches: ({ watch }) => watch, fault: { kind: 'split' } });
  const { store } = reflect(namespace, 1);
  await store.whenListed();
  // In pieces of 64 bytes, one a millisecond.
  await cluster.create(configMap('large', { text: 'x'.repeat(160_000) }));
  await waitFor('the large object', () => store.get(`${namespace}/large`) !== undefined);
  remove();
});

it('waits no longer from time to time when each of its watches breaks after a while, and outlives a handler that throws', async () => {
  const remove = proxy.inject({ matches: ({ watch }) => watch, fault: { kind: 'cut', afterMs: 1100 } });
  const other = await cluster.namespace('reflector-cuts');
  const timers: number[] = [];
  const clock: Clock = {
    ...realClock,
    // Ten times as fast: a watch that an overloaded machine opens late has lived long enough all the same.
    monotonic: () => realClock.monotonic() * 10,
    setTimer: (ms, callback) => {
      timers.push(ms);
      return realClock.setTimer(ms, callback);
    },
  };
  const { store, errors } = reflect(other, 90, clock);
  store.subscribe({
    added() {
      throw new Error('a handler is broken');
    },
  });
  await store.whenListed();
  for (const name of ['first', 'second']) {
    await cluster.create({ ...configMap(name), metadata: { name, namespace: other } });
    await waitFor(`${name} to be in the store`, () => store.get(`${other}/${name}`) !== undefined);
  }
  const waits = await waitFor('three waits', () => {
    const found = timers.filter((ms) => ms < 30_000);
    return found.length >= 3 && found;
  });
  // The first wait each time; the second would be 1.6 s, the third one 3.2 s.
  expect(waits.map((ms) => Math.round(ms))).toEqual(waits.map(() => 799));
  expect(errors).toHaveLength(store.size);
  remove();
});
