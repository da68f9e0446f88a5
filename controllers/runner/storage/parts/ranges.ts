import type { Range } from '../../output';

/** Ranges of items, ascending, with a gap between any two. */
export type Ranges = readonly Range[];

/** The items of both. */
export function withRanges(ranges: Ranges, more: Ranges): Ranges {
  const sorted = [...ranges, ...more].sort((a, b) => a.first - b.first);
  const merged: { first: number; last: number }[] = [];
  for (const { first, last } of sorted) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last);
    else merged.push({ first, last });
  }
  return merged;
}

/** Items of a range that are in none of the others. */
export function withoutRanges({ first, last }: Range, others: Ranges): Ranges {
  const rest: Range[] = [];
  let from = first;
  for (const other of others) {
    if (other.last < from) continue;
    if (other.first > last) break;
    if (other.first > from) rest.push({ first: from, last: other.first - 1 });
    from = other.last + 1;
  }
  if (from <= last) rest.push({ first: from, last });
  return rest;
}

/** Whether an item is in one of them. */
export function isIn(ranges: Ranges, index: number): boolean {
  return ranges.some(({ first, last }) => first <= index && index <= last);
}

/** How many items are in them. */
export function countOf(ranges: Ranges): number {
  return ranges.reduce((count, { first, last }) => count + last - first + 1, 0);
}

/** How many items are in them without a gap from the first item there is. */
export function gapless([head]: Ranges): number {
  return head?.first === 0 ? head.last + 1 : 0;
}
