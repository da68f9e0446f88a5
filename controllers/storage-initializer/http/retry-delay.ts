import type { Clock, Random } from '../../runtime/clock';
import type { HeaderFields } from './http-client';

/** Longest wait between two tries, and longest `Retry-After` that is obeyed: a pod that waits looks hung. */
const longestMs = 20_000;
const longestRetryAfterMs = 120_000;
/** Upper bound of the first wait; doubles. */
const firstMs = 250;

/**
 * Milliseconds until the next try: doubling with jitter between half and whole, so that files which failed together don't come back
 * together, and not before the time that the server asked for.
 *
 * @param attempt the try that has failed, from 1
 */
export function retryDelayMs(
  attempt: number,
  headers: HeaderFields | undefined,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): number {
  const ceiling = Math.min(firstMs * 2 ** (attempt - 1), longestMs);
  const backoff = ceiling * (0.5 + random.next() / 2);
  return Math.max(backoff, Math.min(retryAfterMs(headers?.['retry-after'], clock.now()), longestRetryAfterMs));
}

/** `Retry-After` in seconds or as a date, as milliseconds; 0 when it says neither. */
function retryAfterMs(header: string | readonly string[] | undefined, now: number): number {
  const text = typeof header === 'string' ? header : header?.[0];
  if (text === undefined) return 0;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
