import type { ResolvedExecution } from '../../definitions/inference/execution';
import { batchesOf, type Batch, type BatchLimits } from './batcher';
import { firstFailure, limitExceeded } from './error-policy';
import { Handover } from './handover';
import type { Input } from './input';
import type { ModelClient } from './model-client';
import type { Output, FinishedBatch, Range } from './output';
import { Reorder } from './reorder';
import type { RunnerMetrics } from './metrics';
import { Slots } from './slots';
import type { Infer } from './split';
import { endOf } from './stage';
import type { Stop } from './stop';
import type { Tally } from './tally';
import type { Clock } from '../runtime/clock';
import { finishBatch } from './finish-batch';
import { Writer } from './writer';

/** What the pipeline moves items between, and what it counts with. */
export interface PipelineOptions {
  readonly input: Input;
  readonly model: ModelClient;
  readonly output: Output;
  readonly execution: ResolvedExecution;
  readonly limits: BatchLimits;
  /** Ranges an earlier attempt did. */
  readonly done: readonly Range[];
  readonly stop: Stop;
  readonly tally: Tally;
  readonly metrics: RunnerMetrics;
  readonly clock: Clock;
}

/** A batch on its way, with its place among all. */
interface Numbered {
  readonly number: number;
  readonly batch: Batch;
}

/**
 * Moves items: reader → batches → `concurrency` workers → order → writer, all at the same time.
 *
 * Guarantees: no more than `concurrency` + `prefetchBatches` batches are in memory, whichever stage they are in, and where the output
 * keeps what is written no more than `concurrency` of them have been asked about and are not written yet; one writer; with
 * `order: preserve` batches are written in the order of their items. The first error of a stage ends the others. What was written is
 * saved before it returns or throws, unless the output itself failed.
 *
 * @throws RunnerError that ends the run, with exit code 75 when it was stopped before everything was written
 */
export async function runPipeline(options: PipelineOptions): Promise<void> {
  await new Pipeline(options).run();
}

class Pipeline {
  private readonly failure = new AbortController();
  private readonly reading: AbortSignal;
  private readonly asking: AbortSignal;
  private readonly queue = new Handover<Numbered>();
  private readonly order = new Reorder<FinishedBatch>();
  private readonly slots: Slots;
  /** For batches that are asked about: the next attempt would ask about them again. */
  private readonly unwritten: Slots;
  private readonly writer: Writer;
  private outputFailed = false;
  private readWhole = false;
  private begun = 0;
  private written = 0;

  constructor(private readonly options: PipelineOptions) {
    const { execution, stop, output, tally, clock } = options;
    this.reading = AbortSignal.any([stop.begun, this.failure.signal]);
    this.asking = AbortSignal.any([stop.requests, this.failure.signal]);
    this.slots = new Slots(execution.concurrency + execution.prefetchBatches);
    this.unwritten = new Slots(output.keepsWrites === true ? execution.concurrency : Infinity);
    this.writer = new Writer({
      output,
      tally,
      clock,
      checkpoint: execution.checkpoint,
      onWritten: (batches) => this.onWritten(batches),
    });
  }

  async run(): Promise<void> {
    const { stop, execution } = this.options;
    if (stop.begun.aborted) throw endOf('inference', stop.begun.reason);
    this.reading.addEventListener('abort', () => this.queue.discard());
    this.failure.signal.addEventListener('abort', () => this.writer.discard());
    this.asking.addEventListener('abort', () => this.unwritten.lift());
    // A source that does not listen to the signal must not keep a stopped process alive.
    const read = Promise.race([this.guarded('input', () => this.read()), aborted(this.reading)]);
    const workers = Array.from({ length: execution.concurrency }, () => this.guarded('inference', () => this.work()));
    const write = this.guarded('output', () => this.writer.run(stop.writes));
    await Promise.all([read, ...workers]);
    this.writer.close();
    await write;
    const whole = this.readWhole && this.written === this.begun;
    if (whole && !this.failure.signal.aborted) return;
    if (!this.outputFailed) await this.guarded('output', () => this.writer.saveLast(stop.writes));
    throw endOf('inference', this.failure.signal.aborted ? this.failure.signal.reason : stop.begun.reason);
  }

  /** Runs a stage; its error ends the others, the first one counts. What fails because it was told to stop is no error. */
  private async guarded(stage: 'input' | 'inference' | 'output', run: () => Promise<void>): Promise<void> {
    const { begun, requests, writes } = this.options.stop;
    try {
      await run();
    } catch (error) {
      if (stage === 'output') this.outputFailed = true;
      if ({ input: begun, inference: requests, output: writes }[stage].aborted) return;
      this.failure.abort(endOf(stage, error));
    }
  }

  private async read(): Promise<void> {
    const { input, limits, done, tally } = this.options;
    const batches = batchesOf(input.groups(this.reading), limits, done, tally.read);
    try {
      for (;;) {
        await this.slots.take();
        if (this.reading.aborted) return;
        const next = await batches.next();
        if (this.reading.aborted) return;
        if (next.done === true) break;
        tally.batches += 1;
        this.queue.push({ number: this.begun, batch: next.value });
        this.begun += 1;
      }
      this.readWhole = true;
    } finally {
      this.queue.close();
      // Not waited for: a source that hangs would keep us, and `close` lets go of what it holds.
      void batches.return().catch(() => undefined);
    }
  }

  private async work(): Promise<void> {
    const { execution, metrics, clock } = this.options;
    const failFast = execution.errors.mode === 'failFast';
    for (;;) {
      await this.unwritten.take();
      const next = await this.queue.take();
      if (next === undefined) return this.unwritten.release();
      const began = clock.monotonic();
      metrics.inFlight(1);
      const finished = await finishBatch(next.batch, this.infer, {
        splitOnFailure: execution.retry.splitOnFailure,
        retryOn: execution.retry.retryOn,
        stopAtFirst: failFast,
      }).finally(() => metrics.inFlight(-1));
      metrics.batchSeconds((clock.monotonic() - began) / 1000);
      const [failed] = finished.failed;
      if (failFast && failed !== undefined) {
        this.options.tally.failure(failed);
        throw firstFailure(failed);
      }
      const due = execution.order === 'preserve' ? this.order.add(next.number, finished) : [finished];
      for (const each of due) this.writer.push(each);
    }
  }

  private readonly infer: Infer = async (items) => {
    try {
      return await this.options.model.infer(items, this.asking);
    } catch (error) {
      // A request that was given up says nothing about its items.
      this.asking.throwIfAborted();
      throw error;
    }
  };

  private onWritten(batches: number): void {
    const { tally, execution } = this.options;
    this.written += batches;
    for (let count = 0; count < batches; count += 1) {
      this.unwritten.release();
      this.slots.release();
    }
    if (execution.errors.mode === 'failFast') return;
    const exceeded = limitExceeded(execution.errors, tally, false);
    if (exceeded !== undefined) this.failure.abort(exceeded);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
