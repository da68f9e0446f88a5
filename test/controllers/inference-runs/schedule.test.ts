import { nextTime } from '../../../controllers/inference-runs/next-time';
import { parseSchedule, type Schedule } from '../../../controllers/inference-runs/schedule';
import { inferenceRuns } from '../../../definitions/inference/inference-run';
import { connectionFromEnvironment } from '../../cluster/cluster-connection';
import { TestCluster } from '../../cluster/test-cluster';
import { privateKind } from '../../definitions/serving/private-kind';
import { runnerCronJob } from '../../../controllers/inference-runs/cron-job';
import { configOf, runOf } from './objects';

function scheduleOf(text: string, timeZone?: string): Schedule {
  const parsed = parseSchedule(text, timeZone);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.schedule;
}

const problemOf = (text: string, timeZone?: string) => {
  const parsed = parseSchedule(text, timeZone);
  return 'problem' in parsed ? parsed.problem : undefined;
};

/** What upstream's documents and users write, and whether a CronJob takes it. */
const judged: readonly (readonly [schedule: string, isValid: boolean])[] = [
  // Table of 1.2.
  ['1 * * * *', true],
  ['* * * * *', true],
  ['@daily', true],
  ['0 0 1-15 * *', true],
  ['*/5 * * * *', true],
  ['*/15 2 * * *', true],
  ['30 9 * * MON-FRI', true],
  ['0 9 * * MON-FRI', true],
  ['5 4 * * sun', true],
  ['*/5 */2 * * *', true],
  ['@every 1h', true],
  ['12345', false],
  ['not a schedule 1 2 3 4 5', false],
  ['@weekly please', false],
  ['1 2 3 4 5 6 7', false],
  ['TZ=Europe/Rome 0 5 * * *', false],
  // Corners of the grammar.
  ['CRON_TZ=Europe/Rome 0 5 * * *', false],
  ['@yearly', true],
  ['@annually', true],
  ['@monthly', true],
  ['@weekly', true],
  ['@midnight', true],
  ['@hourly', true],
  ['@DAILY', false],
  ['@every', false],
  ['@every 1h30m', true],
  ['@every 1.5h', true],
  ['@every 10ms', true],
  ['@every 1d', false],
  ['@every 9999999999h', false],
  ['59 23 31 12 6', true],
  ['60 * * * *', false],
  ['* 24 * * *', false],
  ['* * 0 * *', false],
  ['* * 32 * *', false],
  ['* * * 0 *', false],
  ['* * * 13 *', false],
  ['* * * * 7', false],
  ['* * * * SUN', true],
  ['* * * JAN,jul-Dec *', true],
  ['* * JAN * *', false],
  ['0 0 ? * ?', true],
  ['0/15 * * * *', true],
  ['5-10/2 * * * *', true],
  ['*/0 * * * *', false],
  ['1-2-3 * * * *', false],
  ['*-5 * * * *', true],
  ['1/2/3 * * * *', false],
  ['10-5 * * * *', false],
  ['5- * * * *', false],
  ['-5 * * * *', false],
  ['1,,2 * * * *', true],
  [', * * * *', true],
  ['*/99 * * * *', true],
  ['99999999999999999999 * * * *', false],
  ['* * * *', false],
  ['1  2 3 4  5', true],
  ['', false],
  ['* * * * MONTAG', false],
  ['* * * * 1L', false],
  ['* * 15W * *', false],
  ['* * * * 1#2', false],
  ['5,10-20/3,*/30 * * * *', true],
];

describe('schedules', () => {
  const cluster = new TestCluster(connectionFromEnvironment(process.env));
  afterAll(() => cluster.close());
  const runs = privateKind(inferenceRuns);

  /** Whether the API server takes a CronJob of ours with the schedule. */
  async function isTakenInCronJob(schedule: string, timeZone?: string): Promise<boolean> {
    const { metadata, spec } = runnerCronJob({
      run: runOf({ schedule, ...(timeZone !== undefined && { timeZone }) }),
      config: configOf(),
      contractConfigMapName: 'contract',
      defaults: { runnerImage: 'slipway:1' },
    });
    const answer = await cluster.request('POST', '/apis/batch/v1/namespaces/default/cronjobs', {
      body: { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { ...metadata, namespace: 'default' }, spec },
      query: { dryRun: 'All' },
    });
    expect([201, 422]).toContain(answer.status);
    return answer.status === 201;
  }

  it.each(judged)('%j is judged as the API server judges it in a CronJob: %s (AT-23)', async (schedule, isValid) => {
    expect(await isTakenInCronJob(schedule)).toBe(isValid);
    expect(problemOf(schedule) === undefined).toBe(isValid);
  });

  it.each(judged)(
    '%j: a run is refused by its form or by the controller, or taken: %s (AT-23)',
    async (schedule, isValid) => {
      const { status } = await runs.create('judged', { spec: { configRef: { name: 'a' }, schedule } }, 'Strict');
      if (status === 201) await runs.delete('judged');
      expect(status === 201 && problemOf(schedule) === undefined).toBe(isValid);
    },
  );

  it.each([
    ['UTC', true],
    ['Europe/Rome', true],
    ['US/Pacific', true],
    ['Etc/GMT+1', true],
    ['EST', true],
    ['europe/rome', false],
    ['utc', false],
    ['+01:00', false],
    ['Local', false],
    ['Mars/Olympus', false],
    ['Europe/Rome ', false],
  ])('time zone %j is judged as the API server judges it: %s', async (timeZone, isValid) => {
    expect(await isTakenInCronJob('0 5 * * *', timeZone)).toBe(isValid);
    expect(problemOf('0 5 * * *', timeZone) === undefined).toBe(isValid);
  });
});

