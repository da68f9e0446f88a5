import { inspect } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

/** How {@link waitFor} polls. */
export interface WaitOptions {
  /** Gives up after this many milliseconds. @default 20000 */
  readonly timeout?: number;
  /** Pause between two probes in milliseconds. @default 25 */
  readonly interval?: number;
}

/**
 * Calls `probe` until it returns something other than `undefined` or `false`, and returns that. An error thrown by the
 * probe (an `expect` that does not hold yet, a 404) counts as "not yet".
 *
 * @param description completes "waiting for ...", for example `the Deployment iris to be available`
 * @throws after the time-out, with the probe's last error or answer
 */
export async function waitFor<T>(
  description: string,
  probe: () => T | Promise<T>,
  { timeout = 20_000, interval = 25 }: WaitOptions = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const outcome = await attempt(probe);
    if ('value' in outcome && isThere(outcome.value)) return outcome.value;
    if (performance.now() >= deadline) throw notInTime(description, timeout, outcome);
    await sleep(interval);
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

async function attempt<T>(probe: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await probe() };
  } catch (error) {
    return { error };
  }
}

function isThere<T>(value: T): value is Exclude<T, undefined | false> {
  return value !== undefined && value !== false;
}

function notInTime(description: string, timeout: number, outcome: Outcome<unknown>): Error {
  const waited = `waiting for ${description}: not within ${timeout / 1000} s`;
  if ('value' in outcome) return new Error(`${waited}; the last answer was ${inspect(outcome.value, { depth: 4 })}`);
  const { error } = outcome;
  return new Error(`${waited}; last error: ${error instanceof Error ? error.message : inspect(error)}`, {
    cause: error,
  });
}
