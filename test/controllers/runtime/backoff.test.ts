import { Backoff } from '../../../controllers/runtime/backoff';
import { fixedRandom, ManualClock } from './manual-clock';

const options = { baseMs: 800, maxMs: 30_000, resetAfterMs: 120_000 };

it('doubles the ceiling of its waits up to the maximum', () => {
  const backoff = new Backoff(options, new ManualClock(), fixedRandom(0.5));
  const waits = Array.from({ length: 8 }, () => backoff.next());
  expect(waits).toEqual([400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000]);
});

it('waits anything between nothing and the ceiling', () => {
  expect(new Backoff(options, new ManualClock(), fixedRandom(0)).next()).toBe(0);
  expect(new Backoff(options, new ManualClock(), fixedRandom(0.999)).next()).toBeCloseTo(799.2);
});

it('starts anew after a time without failures, which the wait itself is not', async () => {
  const clock = new ManualClock();
  const backoff = new Backoff(options, clock, fixedRandom(0.5));
  backoff.next();
  const wait = backoff.next();
  await clock.advance(wait + 119_999);
  expect(backoff.next()).toBe(1600);
  await clock.advance(1600 + 120_000);
  expect(backoff.next()).toBe(400);
});
