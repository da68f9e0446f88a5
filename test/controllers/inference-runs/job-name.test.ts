import { attemptJobName, cronJobName, jobName, runCronJobName } from '../../../controllers/inference-runs/job-name';
import { documentedUid, runOf } from './objects';

describe('names of Jobs', () => {
  test.each([
    ['inf', 'iris-run-january', documentedUid, 'inf-iris-run-january-5be07ada', 29],
    ['inf', 'example-inference-run-triton', documentedUid, 'inf-example-inference-run-triton-5be07ada', 41],
    ['inf', 'My.Run..v2', '5BE07ADA-5fe0-4c9e', 'inf-my-run-v2-5be07ada', 22],
    ['inf', 'a'.repeat(60), '5be07ada-5fe0', `inf-${'a'.repeat(49)}-5be07ada`, 62],
    ['inf', `${'a'.repeat(48)}.b.b.b.b.b`, '5be07ada-5fe0', `inf-${'a'.repeat(48)}-5be07ada`, 61],
    ['', '...', 'abc', 'abc00000', 8],
    ['inf', '', '12-34', 'inf-12340000', 12],
    ['inf', 'run-', '', 'inf-run-00000000', 16],
  ])('prefix %j, name %j and UID %j make what upstream makes (AT-02)', (prefix, name, uid, expected, length) => {
    expect(jobName(prefix, name, uid)).toBe(expected);
    expect(expected).toHaveLength(length);
  });

  it('the first attempt has the name that upstream gives, later ones a number behind it', () => {
    const run = runOf({}, { name: 'iris' });
    expect([1, 2, 3, 12].map((attempt) => attemptJobName(run, attempt))).toEqual([
      'inf-iris-5be07ada',
      'inf-iris-5be07ada-r1',
      'inf-iris-5be07ada-r2',
      'inf-iris-5be07ada-r11',
    ]);
  });

  it('later attempts of long names are cut to what a label holds, and stay apart', () => {
    const run = runOf({}, { name: 'a'.repeat(60) });
    const names = [1, 2, 100, 1_000_000].map((attempt) => attemptJobName(run, attempt));
    expect(names.map((name) => name.length)).toEqual([62, 63, 63, 63]);
    expect(new Set(names).size).toBe(names.length);
    expect(names[3]).toBe(`inf-${'a'.repeat(42)}-5be07ada-r999999`);
  });

  it('no cut leaves a hyphen at its end', () => {
    const run = runOf({}, { name: `${'a'.repeat(46)}.b` });
    expect(attemptJobName(run, 2)).toBe(`inf-${'a'.repeat(46)}-5be07ada-r1`);
  });
});

describe('names of CronJobs', () => {
  it.each([52, 53, 60, 253])('a run whose name has %i characters gets at most 52 (AT-17)', (length) => {
    const name = cronJobName('inf', 'n'.repeat(length), documentedUid);
    expect(name).toBe(`inf-${'n'.repeat(39)}-5be07ada`);
    expect(name).toHaveLength(52);
  });

  it('short ones are those of Jobs', () => {
    expect(runCronJobName(runOf({}, { name: 'iris' }))).toBe('inf-iris-5be07ada');
  });
});
