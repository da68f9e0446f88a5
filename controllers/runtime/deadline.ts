import type { Clock } from './clock';

/** A time-out of ours passed before the work was done. */
export class DeadlineExceeded extends Error {
  constructor(ms: number) {
    super(`not done within ${ms / 1000} s`);
    this.name = 'DeadlineExceeded';
  }
}

/**
 * Runs work under a signal that aborts with {@link DeadlineExceeded} after `ms` milliseconds, or together with `signal`.
 *
 * `AbortSignal.any` and `AbortSignal.timeout` would do the same, but keep a listener per call on a signal that lives as
 * long as the process.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const timer = clock.setTimer(ms, () => abort.abort(new DeadlineExceeded(ms)));
  const forward = () => {
    // Work that ignores its signal must not keep the process alive until a deadline that changes nothing any more.
    timer.cancel();
    abort.abort(signal?.reason);
  };
  if (signal?.aborted === true) forward();
  signal?.addEventListener('abort', forward);
  try {
    return await work(abort.signal);
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', forward);
  }
}
