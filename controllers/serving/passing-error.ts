import { ApiConnectionError, ApiError } from '../runtime/api-error';
import { DeadlineExceeded } from '../runtime/deadline';
import { LeaseLost } from '../runtime/leader-election';

/** Whether an error is one of the moment: it says nothing about the object, and trying again may do. */
export function isPassing(error: Error): boolean {
  if (error instanceof ApiError) {
    return error.status === 409 || error.status === 429 || error.status >= 500 || error.status === 401;
  }
  // No answer, or our own end: a time-out, a stop, a lease that is lost.
  return (
    error instanceof ApiConnectionError ||
    error instanceof LeaseLost ||
    error instanceof DeadlineExceeded ||
    error.name === 'AbortError'
  );
}
