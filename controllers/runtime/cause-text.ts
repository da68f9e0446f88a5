import { isNativeError } from 'node:util/types';

/**
 * What went wrong, in words: the message of an error with its code (`ECONNREFUSED`) when the message does not have it. For
 * the end of a message that says what was tried.
 */
export function causeText(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  // A failed connection to several addresses is an AggregateError without a message of its own.
  const causes: unknown = Reflect.get(error, 'errors');
  if (error.message === '' && Array.isArray(causes)) return causes.map(causeText).join(', ');
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && !error.message.includes(code) ? `${error.message} (${code})` : error.message;
}
