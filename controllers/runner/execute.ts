import { exitCodes } from '../../definitions/inference/runner-report';
import { batchLimitsOf } from './execution-of';
import { dryRun } from './dry-run';
import { limitExceeded } from './error-policy';
import { errorCodes } from './error-code';
import type { Input } from './input';
import type { RunnerMetrics } from './metrics';
import type { ModelClient } from './model-client';
import type { Output } from './output';
import { runPipeline } from './pipeline';
import { Progress } from './progress';
import { RunnerError } from './runner-error';
import { endOf, type Stage } from './stage';
import type { Stop } from './stop';
import type { Tally } from './tally';
import type { Work } from './work';

/** How the parts of a run are made, by what its Contract says. */
export interface Connect {
  input(work: Work): Promise<Input>;
  output(work: Work): Promise<Output>;
  model(work: Work): Promise<ModelClient>;
}

/** The parts of a run as far as they were made: for its report and its metrics. */
export interface Connected {
  input?: Input;
  output?: Output;
  model?: ModelClient;
}

export interface ExecuteOptions {
  readonly work: Work;
  readonly connect: Connect;
  /** Filled as parts are made. */
  readonly connected: Connected;
  readonly stop: Stop;
  readonly tally: Tally;
  readonly metrics: RunnerMetrics;
}

/**
 * Does the work of a Contract from its first to its last step: connect, look for earlier work, wait for the model, move items, commit.
 *
 * @throws RunnerError that says how it ended, when not well
 */
export async function execute(options: ExecuteOptions): Promise<void> {
  const { work, connected } = options;
  try {
    if (work.execution.dryRun) await dryRun(options);
    else await wholeRun(options);
  } finally {
    for (const part of [connected.model, connected.input, connected.output]) {
      // What is durable is durable: an end in good order is all that is lost.
      await part?.close().catch((error: unknown) => work.log.warn({ err: error }, 'not closed in good order'));
    }
  }
}

async function wholeRun({ work, connect, connected, stop, tally, metrics }: ExecuteOptions): Promise<void> {
  const { execution, clock, log } = work;
  const limits = batchLimitsOf(execution);
  const input = (connected.input = await during('input', stop.begun, () => connect.input(work)));
  const output = (connected.output = await during('output', stop.begun, () => connect.output(work)));
  const model = (connected.model = await during('inference', stop.begun, () => connect.model(work)));

  const earlier = await during('output', stop.begun, () => output.open(stop.begun));
  tally.earlier(earlier);
  if (tally.skipped + tally.failed > 0) {
    log.info(
      { stage: 'output', items: tally.done, ranges: earlier.done.length },
      'earlier work found, it is not done again',
    );
  }
  await during('inference', stop.begun, () => model.prepare(stop.begun));
  log.info({ stage: 'inference', input: input.kind, output: output.kind, location: output.location }, 'started');

  const expected = expectedItems(input, execution.maxInputItems);
  const progress = new Progress(clock, log.child({ stage: 'inference' }), tally, expected);
  try {
    const { done } = earlier;
    await runPipeline({ input, model, output, execution, limits, done, stop, tally, metrics, clock });
  } finally {
    progress.stop();
  }
  try {
    assertGoodEnd(tally, execution);
  } catch (error) {
    await output.save(stop.writes, true);
    throw error;
  }
  const { failed, done } = tally;
  await during('output', stop.writes, () => output.commit({ succeeded: done - failed, failed }, stop.writes));
  tally.committed();
}

/** @throws RunnerError when the whole is not as it shall be, though each part was */
function assertGoodEnd(tally: Tally, execution: Work['execution']): void {
  const { errors, emptyInput } = execution;
  if (tally.total === 0 && emptyInput === 'fail') {
    const message = 'the input has no items, and execution.emptyInput is fail';
    throw new RunnerError(exitCodes.input, errorCodes.storageRead, message);
  }
  const exceeded = errors.mode === 'continue' ? limitExceeded(errors, tally, true) : undefined;
  if (exceeded !== undefined) throw exceeded;
}

/** A step, whose errors get the exit code of its stage; after a stop they are its consequence. */
async function during<T>(stage: Stage, stopped: AbortSignal, step: () => Promise<T>): Promise<T> {
  try {
    stopped.throwIfAborted();
    return await step();
  } catch (error) {
    throw endOf(stage, stopped.aborted ? stopped.reason : error);
  }
}

/** How many items there will be, asked for beside the work and unknown until it is answered. */
function expectedItems(input: Input, most = Infinity): () => number | undefined {
  let estimate: number | undefined;
  input.estimate?.().then(
    (count) => (estimate = count),
    // The work goes on without a percentage.
    () => undefined,
  );
  return () => (estimate === undefined ? undefined : Math.min(estimate, most));
}
