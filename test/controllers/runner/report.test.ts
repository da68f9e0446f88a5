import { runnerReport, type RunnerReport } from '../../../definitions/inference/runner-report';
import { ItemError } from '../../../controllers/runner/item';
import { Progress } from '../../../controllers/runner/progress';
import { reportText, runnerReportOf, type ReportParts } from '../../../controllers/runner/report';
import { RunnerError } from '../../../controllers/runner/runner-error';
import { Tally } from '../../../controllers/runner/tally';
import { ManualClock } from '../runtime/manual-clock';
import { logLines } from '../runtime/log-lines';
import { indices, numbered } from './memory-parts';

/** A tally of a thousand items, of which an earlier attempt did the first hundred (one failed), and the last three failed. */
function tallyOf(failures: readonly ItemError[]): Tally {
  const tally = new Tally();
  tally.earlier({ done: [{ first: 0, last: 99 }], failed: 1 });
  for (const index of indices(1000)) tally.read(index);
  const good = 900 - failures.length;
  tally.finished({
    first: 100,
    last: 999,
    results: indices(good).map((index) => ({ item: numbered(index + 100), predictions: 1 })),
    failed: failures.map((error, at) => ({ item: numbered(100 + good + at), error })),
  });
  return tally;
}

function reportOf(parts: Partial<ReportParts> & Pick<ReportParts, 'tally'>): RunnerReport {
  return runnerReport.parse(JSON.parse(reportText(runnerReportOf({ durationMs: 1234.5, ...parts }))));
}

describe('the report', () => {
  test('counts each item once, and the retries of requests (AT-34)', () => {
    const refused = new ItemError('HTTP_400', 'no', true);
    const report = reportOf({
      tally: tallyOf([refused, new ItemError('TIMEOUT', 'late', false), refused]),
      executionId: 'id',
      shard: 0,
      input: { repeatable: true, bytesRead: () => 10 },
      output: { kind: 's3', location: 's3://bucket/prefix', bytesWritten: () => 20 },
      statistics: { requests: 17, retries: 2, latency: () => ({ p50: 1.26, p95: 2, max: 3 }) },
    });
    expect(report).toEqual({
      v: 1,
      executionId: 'id',
      shard: 0,
      items: { total: 1000, succeeded: 897, failed: 4, skipped: 99 },
      requests: 17,
      retries: 2,
      batches: 0,
      bytes: { in: 10, out: 20 },
      durationMs: 1235,
      latencyMs: { p50: 1.3, p95: 2, max: 3 },
      output: { kind: 's3', location: 's3://bucket/prefix' },
      errors: [
        { code: 'HTTP_400', message: 'no', count: 2, firstItem: 997 },
        { code: 'TIMEOUT', message: 'late', count: 1, firstItem: 998 },
      ],
      repeatable: true,
    });
  });

  test('names what ended the run first, and no interruption', () => {
    const tally = tallyOf([new ItemError('HTTP_400', 'no', true)]);
    const failed = reportOf({ tally, end: new RunnerError(5, 'STORAGE_WRITE', 'disk full') });
    expect(failed.errors?.map(({ code }) => code)).toEqual(['STORAGE_WRITE', 'HTTP_400']);
    const interrupted = reportOf({ tally, end: new RunnerError(75, 'INTERRUPTED', 'stopped by SIGTERM') });
    expect(interrupted.errors?.map(({ code }) => code)).toEqual(['HTTP_400']);
  });

  test('has no secrets in it', () => {
    const message = 'GET https://user:secret-1@host/?X-Amz-Signature=secret-2 with Bearer secret-3-long: 500';
    const report = reportOf({ tally: tallyOf([new ItemError('HTTP_500', message, false)]) });
    expect(JSON.stringify(report)).not.toContain('secret-');
  });

  test.each([
    ['long', 'x'.repeat(5000)],
    ['of four bytes a character', '🚢'.repeat(300)],
    ['full of what JSON escapes', '\u0001"\\'.repeat(300)],
  ])('fits into a termination message when texts are %s', (_name, text) => {
    const failures = indices(9).map((index) => new ItemError(`HTTP_${500 + index}`, text, false));
    const parts = {
      tally: tallyOf(failures),
      executionId: 'id'.repeat(40),
      output: { kind: 's3', location: text, bytesWritten: () => 0 },
    };
    const written = reportText(runnerReportOf({ durationMs: 1, ...parts }));
    expect(Buffer.byteLength(written)).toBeLessThanOrEqual(4096);
    const report = runnerReport.parse(JSON.parse(written));
    expect(report.errors).toHaveLength(5);
    expect(written.isWellFormed()).toBe(true);
    for (const { message } of report.errors ?? []) expect(message.length).toBeLessThanOrEqual(200);
  });
});

test('progress is a line every ten seconds or ten thousand items, and none while nothing is done', async () => {
  const clock = new ManualClock();
  const { log, lines } = logLines();
  const tally = new Tally();
  const progress = new Progress(clock, log, tally, () => 40_000);
  const done = (count: number) =>
    tally.finished({
      first: 0,
      last: 0,
      failed: [],
      results: indices(count).map((index) => ({ item: numbered(index), predictions: 1 })),
    });
  done(100);
  await clock.advance(9000);
  expect(lines).toEqual([]);
  await clock.advance(1000);
  expect(lines).toMatchObject([{ msg: 'progress', done: 100, expected: 40_000, percent: 0, perSecond: 10 }]);
  await clock.advance(30_000);
  expect(lines).toHaveLength(1);
  done(19_900);
  await clock.advance(1000);
  expect(lines[1]).toMatchObject({ done: 20_000, percent: 50 });
  progress.stop();
  expect(clock.timers).toBe(0);
});
