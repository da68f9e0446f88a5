import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { diskError } from '../destination/disk-error';
import type { RemoteFile } from '../source';
import type { RangePlan } from './range-plan';

const headSchema = z.object({ version: z.string(), size: z.number(), rangeSize: z.number(), segments: z.string() });
const lineSchema = z.tuple([z.number().int().nonnegative(), z.array(z.string())]);

/**
 * Which ranges of a large file are there, with the checksums of their segments: in a file of its own, so that a process which is started
 * again fetches the others only. One line of JSON per range, written after its bytes.
 */
export class ReceivedRanges {
  private constructor(
    private readonly path: string,
    /** Checksums of segments by number of the range. */
    private readonly ranges: Map<number, readonly string[]>,
  ) {}

  /** Opens the notes of a file; those of another version, or of a plan with other ranges, count as none. */
  static open(path: string, { version = '' }: RemoteFile, { size, rangeSize, segments }: RangePlan): ReceivedRanges {
    const head = { version, size, rangeSize, segments: JSON.stringify(segments ?? null) };
    const [first, ...lines] = linesOf(path);
    const there = headSchema.safeParse(first);
    const same = there.success && JSON.stringify(there.data) === JSON.stringify(head);
    const ranges = (same ? lines : []).flatMap((line) => {
      const parsed = lineSchema.safeParse(line);
      return parsed.success ? [parsed.data] : [];
    });
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      // Written anew: behind half a line nothing could be noted.
      writeFileSync(path, [head, ...ranges].map((line) => `${JSON.stringify(line)}\n`).join(''));
    } catch (error) {
      throw diskError(`noting ranges in ${path}`, error);
    }
    return new ReceivedRanges(path, new Map(ranges));
  }

  get count(): number {
    return this.ranges.size;
  }

  has(index: number): boolean {
    return this.ranges.has(index);
  }

  /** Notes a range whose bytes are written. */
  add(index: number, checksums: readonly string[]): void {
    this.ranges.set(index, checksums);
    try {
      appendFileSync(this.path, `${JSON.stringify([index, checksums])}\n`);
    } catch (error) {
      throw diskError(`noting ranges in ${this.path}`, error);
    }
  }

  /** Checksums of all segments, in the order of the file. */
  segmentChecksums(): readonly string[] {
    return [...this.ranges].sort(([a], [b]) => a - b).flatMap(([, checksums]) => checksums);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

/** Values of the lines; a line that a killed process has half written ends them. */
function linesOf(path: string): readonly unknown[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  const values: unknown[] = [];
  for (const line of text.split('\n')) {
    try {
      values.push(JSON.parse(line));
    } catch {
      return values;
    }
  }
  return values;
}
