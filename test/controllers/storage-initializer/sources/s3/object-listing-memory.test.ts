import { endlessBucketPeak, type EndlessListing } from '../../../../bench/storage/endless-listing';
import { bundledProgram } from '../../../../program/bundled-program';

describe('a bucket of which the filters leave one object', () => {
  let few: EndlessListing, many: EndlessListing;

  beforeAll(async () => {
    const { program, remove } = await bundledProgram();
    try {
      few = await endlessBucketPeak(program, 20_000);
      many = await endlessBucketPeak(program, 200_000);
    } finally {
      await remove();
    }
  }, 240_000);

  test('is listed to its end, each page once', () => {
    expect([few.pages, many.pages]).toEqual([20, 200]);
  });

  test('needs no more memory for ten times the keys, and less than 150 MB', () => {
    expect(many.peakMegabytes - few.peakMegabytes).toBeLessThan(25);
    expect(many.peakMegabytes).toBeLessThan(150);
  });
});
