import { clientVariables } from '../../../definitions/names/inference';
import type { ResolvedExecution } from '../../../definitions/inference/execution';
import { contractRefusal } from './contract-refusal';
import { durationMs } from './duration';

/** How a failed request is tried again. */
export interface RetrySettings {
  readonly maxAttempts: number;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly multiplier: number;
  /** Share of a wait that is random. */
  readonly jitter: number;
  /** `network`, `timeout`, and statuses. */
  readonly retryOn: ReadonlySet<string>;
}

/** How requests are sent. */
export interface RequestSettings {
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly retry: RetrySettings;
  /** Absent: no limit. */
  readonly pace?: { readonly perSecond: number; readonly burst: number };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of the run, over which the variables of upstream's HTTP client win.
 *
 * @throws RunnerError with exit code 2 naming the variable or field
 */
export function requestSettings(execution: ResolvedExecution, environment: Environment): RequestSettings {
  const { retry } = execution;
  const retries = numberOf(environment, clientVariables.maxRetries, 0);
  const perSecond = numberOf(environment, clientVariables.qps, 0) ?? execution.requestsPerSecond ?? 0;
  const burst = numberOf(environment, clientVariables.burst, 1) ?? 1;
  return {
    timeoutMs: execution.requestTimeoutSeconds * 1000,
    connectTimeoutMs: execution.connectTimeoutSeconds * 1000,
    retry: {
      maxAttempts: retries === undefined ? retry.maxAttempts : Math.floor(retries) + 1,
      initialBackoffMs:
        durationOf(environment, clientVariables.baseBackoff) ??
        settingMs(retry.initialBackoff, 'execution.retry.initialBackoff'),
      maxBackoffMs:
        durationOf(environment, clientVariables.maxBackoff) ??
        settingMs(retry.maxBackoff, 'execution.retry.maxBackoff'),
      multiplier: retry.multiplier,
      jitter: retry.jitter,
      retryOn: new Set(retry.retryOn),
    },
    // As in client-go, 0 is no limit.
    ...(perSecond === 0 ? {} : { pace: { perSecond, burst: Math.floor(burst) } }),
  };
}

function numberOf(environment: Environment, name: string, least: number): number | undefined {
  const text = environment[name]?.trim();
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (Number.isFinite(number) && number >= least) return number;
  throw contractRefusal(`variable ${name}: expected a number not below ${least}, got ${text}`);
}

function durationOf(environment: Environment, name: string): number | undefined {
  const text = environment[name]?.trim();
  return text === undefined || text === '' ? undefined : settingMs(text, `variable ${name}`);
}

function settingMs(text: string, setting: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw contractRefusal(`${setting}: expected a duration such as 500ms or 10s, got ${text}`);
  return ms;
}
