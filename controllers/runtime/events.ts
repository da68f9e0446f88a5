import { randomBytes } from 'node:crypto';
import type { ApiResource, KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { events } from '../../definitions/kubernetes/core-resources';
import { ApiError } from './api-error';
import { causeText } from './cause-text';
import type { KubernetesClient } from './client';
import type { Clock } from './clock';
import { microTime } from './lease';
import type { Logger } from './log';

/** An event as stored: times are strings. */
interface StoredEvent extends KubernetesObject {
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly type: EventType;
  readonly reason: string;
  readonly action: string;
  readonly note: string;
  readonly regarding: object;
  readonly series?: EventSeries;
}

interface EventSeries {
  readonly count: number;
  readonly lastObservedTime: string;
}

export type EventType = 'Normal' | 'Warning';

/** What to tell. */
export interface EventNote {
  readonly type: EventType;
  /** CamelCase, from `definitions/names`: alerts match on it. */
  readonly reason: string;
  /** A sentence for people; cut at 1024 bytes. */
  readonly note: string;
  /** What was being done, CamelCase. @default 'Reconcile' */
  readonly action?: string;
}

export interface EventRecorderOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** `slipway.dev/registry-sync`: who reports. */
  readonly controller: string;
  /** The pod. */
  readonly instance: string;
}

interface EventRef {
  readonly name: string;
  readonly namespace: string;
}

/** An event that has been told, and how often since. */
interface Series {
  readonly event: Promise<EventRef | undefined>;
  count: number;
  lastAt: number;
  /** How often was told to the server. */
  reported: number;
  reportedAt: number;
}

const eventResource: ApiResource<StoredEvent> = {
  group: events.group,
  version: events.version,
  kind: events.kind,
  plural: events.plural,
  scope: events.scope,
};

/** The API server refuses longer notes. */
const longestNote = 1024;
/** The same again within this time is one event with a count; later it is news. As client-go does. */
const seriesMs = 6 * 60_000;
/** A count that grows is written no more often than this. */
const reportEveryMs = 30_000;
/** Series remembered at most: the oldest go first. */
const mostSeries = 2000;
/**
 * Events written at once, and per second from then on. Two events for each of a thousand objects that change together are as many
 * requests as the work that they tell of.
 */
const burst = 25;
const perSecond = 10;

/**
 * Tells users about their objects in events (events.k8s.io/v1).
 *
 * Guarantees: never blocks and never fails a reconcile; the same (object, reason, note) told again and again is one event
 * with a count, written at most every 30 s.
 *
 * Caveats: an event that can't be written is logged and lost. When a thousand objects change together their events come late:
 * work goes first.
 */
export class EventRecorder {
  private readonly series = new Map<string, Series>();
  private readonly writes = new Set<Promise<unknown>>();
  /** Events that wait for the one that is being created. */
  private readonly waiting: (() => void)[] = [];
  private creating = false;
  /** Events that may be written at once, as of a time. */
  private allowance = burst;
  private allowanceAt: number;
  private ending = false;
  /** Ends the wait for an allowance. */
  private wake: () => void = () => undefined;

  constructor(private readonly options: EventRecorderOptions) {
    this.allowanceAt = options.clock.monotonic();
  }

  /** Tells something about an object, which must have its `apiVersion` and `kind`: those from stores and answers do. */
  record(object: KubernetesObject, note: EventNote): void {
    const { clock } = this.options;
    const now = clock.monotonic();
    const key = [object.kind, object.metadata.uid ?? object.metadata.name, note.type, note.reason, note.note].join(' ');
    const known = this.series.get(key);
    if (known !== undefined && now - known.lastAt < seriesMs) {
      known.count += 1;
      known.lastAt = now;
      if (now - known.reportedAt >= reportEveryMs) this.report(key, known);
      return;
    }
    const event = this.tracked(this.create(object, note));
    this.series.delete(key);
    this.series.set(key, { event, count: 1, lastAt: now, reported: 1, reportedAt: now });
    this.forgetOldest();
  }

