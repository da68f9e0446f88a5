/**
 * What went wrong, in words: the message of an error with its code (`ECONNREFUSED`) when the message does not have it. For
 * the end of a message that says what was tried.
 */
export function causeText(error: unknown): string {
  // A failed connection to several addresses is an AggregateError without a message of its own.
  if (error instanceof AggregateError) return error.errors.map(causeText).join(', ');
  if (!(error instanceof Error)) return String(error);
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && !error.message.includes(code) ? `${error.message} (${code})` : error.message;
}
