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

/** Ranges of items by their indices, in any order. */
export function rangesOf(indices: readonly number[]): Ranges {
  const sorted = [...indices].sort((a, b) => a - b);
  const ranges: { first: number; last: number }[] = [];
  for (const index of sorted) {
    const before = ranges.at(-1);
    if (before !== undefined && index <= before.last + 1) before.last = index;
    else ranges.push({ first: index, last: index });
  }
  return ranges;
}

/** How many items are in them. */
export function countOf(ranges: Ranges): number {
  return ranges.reduce((count, { first, last }) => count + last - first + 1, 0);
}

/** How many items are in them without a gap from the first item there is. */
export function gapless([head]: Ranges): number {
  return head?.first === 0 ? head.last + 1 : 0;
}
