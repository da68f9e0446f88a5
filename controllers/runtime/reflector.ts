import { apiVersionOf, type ApiResource, type KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { ApiError } from './api-error';
import { Backoff } from './backoff';
import { causeText } from './cause-text';
import type { KubernetesClient, Selection } from './client';
import { sleep, type Clock, type Random } from './clock';
import type { Logger } from './log';
import type { RuntimeMetrics } from './metrics';
import { retryAfterSecondsOf } from './reconcile-error';
import { step, type Happening, type ReflectorState, type StoreChange } from './reflector-state';
import type { Store } from './store';
import type { WatchEvent } from './watch-event';

/** What a reflector needs. */
export interface ReflectorOptions<T extends KubernetesObject> {
  readonly resource: ApiResource<T>;
  readonly selection?: Selection;
  readonly store: Store<T>;
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: RuntimeMetrics;
  /** Takes from each object what nobody reads, before it is kept. */
  readonly slim?: (object: T) => void;
  /** Objects in one answer of a list. @default 500 */
  readonly pageSize?: number;
  /** Seconds of silence after which a watch counts as dead; more than the 60 s between bookmarks. @default 90 */
  readonly idleSeconds?: number;
}

/** Keeps an answer near 1 MB for objects of 2 KB, and the server's memory flat. */
const defaultPageSize = 500;
/** The server ends a watch after this many seconds, plus up to {@link watchJitterSeconds}; it allows at least 295. */
const watchSeconds = 290;
const watchJitterSeconds = 5;
/** A watch that the server ends sooner, without an event, is a failure: reconnecting at once would be a busy loop. */
const shortestWatchMs = 1000;

const backoff = { baseMs: 800, maxMs: 30_000, resetAfterMs: 120_000 };

/** An open watch. */
interface OpenWatch<T extends KubernetesObject> {
  readonly events: AsyncGenerator<WatchEvent<T>, void, undefined>;
  readonly abort: AbortController;
  readonly openedAt: number;
  sawEvent: boolean;
}

/**
 * Keeps a store equal to the objects of one kind in the cluster: lists, then watches, for ever. The states and what leads
 * from one to the next are in `reflector-state`; here is what they do.
 *
 * Guarantees: never gives up; a failure waits 0.8 s to 30 s with full jitter, longer when the server asks for it; the wait
 * starts over after a watch that has worked. The store
 * is only replaced by complete lists. `metadata.managedFields` is dropped, a third of an object that nobody reads;
 * `apiVersion` and `kind` are set, which lists of built-in kinds leave out.
 *
 * Caveats: while the API does not have the kind (its CRD is not installed) the store stays as it is, empty at first.
 */
export class Reflector<T extends KubernetesObject> {
  private state: ReflectorState<T> = { phase: 'Empty' };
  private watch: OpenWatch<T> | undefined;
  /** When anything last came from the watch, by the monotonic clock: a large object on a slow line is no silence. */
  private heardAt = -Infinity;
  private backoff: Backoff;
  private trouble: string | undefined;
  private readonly name: string;

  constructor(private readonly options: ReflectorOptions<T>) {
    const { resource, metrics } = options;
    this.name = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
    this.backoff = this.newBackoff();
    metrics.reflectorLists.inc({ resource: this.name }, 0);
    metrics.reflectorObjects.set({ resource: this.name }, 0);
    metrics.reflectorListed.set({ resource: this.name }, 0);
    for (const reason of ['closed', 'idle', 'expired', 'error'])
      metrics.reflectorRestarts.inc({ resource: this.name, reason }, 0);
  }

  /** Runs until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const happening = await this.act(signal);
      if (signal.aborted) break;
      const outcome = step(this.state, happening);
      if (outcome.watchEnd !== undefined) {
        this.options.metrics.reflectorRestarts.inc({ resource: this.name, reason: outcome.watchEnd });
        // A watch that worked shows that the server is well: something between us ends watches after a time, and a wait that
        // grows with each of them would leave us blind for most of it.
        if (outcome.watchEnd === 'error' && this.watchAgeMs() >= shortestWatchMs) this.backoff = this.newBackoff();
        this.endWatch();
      }
      if (outcome.change !== undefined) this.change(outcome.change);
      this.state = outcome.state;
      if (outcome.failure === undefined) this.recovered();
      else await this.waitAfter(outcome.failure, signal);
    }
    this.endWatch();
  }

  private async act(signal: AbortSignal): Promise<Happening<T>> {
    try {
      switch (this.state.phase) {
        case 'Empty':
          return await this.list(undefined, signal);
        case 'Listing':
          return await this.list(this.state.continue, signal);
        case 'Listed':
          return await this.openWatch(this.state.resourceVersion, signal);
        case 'Watching':
          return await this.nextEvent();
      }
    } catch (error) {
      return { type: 'failed', error };
    }
  }

  private async list(next: string | undefined, signal: AbortSignal): Promise<Happening<T>> {
    const { client, resource, selection, pageSize = defaultPageSize } = this.options;
    const page = await client.list(resource, { ...selection, limit: pageSize, continue: next, signal });
    for (const object of page.items) this.slim(object);
    return { type: 'page', page };
  }

  private async openWatch(resourceVersion: string, signal: AbortSignal): Promise<Happening<T>> {
    const { client, resource, selection, clock, random } = this.options;
    const abort = new AbortController();
    const forward = () => abort.abort(signal.reason);
    signal.addEventListener('abort', forward);
    abort.signal.addEventListener('abort', () => signal.removeEventListener('abort', forward));
    const timeoutSeconds = watchSeconds + Math.floor(random.next() * (watchJitterSeconds + 1));
    try {
      const onBytes = () => {
        this.heardAt = clock.monotonic();
      };
      const options = { ...selection, resourceVersion, timeoutSeconds, onBytes, signal: abort.signal };
      const opening = client.watch(resource, options);
      const events = await this.unlessIdle(opening);
      if (events === 'idle') {
        abort.abort();
        return { type: 'idle' };
      }
      this.watch = { events, abort, openedAt: clock.monotonic(), sawEvent: false };
      return { type: 'opened' };
    } catch (error) {
      abort.abort();
      throw error;
    }
  }

  private async nextEvent(): Promise<Happening<T>> {
    const { watch } = this;
    if (watch === undefined) return { type: 'closed', early: false };
    const next = await this.unlessIdle(watch.events.next());
    if (next === 'idle') return { type: 'idle' };
    if (next.done === true) {
      return { type: 'closed', early: !watch.sawEvent && this.watchAgeMs() < shortestWatchMs };
    }
    watch.sawEvent = true;
    const event = next.value;
    if (event.type === 'ADDED' || event.type === 'MODIFIED' || event.type === 'DELETED') this.slim(event.object);
    return { type: 'event', event };
  }

  /** The value, or `idle` when nothing comes for too long; what it was about to do is the caller's to end. */
  private async unlessIdle<V>(coming: Promise<V>): Promise<V | 'idle'> {
    const { clock, idleSeconds = 90 } = this.options;
    const { promise: idle, resolve } = Promise.withResolvers<'idle'>();
    const idleMs = idleSeconds * 1000;
    const look = () => {
      const leftMs = this.heardAt + idleMs - clock.monotonic();
      if (leftMs > 0) timer = clock.setTimer(leftMs, look);
      else resolve('idle');
    };
    let timer = clock.setTimer(idleMs, look);
    // Once the watch is aborted nobody waits for it any more, and its rejection must not end the process.
    coming.catch(() => undefined);
    try {
      return await Promise.race([coming, idle]);
    } finally {
      timer.cancel();
    }
  }

  private newBackoff(): Backoff {
    return new Backoff(backoff, this.options.clock, this.options.random);
  }

  /** 0 when no watch is open. */
  private watchAgeMs(): number {
    return this.watch === undefined ? 0 : this.options.clock.monotonic() - this.watch.openedAt;
  }

  private endWatch(): void {
    this.watch?.abort.abort();
    this.watch = undefined;
  }

  private change(change: StoreChange<T>): void {
    const { store, metrics } = this.options;
    switch (change.type) {
      case 'replace':
        store.replace(change.objects);
        metrics.reflectorLists.inc({ resource: this.name });
        metrics.reflectorListed.set({ resource: this.name }, 1);
        break;
      case 'upsert':
        store.upsert(change.object);
        break;
      case 'remove':
        store.remove(change.object);
        break;
    }
    metrics.reflectorObjects.set({ resource: this.name }, store.size);
  }

  /** Writes to an object that only we have yet. */
  private slim(object: T): void {
    const { resource, slim } = this.options;
    Reflect.deleteProperty(object.metadata, 'managedFields');
    Object.assign(object, { apiVersion: apiVersionOf(resource), kind: resource.kind });
    slim?.(object);
  }

  private async waitAfter(failure: unknown, signal: AbortSignal): Promise<void> {
    const { log, clock } = this.options;
    const trouble = describeTrouble(failure);
    const line = { resource: this.name, cause: causeText(failure) };
    if (trouble === this.trouble) log.debug(line, trouble);
    else if (trouble === 'resource version expired, listing again') log.info(line, trouble);
    else log.warn(line, trouble);
    this.trouble = trouble;
    await sleep(clock, Math.max(this.backoff.next(), retryAfterSecondsOf(failure) * 1000), signal);
  }

  private recovered(): void {
    if (this.trouble === undefined) return;
    this.options.log.info({ resource: this.name, after: this.trouble }, 'reflector works again');
    this.trouble = undefined;
  }
}

/** One line when a trouble starts, not one per attempt: the same words mean the same trouble. */
function describeTrouble(failure: unknown): string {
  if (!(failure instanceof ApiError)) return 'API server not reachable, trying again';
  if (failure.status === 404) return 'the API does not have this kind (is its CRD installed?), waiting for it';
  if (failure.status === 403) return 'not allowed to list and watch this kind (is the role bound?), trying again';
  if (failure.status === 401) return 'the API server does not accept our credentials, trying again';
  if (failure.isExpired) return 'resource version expired, listing again';
  return `the API server answers ${failure.status}, trying again`;
}
