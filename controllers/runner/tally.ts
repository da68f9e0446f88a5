import type { ReportedError } from '../../definitions/inference/runner-report';
import type { FailedItem } from './item';
import type { EarlierWork, FinishedBatch, Range } from './output';

type ErrorCount = { -readonly [Field in keyof ReportedError]: ReportedError[Field] };

/** What has been done so far, for report, progress, metrics and the limits of errors. */
export class Tally {
  private readonly errors = new Map<string, ErrorCount>();
  private earlierItems = 0;
  private earlierFailed = 0;
  private end = 0;
  private written = 0;
  private failedNow = 0;
  batches = 0;
  /** Items that are durable without a gap from the first; undefined until something was saved. */
  position: number | undefined;

  /** Counts what an earlier attempt has done. */
  earlier({ done, failed }: EarlierWork): void {
    this.earlierItems = done.reduce((sum, range) => sum + itemsIn(range), 0);
    this.earlierFailed = failed;
    this.end = Math.max(this.end, (done.at(-1)?.last ?? -1) + 1);
  }

  /** Counts an item that was read, wherever it goes. */
  readonly read = (index: number): void => {
    if (index >= this.end) this.end = index + 1;
  };

  /** Counts a batch that the output has taken. */
  finished(batch: FinishedBatch): void {
    this.written += batch.results.length;
    this.failedNow += batch.failed.length;
    for (const each of batch.failed) this.failure(each);
  }

  /** Everything is durable: outputs that know a position are at the end. */
  committed(): void {
    if (this.position !== undefined) this.position = this.end;
  }

  /** Counts an error of an item. */
  failure({ item, error: { code, message } }: FailedItem): void {
    const known = this.errors.get(code);
    if (known === undefined) this.errors.set(code, { code, message, count: 1, firstItem: item.index });
    else {
      known.count += 1;
      known.firstItem = Math.min(known.firstItem ?? item.index, item.index);
    }
  }

  /** Items of the input, as far as it was read. */
  get total(): number {
    return this.end;
  }
  /** Items that got a result in this process. */
  get succeeded(): number {
    return this.written;
  }
  /** Items without a result, those of earlier attempts included: the output has their dead letters, too. */
  get failed(): number {
    return this.failedNow + this.earlierFailed;
  }
  /** Items that got a result in an earlier attempt. */
  get skipped(): number {
    return Math.max(this.earlierItems - this.earlierFailed, 0);
  }
  /** Items that are done, whoever did them. */
  get done(): number {
    return this.succeeded + this.failed + this.skipped;
  }

  /** Errors of items by their code, the most frequent first. */
  errorsByFrequency(): readonly ReportedError[] {
    return [...this.errors.values()].sort((one, other) => other.count - one.count);
  }
}

function itemsIn({ first, last }: Range): number {
  return last - first + 1;
}
