import { realClock } from '../../../../controllers/runtime/clock';
import type { HeaderFields } from '../../../../controllers/storage-initializer/http/http-client';
import { retryDelayMs } from '../../../../controllers/storage-initializer/http/retry-delay';

const noon = Date.parse('2026-11-21T12:00:00Z');
const clock = { ...realClock, now: () => noon };
const delay = (attempt: number, headers?: HeaderFields, chance = 0) =>
  retryDelayMs(attempt, headers, { clock, random: { next: () => chance } });

describe('the wait before the next try (SD-07)', () => {
  it('doubles up to twenty seconds, between half and whole by chance', () => {
    expect([1, 2, 3, 4].map((attempt) => delay(attempt, undefined, 1))).toEqual([250, 500, 1000, 2000]);
    expect([1, 2, 3, 4].map((attempt) => delay(attempt))).toEqual([125, 250, 500, 1000]);
    expect(delay(60, undefined, 1)).toBe(20_000);
  });

  it.each([
    ['7', 7000],
    [' 7 ', 7000],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['99999999999999999999', 120_000],
    ['0', 125],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 125],
    ['soon', 125],
    [['7', '9'], 7000],
  ])('is at least what Retry-After says, %s, as long as that is not too long', (field, milliseconds) => {
    expect(delay(1, { 'retry-after': field })).toBe(milliseconds);
  });
});
