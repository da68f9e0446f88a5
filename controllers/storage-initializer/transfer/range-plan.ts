import type { ByteRange, Checksums } from '../source';
import { checksumsToVerify, type ChecksumAlgorithm } from './checksum';
import { isCombinable } from './combined-crc';

/** Bytes of a range: large enough that a request of 100 ms is nothing to it, small enough that several fit into a file of 64 MB. */
const usualRange = 16 * 1024 * 1024;
/** Largest range that is made of whole parts. Objects with larger parts are fetched part by part. */
const mostParts = 64 * 1024 * 1024;

/** How a large file is fetched and verified. */
export interface RangePlan {
  readonly size: number;
  /** Bytes of every range but the last. */
  readonly rangeSize: number;
  /**
   * What is computed for each segment while its bytes come: segments divide ranges, so that ranges can arrive in any order. Absent when
   * nothing is known to compare with.
   */
  readonly segments?: {
    readonly algorithm: ChecksumAlgorithm;
    readonly size: number;
    readonly as: 'parts' | 'combined';
  };
  /** What can be computed in order only, over the file as it is on disk. */
  readonly inOrder: readonly ChecksumAlgorithm[];
}

/**
 * Plans the ranges of a file. Checksums of parts are verified while the parts come, in whatever order; so are CRCs, which can be put
 * together; an MD5 or a SHA of the whole has to wait for the bytes before.
 */
export function planRanges(size: number, known: Checksums): RangePlan {
  const [cheapest, ...others] = checksumsToVerify(known);
  const sha256 = [cheapest, ...others].filter((algorithm) => algorithm === 'sha256');
  const { parts } = known;
  if (cheapest !== undefined && isCombinable(cheapest)) {
    return {
      size,
      rangeSize: usualRange,
      segments: { algorithm: cheapest, size: usualRange, as: 'combined' },
      inOrder: sha256,
    };
  }
  if (parts !== undefined) {
    const rangeSize = parts.partSize * Math.max(1, Math.floor(usualRange / parts.partSize));
    const segments = { algorithm: parts.algorithm, size: parts.partSize, as: 'parts' } as const;
    // A part of gigabytes is the same as no parts: one stream would fetch it.
    if (rangeSize <= mostParts) return { size, rangeSize, segments, inOrder: sha256 };
  }
  return { size, rangeSize: usualRange, inOrder: cheapest === undefined ? [] : [cheapest, ...others] };
}

/** Number of ranges. */
export function rangeCount({ size, rangeSize }: RangePlan): number {
  return Math.ceil(size / rangeSize);
}

/** Bytes of a range, by its number from 0. */
export function rangeAt({ size, rangeSize }: RangePlan, index: number): ByteRange {
  return { start: index * rangeSize, end: Math.min((index + 1) * rangeSize, size) };
}
