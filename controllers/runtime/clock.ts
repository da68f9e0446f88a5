/** A timer that has been set and can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Time as the runtime sees it; injected, so that tests decide what time it is. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch: for what people read. It can jump. */
  now(): number;
  /** Milliseconds of a clock that never jumps: for durations and deadlines. */
  monotonic(): number;
  /** Calls back once, `ms` milliseconds from now. */
  setTimer(ms: number, callback: () => void): Timer;
}

/** Random numbers as the runtime sees them. */
export interface Random {
  /** The next number, 0 ≤ n < 1. */
  next(): number;
}

/** Node keeps a timer's delay in 32 bits and fires at once when it is larger. */
const longestTimerMs = 2 ** 31 - 1;

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(Math.max(ms, 0), longestTimerMs));
    return { cancel: () => clearTimeout(timer) };
  },
};

export const realRandom: Random = { next: () => Math.random() };

/** Resolves after `ms` milliseconds, or as soon as the signal aborts. Never rejects: the caller looks at the signal. */
export async function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const wake = () => {
      timer.cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = clock.setTimer(ms, wake);
    signal.addEventListener('abort', wake);
  });
}
