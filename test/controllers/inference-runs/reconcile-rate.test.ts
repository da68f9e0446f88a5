import { ReconcileRate } from '../../../controllers/inference-runs/reconcile-rate';
import { WorkSlots } from '../../../controllers/inference-runs/work-slots';
import { ManualClock } from '../runtime/manual-clock';

/** Lets everything run that does not wait for the clock. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the rate of passes', () => {
  it('lets ten seconds’ worth begin at once, then so many in a second', async () => {
    const clock = new ManualClock();
    const rate = new ReconcileRate(2, clock);
    const { signal } = new AbortController();
    let begun = 0;
    for (let index = 0; index < 24; index += 1) void rate.next(signal).then(() => (begun += 1));
    await settle();
    expect(begun).toBe(20);
    await clock.advance(1_000);
    await settle();
    expect(begun).toBe(22);
    await clock.advance(1_000);
    await settle();
    expect(begun).toBe(24);
  });

  it('ends the wait of a pass that is aborted', async () => {
    const rate = new ReconcileRate(0.1, new ManualClock());
    const abort = new AbortController();
    await rate.next(abort.signal);
    const waiting = rate.next(abort.signal);
    abort.abort(new Error('stopping'));
    await expect(waiting).rejects.toThrow('stopping');
  });
});

describe('the slots of work', () => {
  it('are never more than there are, whatever becomes of the work (C-37)', async () => {
    const slots = new WorkSlots(2);
    const ends: (() => void)[] = [];
    let active = 0;
    const work = async () => {
      active += 1;
      await new Promise<void>((resolve) => ends.push(resolve));
      active -= 1;
      throw new Error('failed');
    };
    const all = Array.from({ length: 5 }, () => slots.during(work).catch(() => undefined));
    await settle();
    for (let index = 0; index < 5; index += 1) {
      expect(active).toBe(Math.min(2, 5 - index));
      ends[index]?.();
      await settle();
    }
    await Promise.all(all);
    expect(active).toBe(0);
  });
});
