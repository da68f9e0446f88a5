import { sleep, type Clock, type Random } from '../../runtime/clock';
import { causeText } from '../../runtime/cause-text';
import type { HeaderFields } from '../http/http-client';
import { retryDelayMs } from '../http/retry-delay';
import type { InitializerLog } from '../log';
import { StorageError } from '../storage-error';
import type { Progress } from './progress';

export interface AttemptContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: InitializerLog;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A failure that the next try may mend, with the head of the answer that may say when. */
export class TransientFailure extends Error {
  constructor(
    readonly reason: unknown,
    readonly headers?: HeaderFields,
  ) {
    super('transient');
    this.name = 'TransientFailure';
  }
}

/**
 * Tries until it works, or until `most` tries in a row have brought nothing. A try that brought bytes starts the count anew: a large file
 * over a bad network needs more tries than a small one, and gets them as long as it goes forward.
 *
 * @param attempt one try; throws TransientFailure to be called again
 * @param received bytes so far
 */
export async function withAttempts<T>(
  name: string,
  most: () => number,
  { clock, random, log, progress, signal }: AttemptContext,
  received: () => number,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let fruitless = 1; ;) {
    const before = received();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      signal.throwIfAborted();
      fruitless = received() > before ? 1 : fruitless + 1;
      if (fruitless > most()) throw error.reason;
      const delay = retryDelayMs(fruitless, error.headers, { clock, random });
      progress.retries += 1;
      const words = error.reason instanceof StorageError ? error.reason.message : causeText(error.reason);
      log.warn(`${name}: ${words}: trying again in ${(delay / 1000).toFixed(1)} s at byte ${received()}`);
      await sleep(clock, delay, signal);
      signal.throwIfAborted();
    }
  }
}
