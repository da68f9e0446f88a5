import { sleep, type Clock } from '../../runtime/clock';

/** Holds calls back so that no more than a burst of them, and then a steady number a second, leave. */
export class CallRate {
  private allowance: number;
  private countedAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.allowance = burst;
    this.countedAt = clock.monotonic();
  }

  /** Resolves when the next call may leave, or the signal aborts. */
  async next(signal: AbortSignal): Promise<void> {
    const now = this.clock.monotonic();
    this.allowance = Math.min(this.burst, this.allowance + ((now - this.countedAt) / 1000) * this.perSecond);
    this.countedAt = now;
    this.allowance -= 1;
    // Below zero: calls that came before wait already, this one after them.
    if (this.allowance < 0) await sleep(this.clock, (-this.allowance / this.perSecond) * 1000, signal);
  }
}
