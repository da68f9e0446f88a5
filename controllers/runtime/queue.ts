import type { Clock } from './clock';
import { DelayedKeys } from './delayed-keys';
import type { RuntimeMetrics } from './metrics';
import type { ObjectKey } from './object-key';

/** Who goes first: `live` is news from the cluster, `initial` the first list and the resync, of which there are many. */
export type Priority = 'live' | 'initial';

/** controller-runtime's numbers for them, in the label `priority`. */
const priorityLabel: Record<Priority, string> = { live: '0', initial: '-100' };
const priorities: readonly Priority[] = ['live', 'initial'];

/** How long a key that fails again and again is left alone. */
export interface KeyBackoff {
  /** Milliseconds after the first failure; doubles with each further one. @default 5 */
  readonly baseMs: number;
  /** Milliseconds. @default 1,000,000 */
  readonly maxMs: number;
}

export interface WorkQueueOptions {
  /** The controller's. */
  readonly name: string;
  readonly clock: Clock;
  readonly metrics: RuntimeMetrics;
  readonly backoff?: KeyBackoff;
}

/** A key that is being worked on. */
interface InWork {
  readonly since: number;
  /** Set when the key was added meanwhile: it runs again afterwards. */
  again?: Priority;
}

/**
 * The keys a controller has to work on.
 *
 * Guarantees: a key waits at most once, however often it is added; it is never handed out while it is being worked on, and
 * an addition meanwhile is not lost; live keys go before initial ones, otherwise first come, first served.
 *
 * Caveats: live keys that never end keep initial ones waiting for ever; a key that is added while it waits for its back-off runs at
 * once, so whoever must not be asked before a time has to refuse by itself.
 */
export class WorkQueue {
  private readonly waiting: Record<Priority, Map<ObjectKey, number>> = { live: new Map(), initial: new Map() };
  private readonly inWork = new Map<ObjectKey, InWork>();
  private readonly failures = new Map<ObjectKey, number>();
  private readonly delayed: DelayedKeys;
  private readonly takers: ((key: ObjectKey | undefined) => void)[] = [];
  private readonly labels: { readonly name: string; readonly controller: string };
  private isShutDown = false;

  constructor(private readonly options: WorkQueueOptions) {
    const { name, clock, metrics } = options;
    this.labels = { name, controller: name };
    this.delayed = new DelayedKeys(clock, (key) => this.add(key));
    metrics.queueAdds.inc(this.labels, 0);
    metrics.queueRetries.inc(this.labels, 0);
    metrics.queueWaitSeconds.zero(this.labels);
    metrics.queueWorkSeconds.zero(this.labels);
    this.measureDepth();
    metrics.beforeScrape(() => this.measureWork());
  }

  /** Keys that wait now, not counting delayed ones. */
  get length(): number {
    return this.waiting.live.size + this.waiting.initial.size;
  }

  /** Adds a key to be worked on as soon as possible. */
  add(key: ObjectKey, priority: Priority = 'live'): void {
    if (this.isShutDown) return;
    const inWork = this.inWork.get(key);
    if (inWork !== undefined) {
      if (inWork.again === undefined) this.options.metrics.queueAdds.inc(this.labels);
      inWork.again = inWork.again === 'live' ? 'live' : priority;
      return;
    }
    const since = this.waiting.initial.get(key);
    if (this.waiting.live.has(key) || (since !== undefined && priority === 'initial')) return;
    this.waiting.initial.delete(key);
    this.waiting[priority].set(key, since ?? this.options.clock.monotonic());
    if (since === undefined) this.options.metrics.queueAdds.inc(this.labels);
    this.measureDepth();
    // Not at once: what one event adds twice, for two reasons, must not run twice.
    queueMicrotask(() => this.handOut());
  }

  /** Adds a key later. Of several times the earliest counts. */
  addAfter(key: ObjectKey, ms: number): void {
    if (this.isShutDown) return;
    if (ms <= 0) this.add(key);
    else this.delayed.add(key, ms);
  }

  /**
   * Adds a key again after it failed.
   *
   * @param atLeastMs milliseconds that somebody asked us to wait, `Retry-After`
   */
  addAfterFailure(key: ObjectKey, atLeastMs = 0): void {
    const { baseMs, maxMs } = this.options.backoff ?? { baseMs: 5, maxMs: 1_000_000 };
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    this.options.metrics.queueRetries.inc(this.labels);
    this.addAfter(key, Math.max(Math.min(baseMs * 2 ** failures, maxMs), atLeastMs));
  }

  /** Forgets the failures of a key: it has succeeded, or shall not be tried again. */
  forget(key: ObjectKey): void {
    this.failures.delete(key);
  }

  /** The next key to work on; {@link done} must follow. @returns undefined when the queue is shut down */
  async take(): Promise<ObjectKey | undefined> {
    if (this.isShutDown) return undefined;
    return new Promise((resolve) => {
      this.takers.push(resolve);
      this.handOut();
    });
  }

  /** Work on the key is over; it runs again if it was added meanwhile. */
  done(key: ObjectKey): void {
    const inWork = this.inWork.get(key);
    if (inWork === undefined) return;
    this.inWork.delete(key);
    this.options.metrics.queueWorkSeconds.observe(this.labels, (this.options.clock.monotonic() - inWork.since) / 1000);
    if (inWork.again === undefined || this.isShutDown) return;
    this.waiting[inWork.again].set(key, this.options.clock.monotonic());
    this.handOut();
  }

  /** Ends it: whoever waits for a key gets undefined, keys in work may end, nothing is added any more. */
  shutDown(): void {
    this.isShutDown = true;
    this.delayed.clear();
    for (const priority of priorities) this.waiting[priority].clear();
    for (const taker of this.takers.splice(0)) taker(undefined);
    this.measureDepth();
  }

  private handOut(): void {
    const { clock, metrics } = this.options;
    while (this.takers.length > 0) {
      const next = this.next();
      if (next === undefined) break;
      const now = clock.monotonic();
      this.inWork.set(next.key, { since: now });
      metrics.queueWaitSeconds.observe(this.labels, (now - next.since) / 1000);
      this.takers.shift()?.(next.key);
    }
    this.measureDepth();
  }

  private next(): { readonly key: ObjectKey; readonly since: number } | undefined {
    for (const priority of priorities) {
      for (const [key, since] of this.waiting[priority]) {
        this.waiting[priority].delete(key);
        return { key, since };
      }
    }
    return undefined;
  }

  private measureDepth(): void {
    for (const priority of priorities) {
      const labels = { ...this.labels, priority: priorityLabel[priority] };
      this.options.metrics.queueDepth.set(labels, this.waiting[priority].size);
    }
  }

  private measureWork(): void {
    const { clock, metrics } = this.options;
    const seconds = [...this.inWork.values()].map(({ since }) => (clock.monotonic() - since) / 1000);
    metrics.queueUnfinished.set(
      this.labels,
      seconds.reduce((sum, one) => sum + one, 0),
    );
    metrics.queueLongest.set(this.labels, Math.max(0, ...seconds));
  }
}
