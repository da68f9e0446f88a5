/** Microseconds since the epoch of a time in the audit log: `Date` knows milliseconds only. */
export function microsecondsOf(time: string): number {
  const fraction = /\.(\d{1,6})/.exec(time)?.[1] ?? '';
  return Math.floor(Date.parse(time) / 1000) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}
