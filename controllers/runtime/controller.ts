import { randomUUID } from 'node:crypto';
import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { causeText } from './cause-text';
import type { Clock, Random, Timer } from './clock';
import { DeadlineExceeded, withDeadline } from './deadline';
import { Expectations } from './expectations';
import type { Logger } from './log';
import { reconcileResults, type ReconcileOutcome, type RuntimeMetrics } from './metrics';
import { keyOf, refOf, type ObjectKey } from './object-key';
import { WorkQueue, type KeyBackoff, type Priority } from './queue';
import { isProgrammingError, retryAfterSecondsOf, TerminalError } from './reconcile-error';
import type { Store } from './store';

/** What a reconcile has beside its key. */
export interface ReconcileContext {
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly name: string;
  /** Lines carry controller, namespace, name and reconcileID. */
  readonly log: Logger;
  /** Aborts on time-out, on stop and when the lease is lost: give it to every request. */
  readonly signal: AbortSignal;
  readonly reconcileID: string;
  readonly clock: Clock;
  /** Says that this reconcile wrote the object (the answer of the request): the key runs again only on a store that shows it. */
  wrote(store: Store<KubernetesObject>, object: KubernetesObject): void;
  /** Says that this reconcile deleted the object. */
  deleted(store: Store<KubernetesObject>, object: KubernetesObject): void;
}

/** What a reconcile that went well wants. */
export interface ReconcileResult {
  /** Seconds after which the key runs again, unless something changes before. */
  readonly requeueAfterSeconds?: number;
}

/** Leads from changes of a store to keys of a controller; made by {@link watching}. */
export interface Watch {
  readonly store: Store<KubernetesObject>;
  subscribe(enqueue: (keys: Iterable<ObjectKey>, priority: Priority) => void): () => void;
}

/**
 * Makes changes of one kind wake keys of another: of an object its state before and after both count, so that the key it
 * used to belong to wakes too.
 *
 * @param keysOf keys of the controller's kind that depend on the object
 */
export function watching<T extends KubernetesObject>(
  store: Store<T>,
  keysOf: (object: T) => Iterable<ObjectKey>,
): Watch {
  return {
    store,
    subscribe: (enqueue) =>
      store.subscribe({
        added: (object, initial) => enqueue(keysOf(object), initial ? 'initial' : 'live'),
        updated: (object, previous) => enqueue(new Set([...keysOf(previous), ...keysOf(object)]), 'live'),
        deleted: (object) => enqueue(keysOf(object), 'live'),
      }),
  };
}

export interface ControllerOptions<T extends KubernetesObject> {
  /** In metrics and logs. */
  readonly name: string;
  /** Objects of the kind that is reconciled; each of their changes wakes their key. */
  readonly for: Store<T>;
  /** Other kinds whose changes wake keys. */
  readonly watches?: readonly Watch[];
  /** Makes the world as the object wants it. The object may be gone: look it up in the store. */
  reconcile(key: ObjectKey, context: ReconcileContext): Promise<ReconcileResult | void>;
  /** Keys worked on at the same time. @default 1 */
  readonly workers?: number;
  /** @default 5 ms doubling to 1000 s */
  readonly backoff?: KeyBackoff;
  /** Seconds after which a reconcile is aborted. @default 120 */
  readonly reconcileTimeoutSeconds?: number;
  /** Seconds after which every object is looked at again, ± 10 %. @default 36,000 */
  readonly resyncSeconds?: number;
}

/** What the manager gives to all its controllers. */
export interface ControllerEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: RuntimeMetrics;
}

/**
 * Runs a reconcile for each key whose objects changed.
 *
 * Guarantees: never two at a time for one key; a change during a reconcile leads to another one; an error is tried again
 * after the key's back-off, a {@link TerminalError} only when something changes; an error is an error of its key and never
 * ends the process.
 *
 * Caveats: reconciles see the store, which lags behind the API server: a decision that a stale object could turn into damage needs a
 * precondition in its request. A reconcile that does not honour its signal keeps its worker until it ends.
 */
export class Controller<T extends KubernetesObject = KubernetesObject> {
  constructor(private readonly options: ControllerOptions<T>) {}

  get name(): string {
    return this.options.name;
  }

  /** Makes the controller's metrics appear with value 0. */
  announce(metrics: RuntimeMetrics): void {
    const controller = this.name;
    for (const result of reconcileResults) metrics.reconcileTotal.inc({ controller, result }, 0);
    for (const counter of [
      metrics.reconcileErrors,
      metrics.terminalErrors,
      metrics.reconcilePanics,
      metrics.reconcileTimeouts,
    ]) {
      counter.inc({ controller }, 0);
    }
    metrics.reconcileSeconds.zero({ controller });
    metrics.maxWorkers.set({ controller }, this.options.workers ?? 1);
    metrics.activeWorkers.set({ controller }, 0);
  }

  /**
   * Works until `stop` aborts and what is in work has ended; never rejects.
   *
   * @param abort aborts the reconciles in work too
   */
  async run(environment: ControllerEnvironment, stop: AbortSignal, abort: AbortSignal): Promise<void> {
    const run = new ControllerRun(this.options, environment, abort);
    await run.untilStopped(stop);
  }
}

