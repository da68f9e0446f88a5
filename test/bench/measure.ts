import { spawnSync } from 'node:child_process';

/** Median of numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** The value that a share of the numbers does not exceed: `percentile(values, 99)`. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? NaN;
}

/** Seconds that a command takes from spawn to end. @throws when it fails, with what it printed */
export function secondsOf(command: string, args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

/** A figure that is held against a range. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** What it is compared with by a reader: the ceiling measured in the same run. */
  readonly beside?: string;
  readonly min?: number;
  readonly max?: number;
}

/** Prints the figures and says whether all are in range. */
export function report(figures: readonly Figure[]): boolean {
  for (const figure of figures) {
    const { name, value, beside, min, max } = figure;
    const range = [...(min === undefined ? [] : [`min ${min}`]), ...(max === undefined ? [] : [`max ${max}`])].join(
      ', ',
    );
    const verdict = inRange(figure) ? 'ok' : 'OUT OF RANGE';
    process.stdout.write(
      `${name.padEnd(56)} ${value.toFixed(3)}  (${range})  ${verdict}${beside === undefined ? '' : `  ${beside}`}\n`,
    );
  }
  return figures.every(inRange);
}

/** A figure that could not be measured is out of range. */
function inRange({ value, min = -Infinity, max = Infinity }: Figure): boolean {
  return value >= min && value <= max;
}
