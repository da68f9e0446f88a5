import type { Random } from '../../runtime/clock';
import { retryAfterMs, retryDelay } from '../model/retry-delay';
import type { ClientLimits } from './client-limits';

/**
 * Which failed calls are made again:
 *
 * - `repeatable`: all that may pass, since the call only reads, or does no harm when it is made twice
 * - `once`: only those that the server has certainly not begun to work on
 */
export type Repeat = 'repeatable' | 'once';

/** Methods that Krateo's client makes again; the others it never does. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

export function isIdempotent(method: string): boolean {
  return idempotent.has(method);
}

/** Codes of Node and undici for connections that never came up: no byte of the request was sent. */
const neverSent = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether a call without answer is made again. @param code of Node or undici */
export function repeatsAfterError(repeat: Repeat, code: string): boolean {
  return repeat === 'repeatable' || neverSent.has(code);
}

/** Whether a call is made again after an answer. With `Retry-After` 503 comes from who has not begun: a proxy, a server that starts. */
export function repeatsAfterStatus(repeat: Repeat, status: number, retryAfter: string | undefined): boolean {
  if (status === 429) return true;
  return repeat === 'repeatable' ? status >= 500 : status === 503 && retryAfter !== undefined;
}

/** What 429 without `Retry-After` waits for, at Krateo. */
const patienceMs = 2000;

/**
 * Milliseconds before the next try: doubling, between half and whole, not before the server wants it.
 *
 * @param attempt the try that failed, from 1
 * @param now wall clock, for a `Retry-After` with a date
 */
export function retryWaitMs(
  attempt: number,
  { status, retryAfter }: { readonly status?: number; readonly retryAfter?: string | undefined },
  { baseBackoffMs, maxBackoffMs }: ClientLimits,
  random: Random,
  now: number,
): number {
  const askedMs = retryAfter === undefined && status === 429 ? patienceMs : retryAfterMs(retryAfter, now);
  const settings = { initialBackoffMs: baseBackoffMs, maxBackoffMs, multiplier: 2, jitter: 0.5 };
  return retryDelay(attempt, askedMs, settings, random.next());
}
