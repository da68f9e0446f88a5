import { exitCodes } from '../../definitions/inference/runner-report';
import { errorCodes } from './error-code';
import type { EarlierWork, FinishedBatch, Output, Range } from './output';
import { RunnerError } from './runner-error';

/**
 * An output whose dead letters go to another one.
 *
 * Guarantees: dead letters are durable before their items count as done. Whether an item is done is what the output of the results says;
 * an item whose dead letter outlived a kill is tried again, and its second dead letter is left out.
 *
 * @param results does not keep dead letters itself
 * @throws RunnerError with exit code 2 when both are in the same place: each would take the other's files for its own
 */
export function separateDeadLetters(results: Output, deadLetters: Output): Output {
  if (results.kind === deadLetters.kind && results.location === deadLetters.location) {
    throw new RunnerError(
      exitCodes.contract,
      errorCodes.contract,
      `execution.errors.deadLetter: ${deadLetters.location} is where the results go; give another place, or inherit`,
    );
  }
  return new SeparateDeadLetters(results, deadLetters);
}

class SeparateDeadLetters implements Output {
  private there: readonly Range[] = [];

  constructor(
    private readonly results: Output,
    private readonly deadLetters: Output,
  ) {}

  get kind(): string {
    return this.results.kind;
  }
  get location(): string {
    return this.results.location;
  }
  get keepsWrites(): boolean {
    return this.results.keepsWrites === true;
  }

  async open(signal: AbortSignal): Promise<EarlierWork> {
    this.there = (await this.deadLetters.open(signal)).done;
    return this.results.open(signal);
  }

  async write(batch: FinishedBatch, signal: AbortSignal): Promise<void> {
    const failed = batch.failed.filter(({ item }) => !this.there.some((range) => contains(range, item.index)));
    if (failed.length > 0) await this.deadLetters.write({ ...batch, results: [], failed }, signal);
    await this.results.write(batch, signal);
  }

  async save(signal: AbortSignal, last?: boolean): Promise<number | undefined> {
    await this.deadLetters.save(signal, last);
    return this.results.save(signal, last);
  }

  async commit(totals: { readonly succeeded: number; readonly failed: number }, signal: AbortSignal): Promise<void> {
    await this.deadLetters.commit({ succeeded: 0, failed: totals.failed }, signal);
    await this.results.commit(totals, signal);
  }

  bytesWritten(): number {
    return this.results.bytesWritten() + this.deadLetters.bytesWritten();
  }

  async close(): Promise<void> {
    await Promise.all([this.results.close(), this.deadLetters.close()]);
  }
}

function contains({ first, last }: Range, index: number): boolean {
  return index >= first && index <= last;
}
