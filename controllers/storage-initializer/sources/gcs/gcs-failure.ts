import * as z from 'zod';
import { parsedJson } from '../../http/parsed-json';
import { isTransientStatus } from '../../http/http-client';
import { refusalWords } from '../../http/refusal-words';
import type { StorageError } from '../../storage-error';
import { storageFailure } from '../../storage-error';

const gcsError = z.object({
  error: z.object({
    message: z.string().optional(),
    errors: z.array(z.object({ reason: z.string().optional() })).optional(),
  }),
});

/** Refusals that are about how often, not about who. */
const rateReasons: ReadonlySet<string> = new Set(['rateLimitExceeded', 'userRateLimitExceeded']);

/**
 * What an answer other than 2xx means.
 *
 * @param name the bucket or object that was asked for, as `gs://BUCKET/NAME`
 */
export function gcsFailure(name: string, status: number, body: string): StorageError {
  const { text, reason } = cause(body);
  const because = `HTTP ${status}${text === '' ? '' : `: ${text}`}`;
  if (status === 401) return storageFailure('GCS', 'credentials', name, `${name}: ${because}`);
  if (isTransientStatus(status) || rateReasons.has(reason)) return storageFailure('GCS', 'connection', name, because);
  if (status === 403) return storageFailure('GCS', 'denied', name, because);
  if (status === 404) return storageFailure('GCS', 'not-found', name, because);
  return storageFailure('GCS', 'other', name, `${name}: ${because}`);
}

/** What Google says: JSON from the listing, plain text from downloads. */
function cause(body: string): { readonly text: string; readonly reason: string } {
  const parsed = gcsError.safeParse(parsedJson(body));
  if (!parsed.success) return { text: /^\s*</.test(body) ? '' : refusalWords(body), reason: '' };
  const { message = '', errors = [] } = parsed.data.error;
  return { text: refusalWords(message), reason: errors[0]?.reason ?? '' };
}