describe('what is wrong with a schedule is told', () => {
  it.each([
    ['* *', undefined, 'schedule "* *" has 2 fields instead of five: minute, hour, day of month, month, day of week'],
    ['TZ=UTC 0 5 * * *', undefined, 'schedule "TZ=UTC 0 5 * * *" names a time zone, which goes to timeZone'],
    ['@every day', undefined, '@every "day" is no duration such as 90m or 1h30m'],
    ['61 * * * *', undefined, 'schedule "61 * * * *": minute: "61" is outside of 0 to 59'],
    ['* * * * fry', undefined, 'schedule "* * * * fry": day of week: "fry" is no day of week'],
    ['* */0 * * *', undefined, 'schedule "* */0 * * *": hour: "*/0" has a step that is no positive number'],
    ['* * 9-3 * *', undefined, 'schedule "* * 9-3 * *": day of month: "9-3" ends before it begins'],
    ['@daily', 'Rome', 'time zone "Rome" is unknown; write it like Europe/Rome'],
  ])('%j in %j', (schedule, timeZone, problem) => {
    expect(problemOf(schedule, timeZone)).toBe(problem);
  });
});

describe('the next time', () => {
  const next = (text: string, after: string, timeZone?: string) =>
    nextTime(scheduleOf(text, timeZone), new Date(after))?.toISOString().replace('.000Z', 'Z');

  it.each([
    ['* * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
    ['* * * * *', '2026-01-01T00:00:59.999Z', '2026-01-01T00:01:00Z'],
    ['0 * * * *', '2026-12-31T23:00:00Z', '2027-01-01T00:00:00Z'],
    ['*/20 6,18 * * *', '2026-01-01T06:40:00Z', '2026-01-01T18:00:00Z'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['0 9 * * MON-FRI', '2026-01-02T09:00:00Z', '2026-01-05T09:00:00Z'],
    ['@weekly', '2026-01-01T00:00:00Z', '2026-01-04T00:00:00Z'],
    ['@yearly', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    // Both fields of days: one is enough, unless one is open.
    ['0 0 13 * FRI', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['0 0 13 * ?', '2026-01-01T00:00:00Z', '2026-01-13T00:00:00Z'],
    // A step closes a field.
    ['0 0 */10 * FRI', '2026-01-01T12:00:00Z', '2026-01-02T00:00:00Z'],
    ['0 0 */1 * FRI', '2026-01-02T12:00:00Z', '2026-01-09T00:00:00Z'],
    ['@every 90s', '2026-01-01T00:00:10.500Z', '2026-01-01T00:01:40Z'],
    ['@every 10ms', '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'],
  ])('of %j after %s is %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  it.each([['0 0 30 2 *'], [', * * * *'], ['0 0 31 4,6,9,11 *']])('of %j never comes', (schedule) => {
    expect(next(schedule, '2026-01-01T00:00:00Z')).toBeUndefined();
  });

  it('is that of the clock on the wall in its time zone', () => {
    expect(next('0 5 * * *', '2026-01-01T12:00:00Z', 'Europe/Rome')).toBe('2026-01-02T04:00:00Z');
    expect(next('0 5 * * *', '2026-07-01T12:00:00Z', 'Europe/Rome')).toBe('2026-07-02T03:00:00Z');
    expect(next('0 5 * * *', '2026-01-01T12:00:00Z', 'Asia/Kolkata')).toBe('2026-01-01T23:30:00Z');
    expect(next('0 0 1 * *', '2026-01-01T10:00:00Z', 'Pacific/Auckland')).toBe('2026-01-31T11:00:00Z');
  });

  it('leaves out what the clock leaves out when it is put forward', () => {
    expect(next('30 2 * * *', '2026-03-28T12:00:00Z', 'Europe/Rome')).toBe('2026-03-30T00:30:00Z');
    expect(next('*/30 * * * *', '2026-03-29T00:30:00Z', 'Europe/Rome')).toBe('2026-03-29T01:00:00Z');
  });

  it('comes twice when the clock is put back', () => {
    const [first, second, third] = ['2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map(
      (after) => next('30 2 * * *', after, 'Europe/Rome'),
    );
    expect([first, second, third]).toEqual(['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-26T01:30:00Z']);
    expect(next('0 * * * *', '2026-10-25T00:00:00Z', 'Europe/Rome')).toBe('2026-10-25T01:00:00Z');
  });
});
