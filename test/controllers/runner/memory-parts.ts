import { setImmediate } from 'node:timers/promises';
import type { Input } from '../../../controllers/runner/input';
import { ItemError, type Item, type ValidItem } from '../../../controllers/runner/item';
import type { ModelClient, Prediction } from '../../../controllers/runner/model-client';
import type { EarlierWork, FinishedBatch, Output, Range } from '../../../controllers/runner/output';

/** An item whose value is its index, of ten bytes. */
export function numbered(index: number): ValidItem {
  return { index, id: String(index), bytes: 10, value: index };
}

/** An item that can't be read. */
export function unreadable(index: number): Item {
  return { index, id: String(index), bytes: 10, invalid: `line ${index + 1} is no JSON`, text: '{' };
}

/** Items with the given indices, in groups that are no multiple of any batch. */
export async function* groupsOf(indices: readonly number[]): AsyncGenerator<readonly Item[]> {
  for (let at = 0; at < indices.length; at += 5) yield indices.slice(at, at + 5).map(numbered);
}

/** Numbers from 0 to `count` - 1. */
export function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** An input over items in memory that says how far it was read. */
export class MemoryInput implements Input {
  readonly kind = 'memory';
  readonly repeatable = true;
  taken = 0;
  closed = false;

  /** @param at what happens when the item of an index is asked for */
  constructor(
    private readonly items_: readonly Item[],
    private readonly at: (index: number, signal: AbortSignal) => void | Promise<void> = () => undefined,
  ) {}

  async *groups(signal: AbortSignal): AsyncIterable<readonly Item[]> {
    for (const item of this.items_) {
      await this.at(item.index, signal);
      this.taken += 1;
      yield [item];
    }
  }
  bytesRead(): number {
    return this.taken * 10;
  }
  async estimate(): Promise<number> {
    return this.items_.length;
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}

/** What outlives a process: an output that remembers what was saved, and forgets what was only written. */
export class MemoryStorage {
  saved: FinishedBatch[] = [];
  committed: { readonly succeeded: number; readonly failed: number } | undefined;

  get results(): number[] {
    return this.saved.flatMap(({ results }) => results.map(({ item }) => item.index));
  }
  get deadLetters(): number[] {
    return this.saved.flatMap(({ failed }) => failed.map(({ item }) => item.index));
  }
  get ranges(): Range[] {
    return this.saved.map(({ first, last }) => ({ first, last }));
  }
}

/** An output of one process over a storage. */
export class MemoryOutput implements Output {
  readonly kind = 'memory';
  readonly location = 'memory://results';
  keepsWrites = false;
  written: FinishedBatch[] = [];
  saves = 0;
  opened = false;
  closed = false;
  /** Writes that were begun while another one was not over. */
  overlaps = 0;
  private writing = false;

  constructor(
    readonly storage = new MemoryStorage(),
    private readonly onWrite: (batch: FinishedBatch) => void | Promise<void> = () => undefined,
  ) {}

  async open(): Promise<EarlierWork> {
    this.opened = true;
    const done = this.storage.ranges.sort((one, other) => one.first - other.first);
    return { done, failed: this.storage.deadLetters.length };
  }
  async write(batch: FinishedBatch): Promise<void> {
    if (this.writing) this.overlaps += 1;
    this.writing = true;
    await this.onWrite(batch);
    await setImmediate();
    this.written.push(batch);
    this.writing = false;
  }
  async save(): Promise<number> {
    this.saves += 1;
    this.storage.saved.push(...this.written);
    this.written = [];
    return this.storage.saved.reduce((most, { last }) => Math.max(most, last + 1), 0);
  }
  async commit(totals: { readonly succeeded: number; readonly failed: number }): Promise<void> {
    await this.save();
    this.storage.committed = totals;
  }
  bytesWritten(): number {
    return 0;
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}

/** A model that doubles numbers, and counts. */
export class MemoryModel implements ModelClient {
  readonly asked: number[][] = [];
  /** Most items in flight at one time. */
  mostInFlight = 0;
  inFlight = 0;
  prepared = false;
  closed = false;

  /** @param before what happens before an answer; an error it throws is the request's */
  constructor(
    private readonly before: (indices: readonly number[], signal: AbortSignal) => void | Promise<void> = () =>
      undefined,
  ) {}

  async prepare(): Promise<void> {
    this.prepared = true;
  }
  async infer(items: readonly ValidItem[], signal: AbortSignal): Promise<readonly Prediction[]> {
    signal.throwIfAborted();
    const asked = items.map(({ index }) => index);
    this.asked.push(asked);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      await this.before(asked, signal);
      await setImmediate();
      return items.map(({ index }) => ({ predictions: index * 2 }));
    } finally {
      this.inFlight -= 1;
    }
  }
  get statistics() {
    return { requests: this.asked.length, retries: 0, latency: () => undefined };
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}

/** The error of a request that a bad item spoils. */
export function refusedWith(status: number): ItemError {
  return new ItemError(`HTTP_${status}`, `the model answered ${status}`, [400, 413, 422].includes(status));
}
