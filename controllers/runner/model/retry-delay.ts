import type { RetrySettings } from './request-settings';

/** Longest `Retry-After` that is obeyed: a run that waits for longer looks hung. */
const longestRetryAfterMs = 5 * 60_000;

/** What a try ended with: a status, or no answer. */
export type Failure = 'network' | 'timeout' | number;

/** Whether another try of the same request makes sense. */
export function retryable(failure: Failure, { retryOn }: Pick<RetrySettings, 'retryOn'>): boolean {
  return retryOn.has(String(failure));
}

/**
 * Milliseconds until the next try: growing, a part of it random so that requests which failed together don't come back together, and
 * never before the time that the server asked for.
 *
 * @param attempt the try that has failed, from 1
 * @param retryAfterMs what the server asked for, 0 for nothing
 * @param random 0 ≤ n < 1
 */
export function retryDelay(
  attempt: number,
  retryAfterMs: number,
  settings: Omit<RetrySettings, 'maxAttempts' | 'retryOn'>,
  random: number,
): number {
  const { initialBackoffMs, maxBackoffMs, multiplier, jitter } = settings;
  const ceiling = Math.min(initialBackoffMs * multiplier ** (attempt - 1), maxBackoffMs);
  const backoff = ceiling * (1 - jitter * random);
  return Math.max(backoff, Math.min(retryAfterMs, longestRetryAfterMs));
}

/**
 * `Retry-After` as milliseconds; 0 when it says nothing that can be read.
 *
 * @param now milliseconds since the epoch
 */
export function retryAfterMs(header: string | readonly string[] | undefined, now: number): number {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim();
  if (text === undefined) return 0;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
