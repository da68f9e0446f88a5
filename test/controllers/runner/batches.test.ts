import { batchesOf, type BatchLimits } from '../../../controllers/runner/batcher';
import { finishBatch } from '../../../controllers/runner/finish-batch';
import { ItemError, type Item, type ValidItem } from '../../../controllers/runner/item';
import type { Range } from '../../../controllers/runner/output';
import { Reorder } from '../../../controllers/runner/reorder';
import { inferOrSplit, type Infer } from '../../../controllers/runner/split';
import { collected } from '../runtime/collected';
import { indices, groupsOf, numbered, refusedWith, unreadable } from './memory-parts';

const unlimited: BatchLimits = { maxItems: 64, maxBytes: 2 ** 20, maxInputItems: Infinity };

async function ranges(
  groups: AsyncIterable<readonly Item[]>,
  limits: Partial<BatchLimits> = {},
  done: readonly Range[] = [],
): Promise<string[]> {
  const batches = await collected(batchesOf(groups, { ...unlimited, ...limits }, done, () => undefined));
  for (const { first, last, items: held } of batches) {
    expect(held.map(({ index }) => index)).toEqual(indices(last + 1).slice(first));
  }
  return batches.map(({ first, last }) => `${first}-${last}`);
}

async function* sized(...bytes: number[]): AsyncGenerator<readonly Item[]> {
  yield bytes.map((size, index) => ({ ...numbered(index), bytes: size }));
}

describe('batches', () => {
  test('have at most so many items', async () => {
    expect(await ranges(groupsOf(indices(150)))).toEqual(['0-63', '64-127', '128-149']);
    expect(await ranges(groupsOf(indices(128)))).toEqual(['0-63', '64-127']);
    expect(await ranges(groupsOf([]))).toEqual([]);
  });

  test('have at most so many bytes, and a larger item goes alone', async () => {
    expect(await ranges(sized(40, 40, 40, 500, 10, 90, 1), { maxBytes: 100 })).toEqual([
      '0-1',
      '2-2',
      '3-3',
      '4-5',
      '6-6',
    ]);
  });

  test('of at most 0 items are one batch, however many bytes that is', async () => {
    expect(await ranges(sized(40, 40, 500), { maxItems: 0, maxBytes: 100 })).toEqual(['0-2']);
  });

  test('stop after so many items of the input, and do not ask for the next one', async () => {
    let asked = 0;
    async function* endless() {
      for (let index = 0; ; index += 1) {
        asked += 1;
        yield [numbered(index)];
      }
    }
    expect(await ranges(endless(), { maxInputItems: 70 })).toEqual(['0-63', '64-69']);
    expect(asked).toBe(70);
  });

  test('are the same after a restart, whichever of them were done', async () => {
    const limits = { maxItems: 7, maxBytes: 60 };
    const groups = () => groupsOf(indices(100));
    const all = await collected(batchesOf(groups(), { ...unlimited, ...limits }, [], () => undefined));
    for (let mask = 1; mask < 2 ** 10; mask += 37) {
      const isDone = (at: number) => ((mask >> (at % 10)) & 1) === 1;
      const done = all.filter((_, at) => isDone(at)).map(({ first, last }) => ({ first, last }));
      const expected = all.filter((_, at) => !isDone(at)).map(({ first, last }) => `${first}-${last}`);
      expect(await ranges(groups(), limits, done)).toEqual(expected);
    }
  });

  test('end where an input leaves out what is done', async () => {
    expect(await ranges(groupsOf([0, 1, 2, 50, 51]))).toEqual(['0-2', '50-51']);
  });
});

/** Answers all but requests with a poisoned item. */
function poisoned(
  bad: readonly number[],
  error = refusedWith(400),
): { readonly infer: Infer; readonly asked: number[] } {
  const asked: number[] = [];
  const infer = async (items: readonly ValidItem[]) => {
    asked.push(items.length);
    if (items.some(({ index }) => bad.includes(index))) throw error;
    return items.map(({ index }) => ({ predictions: index }));
  };
  return { infer, asked };
}

const splitting = { splitOnFailure: true, retryOn: ['network', 'timeout', '503'], stopAtFirst: false };

