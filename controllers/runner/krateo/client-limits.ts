import { clientVariables } from '../../../definitions/names/inference';
import type { Environment } from '../../component';
import { durationMs } from '../model/duration';
import type { PaceLimit } from '../model/pace';
import { refusedContract } from './settings';

/** How hard servers of Krateo may be asked. */
export interface ClientLimits {
  readonly pace: PaceLimit;
  /** Tries after the first. */
  readonly maxRetries: number;
  /** Wait before the second try; doubles. */
  readonly baseBackoffMs: number;
  readonly maxBackoffMs: number;
}

/**
 * Limits of the variables of Krateo's HTTP client, with its defaults: `CLIENT_QPS` 30, `CLIENT_BURST` 45, `CLIENT_MAX_RETRIES` 5,
 * `CLIENT_BASE_BACKOFF` 500ms, `CLIENT_MAX_BACKOFF` 10s. Calls are few: the `execution` of the run is about the model.
 *
 * @throws RunnerError with exit code 2 naming the variable
 */
export function clientLimits(environment: Environment): ClientLimits {
  const read = (name: string, otherwise: number, parse: (text: string) => number | undefined, expected: string) => {
    const text = environment[name]?.trim() ?? '';
    if (text === '') return otherwise;
    const value = parse(text);
    if (value !== undefined) return value;
    throw refusedContract(`variable ${name}: expected ${expected}, got ${text}`);
  };
  const duration = 'a duration such as 500ms or 10s';
  const { qps, burst, maxRetries, baseBackoff, maxBackoff } = clientVariables;
  // As in client-go, 0 is no limit.
  const perSecond = read(qps, 30, (text) => numberFrom(0, text), 'a number not below 0');
  return {
    pace: {
      perSecond: perSecond === 0 ? Infinity : perSecond,
      burst: read(burst, 45, (text) => numberFrom(1, text), 'a number not below 1'),
    },
    maxRetries: Math.floor(read(maxRetries, 5, (text) => numberFrom(0, text), 'a number not below 0')),
    baseBackoffMs: read(baseBackoff, 500, durationMs, duration),
    maxBackoffMs: read(maxBackoff, 10_000, durationMs, duration),
  };
}

function numberFrom(least: number, text: string): number | undefined {
  const number = Number(text);
  return Number.isFinite(number) && number >= least ? number : undefined;
}
