import type { Clock, Random, Timer } from '../../../controllers/runtime/clock';

interface Pending {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  private time = 0;
  private readonly pending = new Set<Pending>();

  /** @param start wall clock at the beginning, milliseconds since the epoch */
  constructor(private readonly start = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.start + this.time;
  }

  monotonic(): number {
    return this.time;
  }

  setTimer(ms: number, callback: () => void): Timer {
    const pending = { at: this.time + ms, callback };
    this.pending.add(pending);
    return { cancel: () => this.pending.delete(pending) };
  }

  /** Timers that are set. */
  get timers(): number {
    return this.pending.size;
  }

  /** Moves on: timers fire in their order, and what they resolve runs before the next one. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settled();
    for (let next = this.nextUntil(end); next !== undefined; next = this.nextUntil(end)) {
      this.time = Math.max(this.time, next.at);
      this.pending.delete(next);
      next.callback();
      await settled();
    }
    this.time = end;
  }

  /** Time passes while the event loop stands still: no timer fires. */
  stall(ms: number): void {
    this.time += ms;
  }

  private nextUntil(end: number): Pending | undefined {
    return [...this.pending].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Random numbers that are not. */
export function fixedRandom(value: number): Random {
  return { next: () => value };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
