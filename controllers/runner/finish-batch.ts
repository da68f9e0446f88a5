import type { Batch } from './batcher';
import { errorCodes } from './error-code';
import { ItemError, type FailedItem, type Item, type ValidItem } from './item';
import type { FinishedBatch } from './output';
import { inferOrSplit, type Infer, type SplitOptions } from './split';

/**
 * Has a batch inferred: what can't be read fails without being asked about, the rest as {@link inferOrSplit} has it.
 *
 * @returns every item once, in order; only the failed ones where the first is enough to know
 */
export async function finishBatch(batch: Batch, infer: Infer, options: SplitOptions): Promise<FinishedBatch> {
  const { first, last } = batch;
  const { valid, unreadable } = readableOf(batch);
  if (options.stopAtFirst && unreadable.length > 0) return { first, last, results: [], failed: unreadable };
  const { results, failed } = await inferOrSplit(valid, infer, options);
  return { first, last, results, failed: inOrder(unreadable, failed) };
}

/** The items of a batch that can be asked about, and those that can't be read. */
function readableOf({ items }: Batch): {
  readonly valid: readonly ValidItem[];
  readonly unreadable: readonly FailedItem[];
} {
  // The usual case without a copy.
  if (items.every(isValid)) return { valid: items, unreadable: [] };
  const unreadable = items.flatMap((item) =>
    isValid(item) ? [] : [{ item, error: new ItemError(errorCodes.itemInvalid, item.invalid, true) }],
  );
  return { valid: items.filter(isValid), unreadable };
}

function isValid(item: Item): item is ValidItem {
  return !('invalid' in item);
}

function inOrder(one: readonly FailedItem[], other: readonly FailedItem[]): readonly FailedItem[] {
  if (one.length === 0 || other.length === 0) return one.length === 0 ? other : one;
  return [...one, ...other].sort((a, b) => a.item.index - b.item.index);
}
