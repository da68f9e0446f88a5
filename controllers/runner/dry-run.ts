import { batchesOf } from './batcher';
import type { ExecuteOptions } from './execute';
import { batchLimitsOf } from './execution-of';
import { finishBatch } from './finish-batch';
import { endOf } from './stage';

/**
 * Reads the input, makes batches, builds requests, and counts items that can't be read or sent. Nothing is sent (a model client sees to
 * that itself), nothing is written; the limits of errors do not count, since the report is what it is for.
 *
 * @throws RunnerError for an input that can't be read
 */
export async function dryRun({ work, connect, connected, stop, tally }: ExecuteOptions): Promise<void> {
  const limits = batchLimitsOf(work.execution);
  const splitting = { splitOnFailure: true, retryOn: [], stopAtFirst: false };
  try {
    const input = (connected.input = await connect.input(work));
    connected.output = await connect.output(work);
    const model = (connected.model = await connect.model(work));
    await model.prepare(stop.begun);
    for await (const batch of batchesOf(input.groups(stop.begun), limits, [], tally.read)) {
      tally.batches += 1;
      const { failed } = await finishBatch(batch, (items) => model.infer(items, stop.begun), splitting);
      tally.finished({ ...batch, results: [], failed });
      stop.begun.throwIfAborted();
    }
  } catch (error) {
    throw endOf('input', stop.begun.aborted ? stop.begun.reason : error);
  }
  work.log.info({ items: tally.total, unusable: tally.failed, batches: tally.batches }, 'dry run, nothing was sent');
}
