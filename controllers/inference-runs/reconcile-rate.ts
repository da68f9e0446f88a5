import { sleep, type Clock } from '../runtime/clock';

/** Passes that may begin at once, in seconds' worth: upstream's bucket holds ten times its rate. */
const burstSeconds = 10;

/** Limits how many passes over runs begin in a second, all workers together: a mass change must not take the API server for itself. */
export class ReconcileRate {
  private tokens: number;
  private at: number;

  /** @param perSecond passes */
  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {
    this.tokens = perSecond * burstSeconds;
    this.at = clock.monotonic();
  }

  /** Waits until one more pass may begin. @throws the signal's reason when it aborts first */
  async next(signal: AbortSignal): Promise<void> {
    const now = this.clock.monotonic();
    const refilled = this.tokens + ((now - this.at) / 1000) * this.perSecond;
    this.tokens = Math.min(this.perSecond * burstSeconds, refilled) - 1;
    this.at = now;
    if (this.tokens >= 0) return;
    await sleep(this.clock, (-this.tokens / this.perSecond) * 1000, signal);
    signal.throwIfAborted();
  }
}
