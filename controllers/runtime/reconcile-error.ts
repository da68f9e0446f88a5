/** An error that retrying cannot mend: the key is left alone until one of its objects changes. */
export class TerminalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TerminalError';
  }
}

/**
 * Seconds an error asks to be left alone, if it carries a `retryAfterSeconds` as `ApiError` does. The longer of this
 * and the key's back-off counts.
 */
export function retryAfterSecondsOf(error: unknown): number {
  if (!(error instanceof Error)) return 0;
  const seconds: unknown = Reflect.get(error, 'retryAfterSeconds');
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}

/** What Go would call a panic. */
export function isProgrammingError(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}
