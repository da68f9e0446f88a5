import { Controller, watching, type ControllerOptions } from '../../../controllers/runtime/controller';
import { createMetrics } from '../../../controllers/runtime/metrics';
import { refOf } from '../../../controllers/runtime/object-key';
import { TerminalError } from '../../../controllers/runtime/reconcile-error';
import { Store } from '../../../controllers/runtime/store';
import type { KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import { logLines } from './log-lines';
import { fixedRandom, ManualClock, settled } from './manual-clock';
import { storedObject } from './stored-object';

type Options = Omit<ControllerOptions<KubernetesObject>, 'name' | 'for'>;

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

function start(options: Options, objects: readonly KubernetesObject[] = []) {
  const clock = new ManualClock();
  const metrics = createMetrics({ process: false });
  const { log, lines } = logLines();
  const store = new Store<KubernetesObject>(() => undefined);
  store.replace(objects);
  const stop = new AbortController();
  const abort = new AbortController();
  const controller = new Controller({ ...options, name: 'iris', for: store });
  controller.announce(metrics);
  const run = controller.run({ clock, random: fixedRandom(0.5), log, metrics }, stop.signal, abort.signal);
  ended.push(async () => {
    stop.abort();
    abort.abort();
    await run;
  });
  return { clock, metrics, lines, store, stop, abort, run };
}

it('reconciles each object that is there, and each that changes', async () => {
  const keys: string[] = [];
  const { store } = start({ reconcile: async (key) => void keys.push(key) }, [
    storedObject('a', '1'),
    storedObject('b', '1'),
  ]);
  await settled();
  expect(keys).toEqual(['ml/a', 'ml/b']);
  store.upsert(storedObject('b', '2'));
  await settled();
  store.remove(storedObject('a', '3'));
  await settled();
  expect(keys).toEqual(['ml/a', 'ml/b', 'ml/b', 'ml/a']);
});

it('reconciles news before what the first list brought', async () => {
  const keys: string[] = [];
  const gate = Promise.withResolvers<void>();
  const reconcile = async (key: string) => {
    keys.push(key);
    await gate.promise;
  };
  const objects = ['a', 'b', 'c'].map((name) => storedObject(name, '1'));
  const { store } = start({ reconcile }, objects);
  await settled();
  store.upsert(storedObject('new', '2'));
  gate.resolve();
  await settled();
  expect(keys).toEqual(['ml/a', 'ml/new', 'ml/b', 'ml/c']);
});

it('never works on one key twice at a time, however many workers it has', async () => {
  const busy = new Map<string, number>();
  let most = 0;
  let parallel = 0;
  let runs = 0;
  const reconcile = async (key: string) => {
    runs += 1;
    busy.set(key, (busy.get(key) ?? 0) + 1);
    most = Math.max(most, busy.get(key) ?? 0);
    parallel = Math.max(
      parallel,
      [...busy.values()].reduce((sum, one) => sum + one, 0),
    );
    await settled();
    busy.set(key, (busy.get(key) ?? 0) - 1);
  };
  const { store } = start({ reconcile, workers: 4 });
  for (let version = 1; version <= 50; version += 1) {
    for (const name of ['a', 'b', 'c', 'd', 'e']) store.upsert(storedObject(name, String(version)));
    if (version % 5 === 0) await settled();
  }
  for (let turn = 0; turn < 20; turn += 1) await settled();
  expect(most).toBe(1);
  expect(parallel).toBe(4);
  expect(runs).toBeGreaterThan(10);
});

it('wakes keys by objects of other kinds, before and after a change', async () => {
  const keys: string[] = [];
  const services = new Store<KubernetesObject>(() => undefined);
  const watch = watching(services, ({ metadata }) => [`ml/${metadata.labels?.['owner']}`]);
  start({ reconcile: async (key) => void keys.push(key), watches: [watch] });
  const service = (version: string, owner: string): KubernetesObject => {
    const { metadata } = storedObject('service', version);
    return { metadata: { ...metadata, labels: { owner } } };
  };
  services.upsert(service('1', 'old'));
  await settled();
  services.upsert(service('2', 'new'));
  await settled();
  expect(keys).toEqual(['ml/old', 'ml/old', 'ml/new']);
});

it('tries an error again after a back-off, or later when the error asks for it', async () => {
  const errors = [new Error('first'), Object.assign(new Error('second'), { retryAfterSeconds: 7 })];
  const times: number[] = [];
  const { clock, lines, metrics } = start(
    {
      reconcile: async () => {
        times.push(clock.monotonic());
        const error = errors.shift();
        if (error !== undefined) throw error;
      },
    },
    [storedObject('a', '1')],
  );
  await clock.advance(20_000);
  expect(times).toEqual([0, 5, 7005]);
  expect(lines.filter(({ level }) => level === 'error')).toMatchObject([
    { msg: 'reconcile failed: first', controller: 'iris', namespace: 'ml', name: 'a', err: { message: 'first' } },
    { msg: 'reconcile failed: second' },
  ]);
  const text = await metrics.text();
  expect(text).toContain('controller_runtime_reconcile_total{controller="iris",result="error"} 2');
  expect(text).toContain('controller_runtime_reconcile_total{controller="iris",result="success"} 1');
  expect(text).toContain('workqueue_retries_total{name="iris",controller="iris"} 2');
});

it('does not try a terminal error again until the object changes', async () => {
  let runs = 0;
  const reconcile = async () => {
    runs += 1;
    throw new TerminalError('nothing will help');
  };
  const { clock, store, metrics } = start({ reconcile }, [storedObject('a', '1')]);
  await clock.advance(10_000_000);
  expect(runs).toBe(1);
  store.upsert(storedObject('a', '2'));
  await settled();
  expect(runs).toBe(2);
  expect(await metrics.text()).toContain('controller_runtime_terminal_reconcile_errors_total{controller="iris"} 2');
});

it('runs a key again after the time its reconcile asked for', async () => {
  const times: number[] = [];
  const reconcile = async () => {
    times.push(clock.monotonic());
    return { requeueAfterSeconds: 60 };
  };
  const { clock, metrics } = start({ reconcile }, [storedObject('a', '1')]);
  await clock.advance(150_000);
  expect(times).toEqual([0, 60_000, 120_000]);
  expect(await metrics.text()).toContain(
    'controller_runtime_reconcile_total{controller="iris",result="requeue_after"} 3',
  );
});

it('looks at every object again after ten hours, give or take one', async () => {
  const keys: string[] = [];
  const { clock } = start({ reconcile: async (key) => void keys.push(key) }, [
    storedObject('a', '1'),
    storedObject('b', '1'),
  ]);
  await clock.advance(36_000_000 - 1);
  expect(keys).toHaveLength(2);
  await clock.advance(1);
  expect(keys).toEqual(['ml/a', 'ml/b', 'ml/a', 'ml/b']);
  await clock.advance(36_000_000);
  expect(keys).toHaveLength(6);
});

it('holds a key until its store shows what the reconcile wrote', async () => {
  const seen: (string | undefined)[] = [];
  const { store } = start({
    reconcile: async (key, context) => {
      const object = store.get(key);
      seen.push(object?.metadata.resourceVersion);
      if (object?.metadata.resourceVersion === '1') context.wrote(store, storedObject('a', '3'));
    },
  });
  store.upsert(storedObject('a', '1'));
  await settled();
  store.upsert(storedObject('a', '2'));
  await settled();
  expect(seen).toEqual(['1']);
  store.upsert(storedObject('a', '3'));
  await settled();
  expect(seen).toEqual(['1', '3']);
});

it('goes on when what a reconcile wrote never shows', async () => {
  const times: number[] = [];
  const { clock, store } = start({
    reconcile: async (_, context) => {
      times.push(clock.monotonic());
      if (times.length === 1) context.wrote(store, storedObject('a', '99'));
    },
  });
  store.upsert(storedObject('a', '1'));
  await settled();
  store.upsert(storedObject('a', '2'));
  await clock.advance(20_000);
  expect(times).toEqual([0, 10_000]);
});

it('aborts a reconcile that takes too long, and tries it again', async () => {
  let runs = 0;
  const { clock, metrics } = start(
    {
      reconcileTimeoutSeconds: 30,
      reconcile: async (_, { signal }) => {
        runs += 1;
        if (runs > 1) return;
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      },
    },
    [storedObject('a', '1')],
  );
  await clock.advance(29_999);
  expect(runs).toBe(1);
  await clock.advance(10);
  expect(runs).toBe(2);
  expect(await metrics.text()).toContain('controller_runtime_reconcile_timeouts_total{controller="iris"} 1');
});

it('counts a programming error as a panic, and lives on', async () => {
  let runs = 0;
  const reconcile = async () => {
    runs += 1;
    if (runs === 1) (undefined as unknown as { boom(): void }).boom();
  };
  const { clock, metrics } = start({ reconcile }, [storedObject('a', '1')]);
  await clock.advance(5);
  expect(runs).toBe(2);
  expect(await metrics.text()).toContain('controller_runtime_reconcile_panics_total{controller="iris"} 1');
});

it('lets work in progress end when it is stopped, and starts nothing more', async () => {
  const keys: string[] = [];
  const gate = Promise.withResolvers<void>();
  const reconcile = async (key: string) => {
    await gate.promise;
    keys.push(key);
  };
  const { stop, run, clock } = start({ reconcile }, [storedObject('a', '1'), storedObject('b', '1')]);
  await settled();
  stop.abort();
  gate.resolve();
  await run;
  expect(keys).toEqual(['ml/a']);
  expect(clock.timers).toBe(0);
});

it('shows its metrics with value 0 before anything has happened', async () => {
  const { metrics } = start({ reconcile: async () => undefined, workers: 3 });
  const text = await metrics.text();
  for (const series of [
    'controller_runtime_reconcile_total{controller="iris",result="success"} 0',
    'controller_runtime_reconcile_total{controller="iris",result="requeue"} 0',
    'controller_runtime_reconcile_errors_total{controller="iris"} 0',
    'controller_runtime_reconcile_panics_total{controller="iris"} 0',
    'controller_runtime_active_workers{controller="iris"} 0',
    'controller_runtime_max_concurrent_reconciles{controller="iris"} 3',
    'controller_runtime_reconcile_time_seconds_count{controller="iris"} 0',
  ]) {
    expect(text).toContain(series);
  }
});

it('gives cluster-scoped keys no namespace', async () => {
  const refs: object[] = [];
  const reconcile: Options['reconcile'] = async (_, { name, namespace }) => void refs.push({ name, namespace });
  start({ reconcile }, [{ metadata: { name: 'cluster-wide', resourceVersion: '1' } }]);
  await settled();
  expect(refs).toEqual([{ name: 'cluster-wide', namespace: undefined }]);
  expect(refOf('cluster-wide')).toEqual({ name: 'cluster-wide' });
});