describe('a batch that fails', () => {
  const items = indices(64).map(numbered);

  test('is halved until the bad items stand alone', async () => {
    const { infer, asked } = poisoned([17, 40]);
    const { results, failed } = await inferOrSplit(items, infer, splitting);
    expect(failed.map(({ item }) => item.index)).toEqual([17, 40]);
    expect(results.map(({ item }) => item.index)).toEqual(indices(64).filter((index) => index !== 17 && index !== 40));
    expect(asked.length).toBeLessThan(30);
  });

  test.each(['HTTP_413', 'HTTP_422', 'HTTP_503', 'TIMEOUT', 'NETWORK', 'MODEL_ERROR'])(
    'with %s is halved',
    async (code) => {
      const { failed } = await inferOrSplit(items, poisoned([3], new ItemError(code, 'no', false)).infer, splitting);
      expect(failed.map(({ item }) => item.index)).toEqual([3]);
    },
  );

  test.each(['HTTP_401', 'HTTP_404', 'HTTP_501'])('with %s fails whole: no item is the reason', async (code) => {
    const { infer, asked } = poisoned([3], new ItemError(code, 'no', false));
    const { results, failed } = await inferOrSplit(items, infer, splitting);
    expect({ results: results.length, failed: failed.length, asked }).toEqual({ results: 0, failed: 64, asked: [64] });
  });

  test('fails whole where halving is off', async () => {
    const { infer, asked } = poisoned([3]);
    const { failed } = await inferOrSplit(items, infer, { ...splitting, splitOnFailure: false });
    expect({ failed: failed.length, asked }).toEqual({ failed: 64, asked: [64] });
  });

  test('is asked about no further where the first bad item is enough', async () => {
    const { infer, asked } = poisoned([0, 63]);
    const { failed } = await inferOrSplit(items, infer, { ...splitting, stopAtFirst: true });
    expect(failed.map(({ item }) => item.index)).toEqual([0]);
    expect(asked).toEqual([64, 32, 16, 8, 4, 2, 1]);
  });

  test('of which the model answers too few is halved, and no result gets to another item', async () => {
    const infer: Infer = async (asked) =>
      asked.filter(({ index }) => index !== 5).map(({ index }) => ({ predictions: index }));
    const { results, failed } = await inferOrSplit(items, infer, splitting);
    expect(failed.map(({ item, error }) => [item.index, error.code])).toEqual([[5, 'OUTPUT_MISMATCH']]);
    expect(results.every(({ item, predictions }) => item.index === predictions)).toBe(true);
  });

  test('loses nothing but the items that could not be sent', async () => {
    const infer: Infer = async (asked) =>
      asked.map(({ index }) =>
        index === 5 ? new ItemError('ITEM_INVALID', 'row is ragged', true) : { predictions: index },
      );
    const { results, failed } = await inferOrSplit(items, infer, splitting);
    expect(failed.map(({ item }) => item.index)).toEqual([5]);
    expect(results).toHaveLength(63);
  });

  test('by an error that is not about items ends everything', async () => {
    const infer = () => Promise.reject(new TypeError('defect'));
    await expect(inferOrSplit(items, infer, splitting)).rejects.toThrow('defect');
  });
});

test('what can not be read is not sent, and fails beside what the model refuses, in order', async () => {
  const { infer, asked } = poisoned([2]);
  const items = [numbered(0), unreadable(1), numbered(2), unreadable(3), numbered(4)];
  const finished = await finishBatch({ first: 0, last: 4, items }, infer, splitting);
  expect(finished.results.map(({ item }) => item.index)).toEqual([0, 4]);
  expect(finished.failed.map(({ item, error }) => [item.index, error.code])).toEqual([
    [1, 'ITEM_INVALID'],
    [2, 'HTTP_400'],
    [3, 'ITEM_INVALID'],
  ]);
  expect(asked[0]).toBe(3);
});

test('batches that are finished in any order come back in theirs', () => {
  const order = new Reorder<string>();
  expect(order.add(2, 'c')).toEqual([]);
  expect(order.add(0, 'a')).toEqual(['a']);
  expect(order.waiting).toBe(1);
  expect(order.add(1, 'b')).toEqual(['b', 'c']);
  expect(order.waiting).toBe(0);
});
