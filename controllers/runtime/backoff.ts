import type { Clock, Random } from './clock';

/** How waiting times grow. */
export interface BackoffOptions {
  /** Milliseconds: upper bound of the first wait. */
  readonly baseMs: number;
  /** Milliseconds: upper bound of every wait. */
  readonly maxMs: number;
  /** Milliseconds without a failure after which the next one counts as the first. */
  readonly resetAfterMs: number;
}

/**
 * Back-off of one loop that retries: doubling, with full jitter, so that many processes cut off together do not come
 * back together.
 */
export class Backoff {
  private failures = 0;
  private quietSince = -Infinity;

  constructor(
    private readonly options: BackoffOptions,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Milliseconds to wait after a failure that has just happened. */
  next(): number {
    const { baseMs, maxMs, resetAfterMs } = this.options;
    const now = this.clock.monotonic();
    if (now - this.quietSince >= resetAfterMs) this.failures = 0;
    const ceiling = Math.min(baseMs * 2 ** this.failures, maxMs);
    const wait = ceiling * this.random.next();
    this.failures += 1;
    // The wait itself is not a time without failures.
    this.quietSince = now + wait;
    return wait;
  }
}
