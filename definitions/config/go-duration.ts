const millisecondsOf: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Seconds that a text stands for: a whole number of them, or a duration as Go writes it (`90s`, `5m`, `1h30m`).
 *
 * @throws Error when it is neither; the end of a sentence that names what was given
 */
export function secondsOf(text: string): number {
  const written = text.trim();
  if (/^[0-9]{1,9}$/.test(written)) return Number(written);
  if (!/^([0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h))+$/.test(written)) {
    throw new Error('expected seconds such as 300, or a duration such as 90s, 5m or 1h30m');
  }
  const parts = [...written.matchAll(/([0-9.]+)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (millisecondsOf[unit ?? ''] ?? 0), 0) / 1000;
}
