import { writeFileSync } from 'node:fs';
import { exitCodes, type ExitCode } from '../../definitions/inference/runner-report';
import type { Environment } from '../component';
import { causeText } from '../runtime/cause-text';
import { realClock, realRandom } from '../runtime/clock';
import { createLogger, type Logger } from '../runtime/log';
import { parseRunnerArguments, runnerHelp } from './arguments';
import { connections } from './connections';
import { readContract } from './contract-file';
import { endpointsOf } from './endpoint/open-endpoint';
import { execute, type Connected } from './execute';
import { executionOf } from './execution-of';
import { contractHashOf, executionIdOf } from './identity';
import { createRunnerMetrics } from './metrics';
import { redactedContract } from './redacted-contract';
import { reportText, runnerReportOf } from './report';
import type { RunnerError } from './runner-error';
import { serveRunner } from './server';
import { endOf } from './stage';
import { StopOnSignals } from './stop';
import { Tally } from './tally';
import type { Work } from './work';

/** The only part there is until sharding is built. */
const onlyShard = 0;

/**
 * Runs `slipway runner`: does the work of one Contract, and leaves a report.
 *
 * @returns the exit code, by which controller and pod failure policy decide
 * @throws UsageError before anything is read
 */
// Imported when it is asked for, which the tool does not see.
// ts-unused-exports:disable-next-line
export async function runRunner(args: readonly string[], environment: Environment): Promise<number> {
  if (args.some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(runnerHelp);
    return exitCodes.success;
  }
  const { metrics: address, terminationLog, graceSeconds, log: logOptions } = parseRunnerArguments(args, environment);
  const run = new RunnerRun(createLogger(logOptions), environment, terminationLog);
  const stop = new StopOnSignals(realClock, run.log, graceSeconds);
  // What nobody awaits must not end the process without a report.
  process.on('uncaughtException', (error) => process.exit(run.ended(endOf(run.stage, error))));
  // A part that does not listen to its signal must not keep the report from being written.
  stop.writes.addEventListener('abort', () => process.exit(run.ended(endOf(run.stage, stop.writes.reason))));
  const closeServer = await serveRunner(address, run.metrics, run.log);
  try {
    await run.work(stop);
    return run.ended(undefined);
  } catch (error) {
    return run.ended(endOf(run.stage, error));
  } finally {
    stop.dispose();
    await closeServer();
  }
}

/** One run from reading its Contract to its report. */
class RunnerRun {
  /** Where an error that nobody expected comes from. */
  stage: 'contract' | 'inference' = 'contract';
  private readonly tally = new Tally();
  private readonly connected: Connected = {};
  private readonly began = realClock.monotonic();
  private identity: Pick<Work, 'executionId' | 'shard'> | undefined;
  readonly metrics = createRunnerMetrics(() => this.sums(), { process: true });

  constructor(
    public log: Logger,
    private readonly environment: Environment,
    private readonly terminationLog: string,
  ) {}

  async work(stop: StopOnSignals): Promise<void> {
    const { environment, connected, tally, metrics } = this;
    const { path, contract, document } = await readContract(environment);
    const executionId = executionIdOf(contract, environment);
    this.identity = { executionId, shard: onlyShard };
    this.log = this.log.child({ executionId, shard: onlyShard, attempt: contract.attempt ?? 1 });
    const contractHash = contractHashOf(document);
    this.log.info(
      { stage: 'contract', path, job: contract.jobName, contractHash: contractHash.slice(0, 16) },
      'starting',
    );
    this.log.debug({ stage: 'contract', contract: redactedContract(document) }, 'Contract');
    const openEndpoint = endpointsOf({ environment, clock: realClock, log: this.log });
    const work: Work = {
      contract,
      executionId,
      contractHash,
      shard: onlyShard,
      execution: executionOf(contract),
      environment,
      openEndpoint,
      clock: realClock,
      random: realRandom,
      log: this.log,
    };
    this.stage = 'inference';
    await execute({ work, connect: connections, connected, stop, tally, metrics });
  }

  /** Leaves the report. @returns the exit code */
  ended(end: RunnerError | undefined): ExitCode {
    const { tally, connected, identity, log } = this;
    const { input, output, model } = connected;
    const durationMs = realClock.monotonic() - this.began;
    const report = runnerReportOf({
      tally,
      durationMs,
      ...identity,
      input,
      output,
      statistics: model?.statistics,
      end,
    });
    const exitCode = end?.exitCode ?? exitCodes.success;
    const summary = {
      exitCode,
      items: report.items,
      requests: report.requests,
      retries: report.retries,
      durationMs: report.durationMs,
    };
    if (end === undefined) log.info(summary, 'done');
    else log.error({ ...summary, code: end.code, cause: end.message }, 'ended before it was done');
    try {
      writeFileSync(this.terminationLog, reportText(report));
    } catch (error) {
      log.warn({ cause: causeText(error), file: this.terminationLog }, 'no report was left');
    }
    return exitCode;
  }

  private sums() {
    const { succeeded, failed, skipped, batches } = this.tally;
    const { input, output, model } = this.connected;
    const { requests = 0, retries = 0 } = model?.statistics ?? {};
    const [bytesIn, bytesOut] = [input?.bytesRead() ?? 0, output?.bytesWritten() ?? 0];
    return { succeeded, failed, skipped, batches, requests, retries, bytesIn, bytesOut };
  }
}
