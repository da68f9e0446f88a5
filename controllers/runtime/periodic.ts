import type { ControllerEnvironment } from './controller';

/** Work that is done every so often, whatever happens in the cluster. */
export interface Periodic {
  readonly name: string;
  /** Seconds between two times, ± 10 %. */
  readonly seconds: number;
  readonly work: (signal: AbortSignal) => Promise<void>;
}

/**
 * Does the work until `stop` aborts and what is in work has ended; never rejects.
 *
 * @param abort aborts the work too
 */
export async function runPeriodic(
  { name, seconds, work }: Periodic,
  { clock, random, log }: ControllerEnvironment,
  stop: AbortSignal,
  abort: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer(seconds * (0.9 + 0.2 * random.next()) * 1000, done);
      stop.addEventListener('abort', done);
      function done() {
        timer.cancel();
        stop.removeEventListener('abort', done);
        resolve();
      }
    });
    if (stop.aborted) return;
    try {
      await work(abort);
    } catch (error) {
      if (!abort.aborted) log.error({ err: error, work: name }, 'periodic work failed');
    }
  }
}
