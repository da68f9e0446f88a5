import { setImmediate } from 'node:timers/promises';
import type { ResolvedExecution } from '../../definitions/inference/execution';
import type { Clock, Timer } from '../runtime/clock';
import { Handover } from './handover';
import type { FinishedBatch, Output } from './output';
import type { Tally } from './tally';

export interface WriterOptions {
  readonly output: Output;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly checkpoint: ResolvedExecution['checkpoint'];
  /** Called when so many batches were written: their memory is free, and their errors count. */
  readonly onWritten: (batches: number) => void;
}

/** Gives finished batches to the output, one at a time, and has them saved every so many items and seconds. */
export class Writer {
  private readonly work = new Handover<FinishedBatch | 'save'>();
  private timer: Timer | undefined;
  private unsaved = 0;

  constructor(private readonly options: WriterOptions) {}

  /** Takes a batch to be written after those before it. */
  push(batch: FinishedBatch): void {
    this.work.push(batch);
  }

  /** Lets what was pushed be written, and then end. */
  close(): void {
    this.work.close();
  }

  /** Ends after what is being written now. */
  discard(): void {
    this.work.discard();
  }

  /** Writes until the end. @throws what the output throws */
  async run(signal: AbortSignal): Promise<void> {
    const { output, tally, onWritten, checkpoint } = this.options;
    try {
      for (let next = await this.work.take(); next !== undefined; next = await this.work.take()) {
        if (next === 'save') {
          await this.save(signal);
          continue;
        }
        // Answers that have come together are written together: the requests after them wait for the write.
        if (output.keepsWrites === true) await setImmediate();
        const { batch, count } = this.withFollowing(next);
        await output.write(batch, signal);
        tally.finished(batch);
        onWritten(count);
        this.unsaved += batch.last - batch.first + 1;
        if (this.unsaved >= checkpoint.everyItems) await this.save(signal);
        else this.saveLater();
      }
    } finally {
      this.timer?.cancel();
    }
  }

  /** Makes everything written durable, because the process ends before its work does. */
  async saveLast(signal: AbortSignal): Promise<void> {
    const { output, tally } = this.options;
    tally.position = (await output.save(signal, true)) ?? tally.position;
  }

  /**
   * A batch with those that wait right behind it: while a fast model waits for a write, one for all of them takes no longer than one for
   * the first.
   */
  private withFollowing(first: FinishedBatch): { readonly batch: FinishedBatch; readonly count: number } {
    const together = [first];
    for (let last = first.last; ;) {
      const next = this.work.peek();
      if (next === undefined || next === 'save' || next.first !== last + 1) break;
      this.work.drop();
      together.push(next);
      last = next.last;
    }
    const count = together.length;
    if (count === 1) return { batch: first, count };
    const batch = {
      first: first.first,
      last: together.at(-1)?.last ?? first.last,
      results: together.flatMap(({ results }) => results),
      failed: together.flatMap(({ failed }) => failed),
    };
    return { batch, count };
  }

  private async save(signal: AbortSignal): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    if (this.unsaved === 0) return;
    const { output, tally } = this.options;
    tally.position = (await output.save(signal)) ?? tally.position;
    this.unsaved = 0;
  }

  /** What waits alone, because requests take long, is saved in time, too. */
  private saveLater(): void {
    const { clock, checkpoint } = this.options;
    this.timer ??= clock.setTimer(checkpoint.everySeconds * 1000, () => this.work.push('save'));
  }
}
