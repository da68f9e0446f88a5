import {
  exitCodes,
  type ExitCode,
  type ReportedError,
  type RunnerReport,
} from '../../definitions/inference/runner-report';
import { terminationLogMaxBytes } from '../../definitions/names/inference';
import { redactText } from '../runtime/redaction';
import type { RequestStatistics } from './model-client';
import type { RunnerError } from './runner-error';
import type { Tally } from './tally';

/** What a report is made of; parts that were not reached are absent. */
export interface ReportParts {
  readonly tally: Tally;
  readonly durationMs: number;
  readonly executionId?: string | undefined;
  readonly shard?: number | undefined;
  readonly input?: { readonly repeatable: boolean; bytesRead(): number } | undefined;
  readonly output?: { readonly kind: string; readonly location: string; bytesWritten(): number } | undefined;
  readonly statistics?: RequestStatistics | undefined;
  /** What ended the run, if it did not come to its end. */
  readonly end?: RunnerError | undefined;
}

const maxErrors = 5;
const maxMessage = 200;
/** Location of an output in a report: a bucket and a prefix. */
const maxLocation = 500;

/** What a runner says at its end. Texts of others are cut, and secrets in them taken out. */
export function runnerReportOf(parts: ReportParts): RunnerReport {
  const { tally, durationMs, executionId, shard, input, output, statistics, end } = parts;
  const { total, succeeded, failed, skipped } = tally;
  const latency = statistics?.latency();
  const errors = reportedErrors(tally.errorsByFrequency(), end);
  return {
    v: 1,
    ...(executionId === undefined ? {} : { executionId }),
    ...(shard === undefined ? {} : { shard }),
    items: { total, succeeded, failed, skipped },
    requests: statistics?.requests ?? 0,
    retries: statistics?.retries ?? 0,
    batches: tally.batches,
    bytes: { in: input?.bytesRead() ?? 0, out: output?.bytesWritten() ?? 0 },
    durationMs: Math.round(durationMs),
    ...(latency === undefined
      ? {}
      : { latencyMs: { p50: rounded(latency.p50), p95: rounded(latency.p95), max: rounded(latency.max) } }),
    ...(output === undefined
      ? {}
      : { output: { kind: output.kind, location: cut(redactText(output.location), maxLocation) } }),
    ...(errors.length === 0 ? {} : { errors }),
    ...(tally.position === undefined ? {} : { checkpoint: { position: tally.position } }),
    ...(input === undefined ? {} : { repeatable: input.repeatable }),
  };
}

/** What ended the run first, then errors of items by their frequency. A stop from outside is no error. */
function reportedErrors(ofItems: readonly ReportedError[], end: RunnerError | undefined): ReportedError[] {
  const fatal =
    end === undefined || interrupted(end.exitCode) ? [] : [{ code: end.code, message: end.message, count: 1 }];
  const known = ofItems.find(({ code }) => code === end?.code);
  const all =
    known === undefined || fatal.length === 0
      ? [...fatal, ...ofItems]
      : [known, ...ofItems.filter((one) => one !== known)];
  return all.slice(0, maxErrors).map((error) => ({ ...error, message: cut(redactText(error.message), maxMessage) }));
}

function interrupted(code: ExitCode): boolean {
  return code === exitCodes.interrupted;
}

/**
 * A report as one line of JSON that fits into a termination message: messages get shorter, then the rarest errors go, until it does.
 */
export function reportText(report: RunnerReport): string {
  const fits = (text: string) => Buffer.byteLength(text) <= terminationLogMaxBytes;
  for (const length of [maxMessage, 100, 50, 20, 0]) {
    const errors = report.errors?.map((error) => ({ ...error, message: cut(error.message, length) }));
    const text = JSON.stringify(errors === undefined ? report : { ...report, errors });
    if (fits(text)) return text;
  }
  const { errors: _errors, output: _output, ...rest } = report;
  return JSON.stringify(rest);
}

/** The beginning of a text, without half a character at the end. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return length < 1 ? '' : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
