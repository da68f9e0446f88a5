import { executionDefaults } from '../../../../definitions/inference/execution';
import { durationMs } from '../../../../controllers/runner/model/duration';
import { Latencies } from '../../../../controllers/runner/model/latencies';
import { Pace } from '../../../../controllers/runner/model/pace';
import { requestSettings, type RetrySettings } from '../../../../controllers/runner/model/request-settings';
import { retryable, retryAfterMs, retryDelay } from '../../../../controllers/runner/model/retry-delay';
import { ManualClock, settled } from '../../runtime/manual-clock';

const never = new AbortController().signal;
const retry: RetrySettings = {
  maxAttempts: 4,
  initialBackoffMs: 500,
  maxBackoffMs: 10_000,
  multiplier: 2,
  jitter: 0.5,
  retryOn: new Set(['network', '503']),
};

describe('the wait before another try', () => {
  it.each([
    [1, 0, 500],
    [2, 0, 1000],
    [6, 0, 10_000],
    [1, 1, 250],
  ])('after try %d with random %d is %d ms', (attempt, random, ms) => {
    expect(retryDelay(attempt, 0, retry, random)).toBe(ms);
  });

  it.each([
    [7000, 7000],
    [100, 500],
    [3_600_000, 300_000],
  ])('is not shorter than Retry-After of %d ms, up to 5 min: %d (AT-34)', (asked, ms) => {
    expect(retryDelay(1, asked, retry, 0)).toBe(ms);
  });

  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each<[header: string | undefined, ms: number]>([
    ['7', 7000],
    ['Thu, 01 Jan 2026 00:00:20 GMT', 20_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['soon', 0],
    [undefined, 0],
  ])('reads Retry-After %p as %d ms (AT-34)', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  it('comes only after what the config lists', () => {
    expect([retryable(503, retry), retryable('network', retry)]).toEqual([true, true]);
    expect([retryable(500, retry), retryable('timeout', retry)]).toEqual([false, false]);
  });
});

describe('the settings of requests', () => {
  it('are those of the run', () => {
    expect(requestSettings(executionDefaults(undefined), {})).toEqual({
      timeoutMs: 600_000,
      connectTimeoutMs: 10_000,
      retry: {
        maxAttempts: 4,
        initialBackoffMs: 500,
        maxBackoffMs: 10_000,
        multiplier: 2,
        jitter: 0.5,
        retryOn: new Set(['network', 'timeout', '408', '425', '429', '500', '502', '503', '504']),
      },
    });
  });

  it('give way to the variables of upstream’s client', () => {
    const environment = {
      CLIENT_MAX_RETRIES: '7',
      CLIENT_BASE_BACKOFF: '1s',
      CLIENT_MAX_BACKOFF: '1m30s',
      CLIENT_QPS: '2.5',
      CLIENT_BURST: '5',
    };
    expect(requestSettings({ ...executionDefaults(undefined), requestsPerSecond: 9 }, environment)).toMatchObject({
      retry: { maxAttempts: 8, initialBackoffMs: 1000, maxBackoffMs: 90_000 },
      pace: { perSecond: 2.5, burst: 5 },
    });
  });

  it.each([
    ['CLIENT_MAX_RETRIES', 'many', 'variable CLIENT_MAX_RETRIES: expected a number not below 0, got many'],
    ['CLIENT_BURST', '0', 'variable CLIENT_BURST: expected a number not below 1, got 0'],
    ['CLIENT_MAX_BACKOFF', '10', 'variable CLIENT_MAX_BACKOFF: expected a duration such as 500ms or 10s, got 10'],
  ])('refuse %s=%s with exit 2', (name, value, message) => {
    const refused = () => requestSettings(executionDefaults(undefined), { [name]: value });
    expect(refused).toThrow(expect.objectContaining({ exitCode: 2, message }) as Error);
  });

  it.each<[text: string, ms: number | undefined]>([
    ['500ms', 500],
    ['1.5s', 1500],
    ['1h2m3s4ms', 3_723_004],
    ['10', undefined],
    ['', undefined],
  ])('read the duration %p as %p ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });
});

describe('the pace of requests', () => {
  it('lets a burst through, and then one request each interval, in their order', async () => {
    const clock = new ManualClock();
    const pace = new Pace({ perSecond: 2, burst: 2 }, clock);
    const passed: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) void pace.turn(never).then(() => passed.push(name));
    await settled();
    expect(passed).toEqual(['a', 'b']);
    await clock.advance(499);
    expect(passed).toEqual(['a', 'b']);
    await clock.advance(1);
    expect(passed).toEqual(['a', 'b', 'c']);
    await clock.advance(500);
    expect(passed).toEqual(['a', 'b', 'c', 'd']);
  });

  it('saves no more than a burst in quiet times', async () => {
    const clock = new ManualClock();
    const pace = new Pace({ perSecond: 1, burst: 1 }, clock);
    await pace.turn(never);
    await clock.advance(60_000);
    await pace.turn(never);
    let passed = false;
    void pace.turn(never).then(() => (passed = true));
    await clock.advance(999);
    expect(passed).toBe(false);
    await clock.advance(1);
    expect(passed).toBe(true);
  });
});

describe('the time that requests take', () => {
  it('is nothing before the first', () => {
    expect(new Latencies().summary()).toBeUndefined();
  });

  it('is told as quantiles, at most 2 % too high, and the longest exactly', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1000; ms += 1) latencies.add(ms);
    const summary = latencies.summary();
    expect(summary?.max).toBe(1000);
    for (const [quantile, exact] of [
      [summary?.p50, 500],
      [summary?.p95, 950],
    ] as const) {
      expect(quantile).toBeGreaterThanOrEqual(exact);
      expect(quantile).toBeLessThanOrEqual(exact * 1.02 + 0.01);
    }
  });
});
