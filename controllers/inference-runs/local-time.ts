const dayMs = 24 * 60 * 60 * 1000;
const secondMs = 1000;

/** The clock on the wall in a time zone. Wall times are written as the milliseconds they would be in UTC. */
export class LocalTime {
  /** Zones that were asked for: a formatter takes a millisecond to make. */
  private static readonly known = new Map<string, LocalTime>();

  private constructor(private readonly format: Intl.DateTimeFormat) {}

  /**
   * @param zone name in the IANA database, `Europe/Rome`
   * @returns undefined for a name that Kubernetes would not find: unknown, or not in the case of the database
   */
  static in(zone: string): LocalTime | undefined {
    const known = LocalTime.known.get(zone);
    if (known !== undefined) return known;
    const format = formatOf(zone);
    const found = format?.resolvedOptions().timeZone ?? '';
    const isOtherCase = found !== zone && found.toLowerCase() === zone.toLowerCase();
    if (format === undefined || isOtherCase) return undefined;
    const time = new LocalTime(format);
    LocalTime.known.set(zone, time);
    return time;
  }

  /** What the wall clock is ahead of UTC at an instant, milliseconds. */
  offsetAt(instant: number): number {
    const parts = this.format.formatToParts(instant).map(({ type, value }): [string, number] => [type, Number(value)]);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = Object.fromEntries(parts);
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / secondMs) * secondMs;
  }

  /** Instants at which the clock shows a time: none where it was put forward, two where it was put back. */
  instantsOf(wall: number): readonly number[] {
    const offsets = new Set([this.offsetAt(wall - dayMs), this.offsetAt(wall + dayMs)]);
    return [...offsets]
      .map((offset) => wall - offset)
      .filter((instant) => instant + this.offsetAt(instant) === wall)
      .sort((one, other) => one - other);
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  // Offsets such as +01:00 are time zones for JavaScript and not for Kubernetes.
  if (!/^[A-Za-z]/.test(timeZone)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