/** One run of a controller: its queue and what it remembers. */
class ControllerRun<T extends KubernetesObject> {
  private readonly queue: WorkQueue;
  private readonly expectations: Expectations;
  private readonly log: Logger;
  private resync: Timer | undefined;

  constructor(
    private readonly options: ControllerOptions<T>,
    private readonly environment: ControllerEnvironment,
    private readonly abort: AbortSignal,
  ) {
    const { name, backoff } = options;
    const { clock, metrics, log } = environment;
    this.queue = new WorkQueue({ name, clock, metrics, ...(backoff === undefined ? {} : { backoff }) });
    this.expectations = new Expectations(clock);
    this.log = log.child({ controller: name });
  }

  async untilStopped(stop: AbortSignal): Promise<void> {
    if (stop.aborted) return;
    const enqueue = (keys: Iterable<ObjectKey>, priority: Priority) => {
      for (const key of keys) this.queue.add(key, priority);
    };
    const own = watching(this.options.for, (object) => [keyOf(object)]);
    const watches = [own, ...(this.options.watches ?? [])];
    // Before the events wake keys they have to free them: the other way round a key would be held once more.
    const subscriptions = [...new Set(watches.map(({ store }) => store))].map((store) => this.observe(store));
    subscriptions.push(...watches.map((watch) => watch.subscribe(enqueue)));
    const shutDown = () => {
      this.queue.shutDown();
      this.resync?.cancel();
    };
    stop.addEventListener('abort', shutDown);
    this.scheduleResync();
    await Promise.all(Array.from({ length: this.options.workers ?? 1 }, () => this.work()));
    stop.removeEventListener('abort', shutDown);
    for (const unsubscribe of subscriptions) unsubscribe();
  }

  private observe(store: Store<KubernetesObject>): () => void {
    const observe = (object: KubernetesObject, gone: boolean) => {
      for (const key of this.expectations.observe(store, object, gone)) this.queue.add(key);
    };
    return store.subscribe({
      added: (object) => observe(object, false),
      updated: (object) => observe(object, false),
      deleted: (object) => observe(object, true),
    });
  }

  private scheduleResync(): void {
    const { clock, random } = this.environment;
    const seconds = (this.options.resyncSeconds ?? 36_000) * (0.9 + 0.2 * random.next());
    this.resync = clock.setTimer(seconds * 1000, () => {
      for (const object of this.options.for.list()) this.queue.add(keyOf(object), 'initial');
      this.scheduleResync();
    });
  }

  private async work(): Promise<void> {
    const { metrics } = this.environment;
    const controller = this.options.name;
    for (let key = await this.queue.take(); key !== undefined; key = await this.queue.take()) {
      const holdMs = this.expectations.holdsFor(key);
      if (holdMs > 0) {
        this.queue.done(key);
        this.queue.addAfter(key, holdMs);
        continue;
      }
      metrics.activeWorkers.inc({ controller });
      await this.reconcile(key);
      metrics.activeWorkers.dec({ controller });
      this.queue.done(key);
    }
  }

  private async reconcile(key: ObjectKey): Promise<void> {
    const { clock, metrics } = this.environment;
    const { name: controller, reconcileTimeoutSeconds = 120 } = this.options;
    const reconcileID = randomUUID();
    const ref = refOf(key);
    const log = this.log.child({ ...ref, reconcileID });
    const started = clock.monotonic();
    let outcome: ReconcileOutcome;
    try {
      const result = await withDeadline(clock, reconcileTimeoutSeconds * 1000, this.abort, (signal) =>
        this.options.reconcile(key, {
          ...ref,
          log,
          signal,
          reconcileID,
          clock,
          wrote: (store, object) => this.expectations.wrote(key, store, object),
          deleted: (store, object) => this.expectations.deleted(key, store, object),
        }),
      );
      outcome = this.succeeded(key, result ?? {});
    } catch (error) {
      outcome = this.failed(key, error, log);
    }
    metrics.reconcileTotal.inc({ controller, result: outcome });
    metrics.reconcileSeconds.observe({ controller }, (clock.monotonic() - started) / 1000);
  }

  private succeeded(key: ObjectKey, { requeueAfterSeconds }: ReconcileResult): ReconcileOutcome {
    this.queue.forget(key);
    if (requeueAfterSeconds === undefined) return 'success';
    this.queue.addAfter(key, requeueAfterSeconds * 1000);
    return 'requeue_after';
  }

  private failed(key: ObjectKey, error: unknown, log: Logger): ReconcileOutcome {
    const { metrics } = this.environment;
    const controller = this.options.name;
    metrics.reconcileErrors.inc({ controller });
    // Stopping, or the lease is gone: the next process does the key.
    if (this.abort.aborted) return 'error';
    if (error instanceof DeadlineExceeded) metrics.reconcileTimeouts.inc({ controller });
    if (isProgrammingError(error)) metrics.reconcilePanics.inc({ controller });
    if (error instanceof TerminalError) {
      metrics.terminalErrors.inc({ controller });
      this.queue.forget(key);
      log.error({ err: error }, `reconcile failed for good: ${causeText(error)}`);
      return 'error';
    }
    this.queue.addAfterFailure(key, retryAfterSecondsOf(error) * 1000);
    log.error({ err: error }, `reconcile failed: ${causeText(error)}`);
    return 'error';
  }
}
