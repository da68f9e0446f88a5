import { conditionOf, versionOf } from '../../../../../controllers/storage-initializer/sources/http/validators';

const noon = 'Sat, 21 Nov 2026 12:00:00 GMT';
const earlier = 'Sat, 21 Nov 2026 11:00:00 GMT';
const justNow = 'Sat, 21 Nov 2026 11:59:30 GMT';

describe('the version of a file behind a URL', () => {
  it.each([
    ['a strong ETag', { etag: '"abc"', date: noon, 'last-modified': earlier }, '"abc"'],
    ['the date of its last change, without an ETag', { date: noon, 'last-modified': earlier }, earlier],
    [
      'the date of its last change beside a weak ETag',
      { etag: 'W/"abc"', date: noon, 'last-modified': earlier },
      earlier,
    ],
    ['unknown with a weak ETag only', { etag: 'W/"abc"', date: noon }, undefined],
    ['unknown with an ETag that is none', { etag: 'abc' }, undefined],
    ['unknown when it was changed a moment ago: it may again', { date: noon, 'last-modified': justNow }, undefined],
    ['unknown without a date to compare with', { 'last-modified': earlier }, undefined],
    ['unknown when the dates are none', { date: 'noon', 'last-modified': 'today' }, undefined],
    ['unknown without validators', {}, undefined],
  ])('is %s', (_what, headers, version) => {
    expect(versionOf(headers)).toBe(version);
  });

  it('is asked for as what it is', () => {
    expect(conditionOf('"abc"')).toEqual({ 'if-match': '"abc"' });
    expect(conditionOf(earlier)).toEqual({ 'if-unmodified-since': earlier });
  });
});
