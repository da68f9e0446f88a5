import { planRanges, rangeAt, rangeCount } from '../../../../controllers/storage-initializer/transfer/range-plan';

const MiB = 1024 * 1024;

describe('the plan of a large file', () => {
  it('has ranges of 16 MiB, the last one shorter', () => {
    const plan = planRanges(40 * MiB, {});
    expect(rangeCount(plan)).toBe(3);
    expect(rangeAt(plan, 0)).toEqual({ start: 0, end: 16 * MiB });
    expect(rangeAt(plan, 2)).toEqual({ start: 32 * MiB, end: 40 * MiB });
  });

  it('puts CRCs of ranges together', () => {
    expect(planRanges(100 * MiB, { crc32: 'x', md5: 'x' })).toMatchObject({
      segments: { algorithm: 'crc32', size: 16 * MiB, as: 'combined' },
      inOrder: [],
    });
  });

  it('computes a SHA-256 in order beside a CRC, since it says whose bytes they are', () => {
    expect(planRanges(100 * MiB, { crc32: 'x', sha256: 'x' }).inOrder).toEqual(['sha256']);
  });

  it('verifies parts by the ranges that are made of them', () => {
    const parts = { algorithm: 'md5', value: 'x', count: 13, partSize: 8 * MiB } as const;
    expect(planRanges(100 * MiB, { parts })).toMatchObject({
      rangeSize: 16 * MiB,
      segments: { algorithm: 'md5', size: 8 * MiB, as: 'parts' },
    });
    expect(planRanges(100 * MiB, { parts: { ...parts, partSize: 17 * MiB } }).rangeSize).toBe(17 * MiB);
  });

  it('does not make a range of a part of gigabytes', () => {
    const parts = { algorithm: 'md5', value: 'x', count: 2, partSize: 5000 * MiB } as const;
    expect(planRanges(9000 * MiB, { parts })).toEqual({ size: 9000 * MiB, rangeSize: 16 * MiB, inOrder: [] });
  });

  it('computes an MD5 of the whole in order', () => {
    expect(planRanges(100 * MiB, { md5: 'x' })).toEqual({ size: 100 * MiB, rangeSize: 16 * MiB, inOrder: ['md5'] });
  });
});
