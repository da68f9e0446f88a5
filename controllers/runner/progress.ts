import type { Clock, Timer } from '../runtime/clock';
import type { Logger } from '../runtime/log';
import type { Tally } from './tally';

const everyMs = 10_000;
const everyItems = 10_000;
/** How often it looks whether so many items are done. */
const lookMs = 1000;

/** A line of the log every 10 s or 10,000 items, whichever comes first; none while nothing happens. */
export class Progress {
  private timer: Timer | undefined;
  private readonly began: number;
  private last: { readonly at: number; readonly done: number };

  /** @param expected items of the input, as far as that is known */
  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly tally: Tally,
    private readonly expected: () => number | undefined,
  ) {
    this.began = clock.monotonic();
    this.last = { at: this.began, done: tally.done };
    this.lookAgain();
  }

  stop(): void {
    this.timer?.cancel();
  }

  private lookAgain(): void {
    this.timer = this.clock.setTimer(lookMs, () => {
      this.look();
      this.lookAgain();
    });
  }

  private look(): void {
    const { done } = this.tally;
    const now = this.clock.monotonic();
    const due = now - this.last.at >= everyMs || done - this.last.done >= everyItems;
    if (!due || done === this.last.done) return;
    const perSecond = Math.round(((done - this.last.done) * 1000) / Math.max(now - this.last.at, 1));
    this.last = { at: now, done };
    const expected = this.expected();
    const share =
      expected === undefined || expected === 0
        ? {}
        : { expected, percent: Math.min(Math.floor((100 * done) / expected), 100) };
    this.log.info({ done, failed: this.tally.failed, ...share, perSecond }, 'progress');
  }
}
