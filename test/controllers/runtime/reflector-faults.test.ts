import { realClock } from '../../../controllers/runtime/clock';
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
let running: Promise<void>;

beforeAll(async () => {
  namespace = await cluster.namespace('reflector-faults');
  proxy = await startFaultProxy({ target: cluster.url, ca: cluster.ca });
  parts = runtimeClient({ url: proxy.url, ca: cluster.ca, token: cluster.adminToken });
});
afterAll(async () => {
  stop.abort();
  await running;
  await parts.connection.close();
  await proxy.close();
});

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });

it('waits no longer from time to time when each of its watches breaks after a while, and outlives a handler that throws', async () => {
  const errors: unknown[] = [];
  const store = new Store<KubernetesObject>((error) => errors.push(error));
  store.subscribe({
    added() {
      throw new Error('a handler is broken');
    },
  });
  proxy.inject({ matches: ({ watch }) => watch, fault: { kind: 'cut', afterMs: 1100 } });
  const reflector = new Reflector({
    resource: configMaps,
    selection: { namespace },
    store,
    client: parts.client,
    clock: realClock,
    // The longest of each wait.
    random: { next: () => 0.999 },
    log: logLines().log,
    metrics: parts.metrics,
  });
  running = reflector.run(stop.signal);
  await store.whenListed();
  for (const name of ['first', 'second']) {
    await cluster.create(configMap(name));
    await waitFor(`${name} to be in the store`, () => store.get(`${namespace}/${name}`) !== undefined);
  }
  const watches = await waitFor('four watches', () => {
    const times = proxy.requests.filter(({ watch }) => watch).map(({ at }) => at);
    return times.length >= 4 && times;
  });
  // 1.1 s that a watch lives and 0.8 s of the first wait; the third one would be 3.2 s.
  const gaps = watches.slice(1).map((at, index) => at - (watches[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(1100 + 800 + 1200);
  expect(errors).toHaveLength(store.size);
});
