import { sleep, type Clock } from '../../runtime/clock';

/** How fast requests may be sent. */
export interface PaceLimit {
  readonly perSecond: number;
  /** Requests that may follow each other at once after a quiet time. */
  readonly burst: number;
}

/** Keeps requests to a pace: a bucket of `burst` tokens that fills with `perSecond`. Those that wait go in their order. */
export class Pace {
  /** When the bucket is full again, on the monotonic clock: one number is the whole bucket. */
  private fullAt = -Infinity;

  constructor(
    private readonly limit: PaceLimit | undefined,
    private readonly clock: Clock,
  ) {}

  /** Waits for the turn of one request, or for the signal; the caller looks at the signal. */
  async turn(signal: AbortSignal): Promise<void> {
    if (this.limit === undefined) return;
    const { perSecond, burst } = this.limit;
    const interval = 1000 / perSecond;
    const now = this.clock.monotonic();
    this.fullAt = Math.max(this.fullAt, now) + interval;
    const wait = this.fullAt - now - burst * interval;
    if (wait > 0) await sleep(this.clock, wait, signal);
  }
}
