import type { Clock, Timer } from './clock';
import type { ObjectKey } from './object-key';

interface Delayed {
  readonly key: ObjectKey;
  readonly dueAt: number;
}

/** Keys that come due later: each at most once, at the earliest of its times; one timer for all of them. */
export class DelayedKeys {
  private readonly byKey = new Map<ObjectKey, Delayed>();
  /** The next one last: taking it is cheap. */
  private readonly latestFirst: Delayed[] = [];
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly onDue: (key: ObjectKey) => void,
  ) {}

  add(key: ObjectKey, ms: number): void {
    const dueAt = this.clock.monotonic() + ms;
    const known = this.byKey.get(key);
    if (known !== undefined && known.dueAt <= dueAt) return;
    this.remove(key);
    const delayed = { key, dueAt };
    this.byKey.set(key, delayed);
    this.latestFirst.splice(this.placeOf(dueAt), 0, delayed);
    this.setTimer();
  }

  remove(key: ObjectKey): void {
    const known = this.byKey.get(key);
    if (known === undefined) return;
    this.byKey.delete(key);
    this.latestFirst.splice(this.latestFirst.indexOf(known, this.placeOf(known.dueAt)), 1);
  }

  clear(): void {
    this.byKey.clear();
    this.latestFirst.length = 0;
    this.timer?.cancel();
  }

  /** First place whose time is not after `dueAt`. */
  private placeOf(dueAt: number): number {
    let low = 0;
    let high = this.latestFirst.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.latestFirst[middle]?.dueAt ?? -Infinity) > dueAt) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private setTimer(): void {
    this.timer?.cancel();
    const next = this.latestFirst.at(-1);
    if (next === undefined) return;
    this.timer = this.clock.setTimer(Math.max(next.dueAt - this.clock.monotonic(), 0), () => this.fire());
  }

  private fire(): void {
    const now = this.clock.monotonic();
    for (let next = this.latestFirst.at(-1); next !== undefined && next.dueAt <= now; next = this.latestFirst.at(-1)) {
      this.latestFirst.pop();
      this.byKey.delete(next.key);
      this.onDue(next.key);
    }
    this.setTimer();
  }
}
