import { parseArgs } from 'node:util';

/** How long, and with which random numbers. */
export interface SoakOptions {
  readonly minutes: number;
  readonly seed: number;
}

/** Parses `--minutes N` and `--seed N`. @throws with what is allowed */
export function soakOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: 'string' }, seed: { type: 'string' } },
  });
  return {
    // The first minute is what memory is compared with at the end.
    minutes: wholeNumber('minutes', values.minutes ?? '10', 2, 1440),
    seed: wholeNumber('seed', values.seed ?? String(Date.now() % 1_000_000), 0, 2 ** 32 - 1),
  };
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`--${flag}: ${JSON.stringify(text)} is not allowed, give a whole number from ${least} to ${most}`);
}
