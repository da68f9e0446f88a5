import type { Clock, Timer } from '../../runtime/clock';
import type { Progress } from './progress';

/** Milliseconds between two lines of a log: a fetch of an hour has 360 of them. */
const logEveryMs = 10_000;
/** Milliseconds between two states of a line on a terminal. */
const terminalEveryMs = 500;

/** Where progress is shown. */
export interface ProgressOutput {
  /** Whether the line before is written over: a terminal. */
  readonly terminal: boolean;
  /** Writes to the terminal as it is. */
  write(text: string): void;
  /** Writes a line of the log. */
  log(line: string): void;
}

/**
 * Shows how far a fetch is until it is told to stop: a line that is written over on a terminal, a line every ten seconds in a log.
 *
 * @returns what stops it
 */
export function reportProgress(progress: Progress, output: ProgressOutput, clock: Clock): () => void {
  const every = output.terminal ? terminalEveryMs : logEveryMs;
  let timer: Timer;
  let [before, beforeAt] = [progress.bytes, clock.monotonic()];
  const show = () => {
    const now = clock.monotonic();
    const rate = ((progress.bytes - before) / Math.max(1, now - beforeAt)) * 1000;
    [before, beforeAt] = [progress.bytes, now];
    if (output.terminal) output.write(`\r\u001b[K${progressLine(progress, rate)}`);
    else output.log(progressLine(progress, rate));
    timer = clock.setTimer(every, show);
  };
  timer = clock.setTimer(every, show);
  return () => {
    timer.cancel();
    if (output.terminal) output.write('\r\u001b[K');
  };
}

/** How far it is. Per cent only when the listing is complete: before, nobody knows of what. @param rate bytes per second */
export function progressLine(progress: Progress, rate: number): string {
  const { files, listedFiles, listedBytes, complete } = progress;
  const done = progress.bytes + progress.resumedBytes;
  const percent = complete && listedBytes > 0 ? `${Math.min(100, Math.floor((100 * done) / listedBytes))} %, ` : '';
  const of = listedBytes > 0 ? ` of ${byteText(listedBytes)}${complete ? '' : ' listed so far'}` : '';
  return `${percent}${byteText(done)}${of}, ${byteText(rate)}/s, ${files} of ${listedFiles} files`;
}

/** What a fetch was, at its end. @param seconds it took */
export function summaryLine(progress: Progress, amount: { files: number; bytes: number }, seconds: number): string {
  const rate = progress.bytes / Math.max(seconds, 0.001);
  const parts = [`${amount.files} files, ${byteText(amount.bytes)} in ${seconds.toFixed(1)} s, ${byteText(rate)}/s`];
  if (progress.resumedBytes > 0) parts.push(`${byteText(progress.resumedBytes)} were there from a run before`);
  if (progress.retries > 0) parts.push(`${progress.retries} requests were repeated`);
  return parts.join('; ');
}

/** Bytes with a unit, decimal as networks and clouds count. */
export function byteText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 999.95 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