  /** Waits for what is being written and writes counts that have not been; call it when all work has ended. */
  async flush(): Promise<void> {
    for (const [key, series] of this.series) {
      if (series.count > series.reported) this.report(key, series);
    }
    // The process is ending: nothing is worth waiting for, an API server that does not answer least of all.
    this.ending = true;
    this.wake();
    for (const create of this.waiting.splice(0)) create();
    await Promise.allSettled(this.writes);
  }

  /** Not async: an event that waits for its turn must not keep the object, which can be a hundred times as large. */
  private create(object: KubernetesObject, note: EventNote): Series['event'] {
    const { clock, controller, instance } = this.options;
    const { name, namespace = 'default', uid, resourceVersion } = object.metadata;
    const metadata = { name: `${name.slice(0, 236)}.${randomBytes(8).toString('hex')}`, namespace };
    const regarding = {
      apiVersion: object.apiVersion,
      kind: object.kind,
      name,
      namespace: object.metadata.namespace,
      uid,
      resourceVersion,
    };
    const { type, reason, action = 'Reconcile' } = note;
    const event = {
      metadata,
      eventTime: microTime(clock.now()),
      reportingController: controller,
      reportingInstance: instance.slice(0, 128),
      type,
      reason,
      action,
      note: cut(note.note),
      regarding,
    };
    return this.write(event);
  }

  private async write(event: StoredEvent & { readonly metadata: EventRef }): Promise<EventRef | undefined> {
    try {
      await this.inTurn(() => this.options.client.create(eventResource, event));
      return event.metadata;
    } catch (error) {
      this.failed(error, event.reason);
      return undefined;
    }
  }

  private report(key: string, series: Series): void {
    const { client, clock } = this.options;
    series.reported = series.count;
    series.reportedAt = clock.monotonic();
    const count = series.count;
    const lastObservedTime = microTime(clock.now());
    void this.tracked(
      series.event.then(async (event) => {
        if (event === undefined) return;
        try {
          await client.mergePatch(eventResource, event, { series: { count, lastObservedTime } });
        } catch (error) {
          // Events live for an hour; one that is gone is told anew the next time.
          if (error instanceof ApiError && error.isNotFound) this.series.delete(key);
          else this.failed(error, 'series');
        }
      }),
    );
  }

  /** One after the other, as client-go does, and no more than the allowance. */
  private async inTurn(write: () => Promise<unknown>): Promise<void> {
    if (this.creating) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.creating = true;
    try {
      await this.allowed();
      await write();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.creating = false;
      else next();
    }
  }

  /** Waits until one more event may be written. */
  private async allowed(): Promise<void> {
    const { clock } = this.options;
    const now = clock.monotonic();
    this.allowance = Math.min(burst, this.allowance + ((now - this.allowanceAt) / 1000) * perSecond) - 1;
    this.allowanceAt = now;
    if (this.allowance >= 0 || this.ending) return;
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer((-this.allowance / perSecond) * 1000, resolve);
      this.wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  private tracked<T>(write: Promise<T>): Promise<T> {
    this.writes.add(write);
    void write.finally(() => this.writes.delete(write));
    return write;
  }

  private failed(error: unknown, reason: string): void {
    this.options.log.warn({ reason, cause: causeText(error) }, 'event not written');
  }

  private forgetOldest(): void {
    for (const key of this.series.keys()) {
      if (this.series.size <= mostSeries) return;
      this.series.delete(key);
    }
  }
}

/** Cuts at a character, not in the middle of its bytes. */
function cut(note: string): string {
  if (Buffer.byteLength(note) <= longestNote) return note;
  const bytes = Buffer.from(note).subarray(0, longestNote - 3);
  return `${new TextDecoder().decode(bytes, { stream: true })}...`;
}
