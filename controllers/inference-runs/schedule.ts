import { InvalidCronField, parseCronField, type CronField, type CronFieldBounds } from './cron-field';
import { LocalTime } from './local-time';

/** When a scheduled run is due, as a CronJob understands it. */
export type Schedule = CalendarSchedule | EverySchedule;

/** Times of the calendar: five fields, or a name for them. */
export interface CalendarSchedule {
  readonly kind: 'calendar';
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  readonly dayOfWeek: CronField;
  readonly time: LocalTime;
}

/** A fixed time after the execution before. */
export interface EverySchedule {
  readonly kind: 'every';
  /** Whole seconds, at least 1. */
  readonly seconds: number;
}

/** A schedule, or why Kubernetes would refuse it. */
export type ParsedSchedule = { readonly schedule: Schedule } | { readonly problem: string };

const bounds = {
  minute: { field: 'minute', min: 0, max: 59 },
  hour: { field: 'hour', min: 0, max: 23 },
  dayOfMonth: { field: 'day of month', min: 1, max: 31 },
  month: {
    field: 'month',
    min: 1,
    max: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  dayOfWeek: { field: 'day of week', min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
} as const satisfies Readonly<Record<string, CronFieldBounds>>;

const named = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

const every = '@every ';
/** Seconds of the units of a duration in Go. */
const units = new Map([
  ['h', 3600],
  ['m', 60],
  ['s', 1],
  ['ms', 1e-3],
  ['us', 1e-6],
  ['ns', 1e-9],
]);
/** Most seconds of a duration in Go, which counts nanoseconds in 64 bits. */
const longestSeconds = 2 ** 63 / 1e9;

/** Time zone of a controller manager that was not told another one. */
const defaultTimeZone = 'UTC';

/**
 * Reads a schedule as the API server reads that of a CronJob.
 *
 * @param timeZone of the run; empty or absent is UTC
 */
export function parseSchedule(text: string, timeZone = ''): ParsedSchedule {
  const zone = timeZone === '' ? defaultTimeZone : timeZone;
  const time = LocalTime.in(zone);
  if (time === undefined) return { problem: `time zone ${JSON.stringify(zone)} is unknown; write it like Europe/Rome` };
  if (text.startsWith(every)) return parseEvery(text.slice(every.length));
  const fields = (named.get(text) ?? text).split(/\s+/).filter((field) => field !== '');
  const [minute, hour, dayOfMonth, month, dayOfWeek, ...others] = fields;
  if (dayOfWeek === undefined || others.length > 0) return { problem: problemWithForm(text, fields.length) };
  try {
    return {
      schedule: {
        kind: 'calendar',
        minute: parseCronField(minute ?? '', bounds.minute),
        hour: parseCronField(hour ?? '', bounds.hour),
        dayOfMonth: parseCronField(dayOfMonth ?? '', bounds.dayOfMonth),
        month: parseCronField(month ?? '', bounds.month),
        dayOfWeek: parseCronField(dayOfWeek, bounds.dayOfWeek),
        time,
      },
    };
  } catch (error) {
    if (!(error instanceof InvalidCronField)) throw error;
    return { problem: `schedule ${JSON.stringify(text)}: ${error.message}` };
  }
}

function problemWithForm(text: string, fields: number): string {
  const schedule = `schedule ${JSON.stringify(text)}`;
  if (/^(CRON_)?TZ=/.test(text)) return `${schedule} names a time zone, which goes to timeZone`;
  if (text.startsWith('@')) return `${schedule} is none of ${[...named.keys()].join(', ')}, @every and a duration`;
  return `${schedule} has ${fields} field${fields === 1 ? '' : 's'} instead of five: minute, hour, day of month, month, day of week`;
}

function parseEvery(duration: string): ParsedSchedule {
  const problem = { problem: `@every ${JSON.stringify(duration)} is no duration such as 90m or 1h30m` };
  const parts = [...duration.matchAll(/([0-9]+(?:[.][0-9]*)?|[.][0-9]+)(ns|us|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== duration) return problem;
  const seconds = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (units.get(unit) ?? 0), 0);
  if (seconds >= longestSeconds) return problem;
  return { schedule: { kind: 'every', seconds: Math.max(1, Math.floor(seconds)) } };
}
