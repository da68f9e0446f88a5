import { createMetrics } from '../../../controllers/runtime/metrics';
import { WorkQueue, type KeyBackoff } from '../../../controllers/runtime/queue';
import { ManualClock, settled } from './manual-clock';

function makeQueue(backoff?: KeyBackoff) {
  const clock = new ManualClock();
  const metrics = createMetrics({ process: false });
  const queue = new WorkQueue({ name: 'test', clock, metrics, ...(backoff === undefined ? {} : { backoff }) });
  return { clock, metrics, queue };
}

/** Takes and finishes keys until none waits. */
async function drain(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.length > 0) {
    const key = await queue.take();
    if (key === undefined) break;
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

it('hands out a key once, however often it was added', async () => {
  const { queue } = makeQueue();
  for (const key of ['a', 'b', 'a', 'b', 'a']) queue.add(key);
  expect(await drain(queue)).toEqual(['a', 'b']);
});

it('hands out live keys before initial ones, and an initial key that becomes news with the live ones', async () => {
  const { queue } = makeQueue();
  queue.add('old-1', 'initial');
  queue.add('old-2', 'initial');
  queue.add('new');
  queue.add('old-2', 'live');
  queue.add('new', 'initial');
  expect(await drain(queue)).toEqual(['new', 'old-2', 'old-1']);
});

it('never hands out a key that is in work, and hands it out again when it was added meanwhile', async () => {
  const { queue } = makeQueue();
  queue.add('a');
  expect(await queue.take()).toBe('a');
  const second = queue.take();
  const taken: unknown[] = [];
  void second.then((key) => taken.push(key));
  queue.add('a');
  queue.add('a');
  await settled();
  expect(taken).toEqual([]);
  queue.done('a');
  expect(await second).toBe('a');
  queue.done('a');
  expect(queue.length).toBe(0);
});

it('adds a delayed key at the earliest of its times, with one timer for all keys', async () => {
  const { queue, clock } = makeQueue();
  queue.addAfter('slow', 60_000);
  queue.addAfter('a', 1000);
  queue.addAfter('a', 500);
  queue.addAfter('a', 2000);
  expect(clock.timers).toBe(1);
  await clock.advance(499);
  expect(queue.length).toBe(0);
  await clock.advance(1);
  expect(await drain(queue)).toEqual(['a']);
  await clock.advance(10_000);
  expect(queue.length).toBe(0);
  await clock.advance(60_000);
  expect(await drain(queue)).toEqual(['slow']);
});

it('adds thousands of delayed keys in the order of their times', async () => {
  const { queue, clock } = makeQueue();
  const keys = Array.from({ length: 3000 }, (_, index) => `key-${(index * 7919) % 3000}`);
  for (const key of keys) queue.addAfter(key, 1 + Number(key.slice(4)));
  await clock.advance(3001);
  expect(await drain(queue)).toEqual(Array.from({ length: 3000 }, (_, index) => `key-${index}`));
});

it('leaves a failing key alone for 5 ms, doubling up to 1000 s, until it is forgotten', async () => {
  const { queue, clock } = makeQueue();
  const waits: number[] = [];
  for (let failure = 0; failure < 20; failure += 1) {
    const started = clock.monotonic();
    queue.addAfterFailure('a');
    while (queue.length === 0) await clock.advance(5 * 2 ** Math.min(failure, 17));
    waits.push(clock.monotonic() - started);
    await drain(queue);
    if (failure === 2) expect(waits).toEqual([5, 10, 20]);
  }
  expect(waits[17]).toBe(655_360);
  expect(waits[19]).toBeGreaterThanOrEqual(1_000_000);
  queue.forget('a');
  queue.addAfterFailure('a');
  await clock.advance(5);
  expect(queue.length).toBe(1);
});

it('takes its own bounds, and waits longer when somebody asks for it', async () => {
  const { queue, clock } = makeQueue({ baseMs: 100, maxMs: 300 });
  for (let failure = 0; failure < 5; failure += 1) queue.addAfterFailure('capped');
  queue.addAfterFailure('patient', 5000);
  await clock.advance(300);
  expect(await drain(queue)).toEqual(['capped']);
  await clock.advance(4700);
  expect(await drain(queue)).toEqual(['patient']);
});

it('releases whoever waits when it is shut down, and takes nothing more', async () => {
  const { queue, clock } = makeQueue();
  const waiting = queue.take();
  queue.addAfter('later', 1000);
  queue.shutDown();
  expect(await waiting).toBeUndefined();
  queue.add('a');
  expect(await queue.take()).toBeUndefined();
  expect(clock.timers).toBe(0);
});

it('shows its metrics from the start with value 0, and the work in progress when it is asked', async () => {
  const { queue, clock, metrics } = makeQueue();
  const before = await metrics.text();
  for (const line of [
    'workqueue_depth{name="test",controller="test",priority="0"} 0',
    'workqueue_depth{name="test",controller="test",priority="-100"} 0',
    'workqueue_adds_total{name="test",controller="test"} 0',
    'workqueue_retries_total{name="test",controller="test"} 0',
    'workqueue_queue_duration_seconds_count{name="test",controller="test"} 0',
    'workqueue_work_duration_seconds_count{name="test",controller="test"} 0',
    'workqueue_longest_running_processor_seconds{name="test",controller="test"} 0',
  ]) {
    expect(before).toContain(line);
  }
  queue.add('a');
  await clock.advance(2000);
  await queue.take();
  await clock.advance(3000);
  const after = await metrics.text();
  expect(after).toContain('workqueue_adds_total{name="test",controller="test"} 1');
  expect(after).toContain('workqueue_queue_duration_seconds_sum{name="test",controller="test"} 2');
  expect(after).toContain('workqueue_unfinished_work_seconds{name="test",controller="test"} 3');
});
