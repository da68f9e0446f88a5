import { parseArgs } from 'node:util';

/** What is soaked. */
export type SoakName = 'registry-sync' | 'storage';

/** What, how long, and with which random numbers. */
export interface SoakOptions {
  readonly name: SoakName;
  /** Of registry sync; the storage initializer ends when it is done. */
  readonly minutes: number;
  readonly seed: number;
}

/** Parses `[registry-sync|storage]`, `--minutes N` and `--seed N`. @throws with what is allowed */
export function soakOptions(args: readonly string[]): SoakOptions {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    args: [...args],
    options: { minutes: { type: 'string' }, seed: { type: 'string' } },
  });
  const [name = 'registry-sync', ...more] = positionals;
  if ((name !== 'registry-sync' && name !== 'storage') || more.length > 0) {
    throw new Error(`got ${JSON.stringify(positionals.join(' '))}, allowed: registry-sync, storage`);
  }
  return {
    name,
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
