import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { request } from 'undici';
import { listen, parseBindAddress } from '../../../controllers/runtime/bind-address';
import { realClock, realRandom } from '../../../controllers/runtime/clock';
import { Controller } from '../../../controllers/runtime/controller';
import { EventRecorder } from '../../../controllers/runtime/events';
import { LeaderElection } from '../../../controllers/runtime/leader-election';
import { Manager, type ManagerOptions } from '../../../controllers/runtime/manager';
import { keyOf, refOf } from '../../../controllers/runtime/object-key';
import { testCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { logLines, type LogLine } from './log-lines';
import { ManualClock } from './manual-clock';
import { configMaps, runtimeClient } from './runtime-client';

const cluster = testCluster();
const anyPort = { host: '127.0.0.1', port: 0 };
const endings: (() => Promise<unknown>)[] = [];
let namespace: string;

beforeAll(async () => {
  namespace = await cluster.namespace('manager');
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function makeManager(options: Partial<ManagerOptions> = {}) {
  const { client, connection, metrics } = runtimeClient({
    url: cluster.url,
    ca: cluster.ca,
    token: cluster.adminToken,
  });
  const { log, lines } = logLines();
  const common = { client, clock: realClock, random: realRandom, log, metrics };
  const manager = new Manager({ ...common, health: anyPort, metricsEndpoint: { address: anyPort }, ...options });
  const stop = new AbortController();
  endings.push(() => connection.close());
  const run = () => {
    const running = manager.run(stop.signal);
    endings.push(async () => {
      stop.abort();
      await running.catch(() => undefined);
    });
    return running;
  };
  return { ...common, connection, lines, manager, stop, run };
}

async function get(lines: readonly LogLine[], server: 'health probes' | 'metrics', path: string) {
  const line = await waitFor(`${server} to listen`, () => lines.find(({ msg }) => msg === `${server} listening`));
  const { statusCode, body } = await request(`http://${String(line['address'])}${path}`, { reset: true });
  return { status: statusCode, text: await body.text() };
}

const configMap = (name: string, label: string, data = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { [label]: '' } },
  data,
});

it('runs a controller that makes copies, keeps them right and removes nothing it should not', async () => {
  const { manager, client, run, stop, lines } = makeManager();
  const originals = manager.store(configMaps, { namespace, labelSelector: 'copy' });
  let copies = 0;
  manager.add(
    new Controller({
      name: 'copies',
      for: originals,
      reconcile: async (key, { signal }) => {
        const original = originals.get(key);
        if (original === undefined) return;
        copies += 1;
        const { name } = refOf(key);
        const copy = { metadata: { name: `${name}-copy`, namespace }, data: original.data ?? {} };
        await client.apply(configMaps, copy, { fieldManager: 'copies', signal });
      },
    }),
  );
  const running = run();
  await cluster.create(configMap('before', 'copy', { a: '1' }));
  const copyOf = async (name: string) => (await client.get(configMaps, { name: `${name}-copy`, namespace }))?.data;
  await waitFor('the first copy', async () => (await copyOf('before'))?.['a'] === '1');
  await cluster.patch(configMap('before', 'copy'), { data: { a: '2' } });
  await waitFor('the changed copy', async () => (await copyOf('before'))?.['a'] === '2');
  expect(copies).toBe(2);

  expect(await get(lines, 'health probes', '/healthz')).toEqual({ status: 200, text: 'ok\n' });
  expect(await get(lines, 'health probes', '/readyz')).toEqual({ status: 200, text: 'ok\n' });
  const { text } = await get(lines, 'metrics', '/metrics');
  expect(text).toContain('controller_runtime_reconcile_total{controller="copies",result="success"} 2');
  expect(text).toContain('reflector_listed{resource="configmaps"} 1');

  stop.abort();
  expect(await running).toBe(0);
  await expect(get(lines, 'health probes', '/healthz')).rejects.toThrow('ECONNREFUSED');
});

it('gives controllers of one kind one store and one watch', async () => {
  const { manager, run, stop, metrics } = makeManager();
  const first = manager.store(configMaps, { namespace, labelSelector: 'shared' });
  expect(manager.store(configMaps, { namespace, labelSelector: 'shared' })).toBe(first);
  expect(manager.store(configMaps, { namespace, labelSelector: 'other' })).not.toBe(first);
  const running = run();
  await first.whenListed();
  await waitFor('both lists', async () =>
    (await metrics.text()).includes('reflector_lists_total{resource="configmaps"} 2'),
  );
  stop.abort();
  expect(await running).toBe(0);
});

it('is alive but not ready while a kind is missing, and stops when it is told to', async () => {
  const { manager, run, stop, lines } = makeManager();
  manager.store({ group: 'absent.example', version: 'v1', kind: 'Thing', plural: 'things', scope: 'Namespaced' });
  const running = run();
  expect(await get(lines, 'health probes', '/healthz')).toMatchObject({ status: 200 });
  expect(await get(lines, 'health probes', '/readyz')).toEqual({
    status: 503,
    text: 'not ready: not listed yet: things\n',
  });
  stop.abort();
  expect(await running).toBe(0);
});

it('waits for an API server that can not be reached', async () => {
  const nobody = createServer();
  const address = await listen(nobody, anyPort, 'a test');
  await new Promise((resolve) => nobody.close(resolve));
  const lonely = runtimeClient({ url: `https://${address}`, ca: cluster.ca, token: 'none' });
  endings.push(() => lonely.connection.close());
  const { manager, run, stop, lines } = makeManager({ client: lonely.client });
  manager.store(configMaps, { namespace });
  const running = run();
  const line = await waitFor('a line about it', () => lines.find(({ level }) => level === 'warn'));
  expect(line).toMatchObject({ msg: 'API server not reachable, trying again', resource: 'configmaps' });
  expect(line['cause']).toContain('ECONNREFUSED');
  stop.abort();
  expect(await running).toBe(0);
});

it('names purpose, address and way out when a port is taken', async () => {
  const other = createServer();
  endings.push(async () => other.close());
  const taken = await listen(other, anyPort, 'a test');
  const { run } = makeManager({ health: parseBindAddress(taken, 'health-probe-bind-address') });
  await expect(run()).rejects.toThrow(
    `listening for health probes on ${taken}: EADDRINUSE: another process has the port: stop it or choose another address`,
  );
});

it('waits for work in progress after a stop, and gives the rest up after the time it has', async () => {
  const { manager, run, stop } = makeManager({ gracefulStopSeconds: 0.5 });
  const store = manager.store(configMaps, { namespace, labelSelector: 'stuck' });
  let started = false;
  let aborted = false;
  const reconcile = async (_: string, { signal }: { readonly signal: AbortSignal }) => {
    started = true;
    signal.addEventListener('abort', () => (aborted = true));
    await Promise.withResolvers<void>().promise;
  };
  manager.add(new Controller({ name: 'stuck', for: store, reconcile }));
  const running = run();
  await cluster.create(configMap('stuck', 'stuck'));
  await waitFor('the reconcile', () => started);
  const before = performance.now();
  stop.abort();
  expect(await running).toBe(1);
  expect(performance.now() - before).toBeGreaterThan(450);
  expect(aborted).toBe(true);
});

describe('with a lease', () => {
  function withLease(name: string) {
    const own = runtimeClient({ url: cluster.url, ca: cluster.ca, token: cluster.adminToken });
    endings.push(() => own.connection.close());
    const parts = {
      client: own.client,
      clock: realClock,
      random: realRandom,
      metrics: own.metrics,
      log: logLines().log,
    };
    const times = { durationSeconds: 3, renewDeadlineSeconds: 2, retrySeconds: 0.3 };
    const leaderElection = new LeaderElection({
      ...parts,
      ...times,
      identity: randomUUID(),
      lease: { name, namespace },
    });
    return makeManager({ leaderElection });
  }

  it('is ready without it, works with it, and hands it on when it stops', async () => {
    const managers = [withLease('handover'), withLease('handover')];
    const keys = managers.map((one) => {
      const seen: string[] = [];
      const store = one.manager.store(configMaps, { namespace, labelSelector: 'handover' });
      one.manager.add(new Controller({ name: 'handover', for: store, reconcile: async (key) => void seen.push(key) }));
      return seen;
    });
    const object = configMap('handover', 'handover');
    await cluster.create(object);
    const runs = managers.map(({ run }) => run());
    const leader = await waitFor('one to work', () => {
      const index = keys.findIndex((seen) => seen.length > 0);
      return index === -1 ? undefined : { index };
    });
    const other = 1 - leader.index;
    await waitFor(
      'the other to be ready',
      async () => (await get(managers[other]?.lines ?? [], 'health probes', '/readyz')).status === 200,
    );
    expect(keys[other]).toEqual([]);
    managers[leader.index]?.stop.abort();
    expect(await runs[leader.index]).toBe(0);
    await waitFor('the other to work', () => keys[other]?.includes(keyOf(object)));
  });

  it('ends at once with exit code 1 when it loses it, whatever is in progress', async () => {
    const { manager, run, client } = withLease('robbed');
    const store = manager.store(configMaps, { namespace, labelSelector: 'robbed' });
    let aborted = false;
    let started = false;
    const reconcile = async (_: string, { signal }: { readonly signal: AbortSignal }) => {
      started = true;
      signal.addEventListener('abort', () => (aborted = true));
      await Promise.withResolvers<void>().promise;
    };
    manager.add(new Controller({ name: 'robbed', for: store, reconcile }));
    const running = run();
    await cluster.create(configMap('robbed', 'robbed'));
    await waitFor('the reconcile', () => started);
    const lease = {
      group: 'coordination.k8s.io',
      version: 'v1',
      kind: 'Lease',
      plural: 'leases',
      scope: 'Namespaced',
    } as const;
    await client.mergePatch(lease, { name: 'robbed', namespace }, { spec: { holderIdentity: 'thief' } });
    expect(await running).toBe(1);
    expect(aborted).toBe(true);
  });
});

describe('events', () => {
  it('tell the same about an object in one event with a count', async () => {
    const { client, clock, log } = makeManager();
    const object = await client.create(configMaps, { metadata: { name: 'told', namespace } });
    const recorder = new EventRecorder({ client, clock, log, controller: 'slipway.dev/test', instance: 'pod-1' });
    for (let told = 0; told < 5; told += 1)
      recorder.record(object, { type: 'Warning', reason: 'Broken', note: 'It is broken.' });
    recorder.record(object, { type: 'Normal', reason: 'Mended', note: 'x'.repeat(2000) });
    await recorder.flush();
    const events = await cluster.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event' }, namespace);
    const about = events.filter((event) => JSON.stringify(event['regarding']).includes(object.metadata.uid ?? '?'));
    expect(about).toHaveLength(2);
    expect(about.find((event) => event['reason'] === 'Broken')).toMatchObject({
      type: 'Warning',
      note: 'It is broken.',
      reportingController: 'slipway.dev/test',
      reportingInstance: 'pod-1',
      regarding: { kind: 'ConfigMap', apiVersion: 'v1', name: 'told', namespace },
      series: { count: 5 },
    });
    expect(about.find((event) => event['reason'] === 'Mended')).toMatchObject({ note: `${'x'.repeat(1021)}...` });
  });

  it('of many objects at once come slowly after a burst, and all of them at the end', async () => {
    const { client, log } = makeManager();
    const object = await client.create(configMaps, { metadata: { name: 'busy', namespace } });
    const clock = new ManualClock();
    const recorder = new EventRecorder({ client, clock, log, controller: 'slipway.dev/test', instance: 'pod-1' });
    const written = async () => {
      const events = await cluster.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event' }, namespace);
      return events.filter((event) => JSON.stringify(event['regarding']).includes(object.metadata.uid ?? '?')).length;
    };
    for (let number = 0; number < 40; number += 1)
      recorder.record(object, { type: 'Normal', reason: 'Counted', note: `Number ${number}.` });
    await waitFor('the burst', async () => (await written()) === 25);
    await waitFor('the recorder to wait', () => clock.timers === 1);
    expect(await written()).toBe(25);
    await clock.advance(100);
    await waitFor('one more', async () => (await written()) === 26);
    await recorder.flush();
    expect(await written()).toBe(40);
  });
});
