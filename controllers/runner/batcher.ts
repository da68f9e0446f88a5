import type { Item } from './item';
import type { Range } from './output';

/** Items that go together, without a gap between them. */
export interface Batch extends Range {
  readonly items: readonly Item[];
}

export interface BatchLimits {
  /** Items in a batch; 0: all in one, however many bytes that are. */
  readonly maxItems: number;
  /** Bytes in a batch; a larger item goes alone. */
  readonly maxBytes: number;
  /** Items of the input that are looked at; Infinity: all. */
  readonly maxInputItems: number;
}

/**
 * Puts items together. Batches depend on nothing but the items and the limits, and end where a range of `done` begins: after a restart
 * the same batches come again, without those that are done.
 *
 * @param done ranges that are passed over, ascending
 * @param onItem told of the index of every item that was read
 */
export async function* batchesOf(
  groups: AsyncIterable<readonly Item[]>,
  limits: BatchLimits,
  done: readonly Range[],
  onItem: (index: number) => void,
): AsyncGenerator<Batch, void, undefined> {
  const { maxInputItems } = limits;
  const maxItems = limits.maxItems === 0 ? Infinity : limits.maxItems;
  const maxBytes = limits.maxItems === 0 ? Infinity : limits.maxBytes;
  const isDone = ascendingLookup(done);
  let batch: Item[] = [];
  let bytes = 0;
  let next = 0;
  const whole = (): Batch => {
    const made = { first: next - batch.length, last: next - 1, items: batch };
    [batch, bytes] = [[], 0];
    return made;
  };
  if (maxInputItems === 0) return;
  for await (const group of groups) {
    for (const item of group) {
      const { index } = item;
      onItem(index);
      const passed = isDone(index);
      if (batch.length > 0 && (passed || index !== next || bytes + item.bytes > maxBytes)) yield whole();
      next = index + 1;
      if (!passed) {
        batch.push(item);
        bytes += item.bytes;
        if (batch.length >= maxItems || bytes >= maxBytes) yield whole();
      }
      if (next >= maxInputItems) break;
    }
    if (next >= maxInputItems) break;
  }
  if (batch.length > 0) yield whole();
}

/** Whether an index is in one of the ranges; it may only be asked for ascending ones. */
function ascendingLookup(ranges: readonly Range[]): (index: number) => boolean {
  let at = 0;
  return (index) => {
    for (let range = ranges[at]; range !== undefined; range = ranges[++at]) {
      if (index <= range.last) return index >= range.first;
    }
    return false;
  };
}
