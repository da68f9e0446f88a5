import { checksumOf } from '../../../../controllers/storage-initializer/transfer/checksum';
import { combinedCrc } from '../../../../controllers/storage-initializer/transfer/combined-crc';
import { seededRandom } from '../../../faults/seeded-random';

describe('the CRC of a file', () => {
  it.each(['crc32', 'crc32c', 'crc64nvme'] as const)(
    'is put together from the %s of its stretches',
    async (algorithm) => {
      const random = seededRandom(7);
      const bytes = Buffer.from(Array.from({ length: 10_000 }, () => Math.floor(random() * 256)));
      for (const size of [1, 7, 1000, 4096, 9_999, 10_000]) {
        const stretches = [];
        for (let start = 0; start < bytes.length; start += size) {
          const stretch = bytes.subarray(start, start + size);
          stretches.push({ value: await checksumOf(algorithm, stretch), length: stretch.length });
        }
        expect(combinedCrc(algorithm, stretches)).toBe(await checksumOf(algorithm, bytes));
      }
    },
  );

  it('has leading zeros', () => {
    expect(combinedCrc('crc32', [{ value: '00000001', length: 5 }])).toBe('00000001');
  });
});

describe('checksums', () => {
  // The check values of the catalogue of parametrised CRC algorithms, and of the RFCs.
  it.each([
    ['crc32', 'cbf43926'],
    ['crc32c', 'e3069283'],
    ['crc64nvme', 'ae8b14860a799888'],
    ['md5', '25f9e794323b453885f5181f1b624d0b'],
    ['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
    ['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
  ] as const)('%s of 123456789 is %s', async (algorithm, value) => {
    expect(await checksumOf(algorithm, Buffer.from('123456789'))).toBe(value);
  });
});
