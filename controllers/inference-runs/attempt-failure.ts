import { exitCodes } from '../../definitions/inference/runner-report';
import type { RunFailure } from '../../definitions/inference/inference-run-status';
import { failureReasons, type FailureReason } from '../../definitions/names/inference';
import type { RunnerEnd } from './attempt-evidence';
import type { JobState } from './job-state';

type Failed = Extract<JobState, { readonly state: 'failed' }>;

/** What exit codes of a runner mean. */
const reasonOfExit: Readonly<Record<number, FailureReason>> = {
  [exitCodes.contract]: failureReasons.contractInvalid,
  [exitCodes.input]: failureReasons.inputFailed,
  [exitCodes.inference]: failureReasons.inferenceFailed,
  [exitCodes.output]: failureReasons.outputFailed,
  [exitCodes.items]: failureReasons.partialFailure,
  [exitCodes.endpoint]: failureReasons.endpointUnavailable,
  [exitCodes.checkpoint]: failureReasons.checkpointConflict,
  [exitCodes.interrupted]: failureReasons.interrupted,
};

/** Most characters of a message in a status: what a pod left can be 4 KiB of log. */
const longestMessage = 1024;

/**
 * Why an attempt failed.
 *
 * @param end how its last runner ended; undefined when no pod of it ever got that far, or all are gone
 */
export function failureOf(job: Failed, end: RunnerEnd | undefined): RunFailure {
  if (job.reason === failureReasons.deadlineExceeded) {
    return { ...failedPod(end), reason: failureReasons.deadlineExceeded, ...messageOf(job.message) };
  }
  if (end === undefined) {
    const reason = job.reason === undefined ? failureReasons.runnerError : jobReason(job.reason);
    return { reason, ...messageOf(job.message) };
  }
  return { ...failedPod(end), reason: reasonOfEnd(end), ...messageOf(explanation(end) ?? job.message) };
}

/** Why a pod of an attempt that goes on failed. */
export function podFailureOf(end: RunnerEnd): RunFailure {
  return { ...failedPod(end), reason: reasonOfEnd(end), ...messageOf(explanation(end)) };
}

/** What the Job controller says, in our words where we have one. */
function jobReason(reason: string): FailureReason {
  return Object.values(failureReasons).find((known) => known === reason) ?? failureReasons.runnerError;
}

function reasonOfEnd(end: RunnerEnd): FailureReason {
  if (end.podReason === 'Evicted') return failureReasons.evicted;
  if (end.containerReason === 'OOMKilled') return failureReasons.oomKilled;
  return reasonOfExit[end.exitCode] ?? failureReasons.runnerError;
}

function failedPod(end: RunnerEnd | undefined): Partial<RunFailure> {
  if (end === undefined) return {};
  const { exitCode, podName, containerReason } = end;
  return { exitCode, podName, ...(containerReason === undefined ? {} : { containerReason }) };
}

/** The most frequent error of the report; else the last words of the runner. */
function explanation({ report, message, exitCode }: RunnerEnd): string | undefined {
  const [error] = report?.errors ?? [];
  if (error !== undefined) return `${error.code}: ${error.message}`;
  if (report !== undefined || message === undefined) return `the runner ended with exit code ${exitCode}`;
  const words = message.trim();
  return words === '' ? `the runner ended with exit code ${exitCode}` : words;
}

function messageOf(message: string | undefined): { readonly message?: string } {
  if (message === undefined || message === '') return {};
  // The cause stands at the end of a log.
  return { message: message.length > longestMessage ? `...${message.slice(3 - longestMessage)}` : message };
}
