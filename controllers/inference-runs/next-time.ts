import type { CalendarSchedule, Schedule } from './schedule';

const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** How far CronJobs look ahead: 30 February never comes. */
const yearsAhead = 5;

/**
 * When a schedule is due next.
 *
 * A time that the clock leaves out when it is put forward is left out, and one that it shows twice when it is put back counts twice, as
 * for CronJobs.
 *
 * @param after for `@every` the execution before, or the creation of the CronJob
 * @returns undefined when it is not due within five years
 */
export function nextTime(schedule: Schedule, after: Date): Date | undefined {
  if (schedule.kind === 'every') {
    return new Date(Math.floor(after.getTime() / 1000) * 1000 + schedule.seconds * 1000);
  }
  const { time } = schedule;
  const from = after.getTime();
  const today = startOfDay(from + time.offsetAt(from));
  const lastYear = new Date(today).getUTCFullYear() + yearsAhead;
  // From yesterday, whose last hour may come again.
  for (let day = today - dayMs; new Date(day).getUTCFullYear() <= lastYear; day += dayMs) {
    const next = isDue(schedule, new Date(day)) ? firstOfDay(schedule, day, from) : undefined;
    if (next !== undefined) return new Date(next);
  }
  return undefined;
}

/** Where both fields of days say something, one of them is enough. */
function isDue({ month, dayOfMonth, dayOfWeek }: CalendarSchedule, day: Date): boolean {
  if (!month.values.includes(day.getUTCMonth() + 1)) return false;
  const inMonth = dayOfMonth.values.includes(day.getUTCDate());
  const inWeek = dayOfWeek.values.includes(day.getUTCDay());
  return dayOfMonth.isOpen || dayOfWeek.isOpen ? inMonth && inWeek : inMonth || inWeek;
}

/** The first instant after `from` at which the clock shows a time of the schedule on a day. */
function firstOfDay({ hour, minute, time }: CalendarSchedule, day: number, from: number): number | undefined {
  const offset = time.offsetAt(day - dayMs);
  const isEven = offset === time.offsetAt(day + 2 * dayMs);
  let first: number | undefined;
  for (const hours of hour.values) {
    for (const minutes of minute.values) {
      const wall = day + hours * hourMs + minutes * minuteMs;
      if (isEven) {
        if (wall - offset > from) return wall - offset;
        continue;
      }
      const instant = time.instantsOf(wall).find((each) => each > from);
      if (instant !== undefined && (first === undefined || instant < first)) first = instant;
    }
  }
  return first;
}

function startOfDay(wall: number): number {
  return Math.floor(wall / dayMs) * dayMs;
}
