import { exitCodes } from '../../../definitions/inference/runner-report';
import { clientVariables } from '../../../definitions/names/krateo';
import type { Environment } from '../../component';
import { RunnerError } from '../runner-error';
import { failureOf, type Side } from './settings';

/** How hard servers of Krateo may be asked. */
export interface ClientLimits {
  readonly queriesPerSecond: number;
  /** Calls at once before the rate counts. */
  readonly burst: number;
  /** Tries after the first. */
  readonly maxRetries: number;
  /** Wait before the second try; doubles. */
  readonly baseBackoffMs: number;
  readonly maxBackoffMs: number;
}

/**
 * Limits of the variables of Krateo's HTTP client, with its defaults: `CLIENT_QPS` 30, `CLIENT_BURST` 45, `CLIENT_MAX_RETRIES` 5,
 * `CLIENT_BASE_BACKOFF` 500ms, `CLIENT_MAX_BACKOFF` 10s.
 *
 * @throws RunnerError with exit code 2 naming the variable
 */
export function clientLimits(environment: Environment, side: Side): ClientLimits {
  const read = (name: string, otherwise: number, parse: (text: string) => number | undefined, expected: string) => {
    const text = environment[name]?.trim() ?? '';
    if (text === '') return otherwise;
    const value = parse(text);
    if (value !== undefined) return value;
    const message = `environment: ${name}: got ${JSON.stringify(text)}, expected ${expected}`;
    throw new RunnerError(exitCodes.contract, failureOf[side].code, message);
  };
  const duration = 'a duration such as 500ms or 10s';
  return {
    queriesPerSecond: read(clientVariables.queriesPerSecond, 30, positiveNumber, 'a number above 0'),
    burst: read(clientVariables.burst, 45, positiveWhole, 'a whole number above 0'),
    maxRetries: read(clientVariables.maxRetries, 5, wholeNumber, 'a whole number'),
    baseBackoffMs: read(clientVariables.baseBackoff, 500, goDurationMs, duration),
    maxBackoffMs: read(clientVariables.maxBackoff, 10_000, goDurationMs, duration),
  };
}

function wholeNumber(text: string): number | undefined {
  return /^[0-9]{1,6}$/.test(text) ? Number(text) : undefined;
}

function positiveWhole(text: string): number | undefined {
  const value = wholeNumber(text);
  return value === 0 ? undefined : value;
}

function positiveNumber(text: string): number | undefined {
  return /^[0-9]+(\.[0-9]+)?$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function goDurationMs(text: string): number | undefined {
  if (!/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/([0-9.]+)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0),
    0,
  );
}
