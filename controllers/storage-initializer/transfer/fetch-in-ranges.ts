import { closeSync, openSync } from 'node:fs';
import { diskError } from '../destination/disk-error';
import type { FileFacts, RemoteFile } from '../source';
import { StorageError } from '../storage-error';
import { withAttempts } from './attempts';
import { checksumOf, ChecksumMismatch, mostMismatches, verifyChecksum, verifyChecksums } from './checksum';
import { combinedCrc, isCombinable } from './combined-crc';
import { attemptsOf, fetchWhole } from './fetch-whole';
import { FileWriter } from './file-writer';
import { InOrderChecksums } from './in-order-checksums';
import { planRanges, rangeAt, rangeCount, type RangePlan } from './range-plan';
import { ReceivedRanges } from './received-ranges';
import { SegmentChecksums } from './segment-checksums';
import { changed, fetchStretch } from './stretch';
import type { TransferContext } from './transfer-context';

/** The server sends the whole file whatever range is asked for. */
class NoRanges extends Error {}

/**
 * Fetches a large file in ranges, several at a time: one connection gets a fraction of what an object store gives. Ranges that a run
 * before has received are not fetched again.
 *
 * @returns bytes
 * @throws StorageError
 */
export async function fetchInRanges(context: TransferContext, listed: RemoteFile): Promise<number> {
  const facts = (await context.source.inspect?.(listed, context.signal)) ?? {};
  const file = inspected(listed, facts);
  for (let mismatches = 0; ; mismatches += 1) {
    try {
      return await fetchAll(context, file);
    } catch (error) {
      if (error instanceof NoRanges) return refetchWhole(context, file);
      if (!(error instanceof ChecksumMismatch) || mismatches >= mostMismatches) throw error;
      context.log.warn(`${error.message}: fetching it anew`);
    }
  }
}

async function refetchWhole(context: TransferContext, file: RemoteFile): Promise<number> {
  context.tree.remove(file.path);
  return fetchWhole(context, file);
}

/** @throws StorageError `changed` when the file is another one than the listed */
function inspected(file: RemoteFile, { version, size, checksums }: FileFacts): RemoteFile & { readonly size: number } {
  if (version !== undefined && version !== file.version) throw changed(file);
  if (file.size === undefined || (size !== undefined && size !== file.size)) throw changed(file);
  return { ...file, size: file.size, checksums: { ...checksums, ...file.checksums } };
}

async function fetchAll(context: TransferContext, file: RemoteFile & { readonly size: number }): Promise<number> {
  const plan = planRanges(file.size, file.checksums ?? {});
  const received = ReceivedRanges.open(context.rangesFileOf(file.path), file, plan);
  const descriptor = openPart(context, file, received.count > 0);
  const inOrder = new InOrderChecksums(plan.inOrder, descriptor, file.name);
  const resumed = Array.from({ length: rangeCount(plan) }, (_, index) => index).filter((index) => received.has(index));
  for (const index of resumed) context.progress.resumedBytes += lengthOf(plan, index);
  try {
    await fetchMissing(context, { file, plan, received, descriptor, inOrder });
    await verify(file, plan, received);
    await inOrder.end();
    await verifyChecksums(file.name, inOrder.checksums, file.checksums ?? {});
  } catch (error) {
    // Ranges that arrived stay noted when the network is to blame; with what is wrong, or another version, nobody goes on.
    const stays = error instanceof StorageError && error.transient && !(error instanceof ChecksumMismatch);
    if (!stays) received.remove();
    throw error;
  } finally {
    await inOrder.end().catch(() => undefined);
    closeSync(descriptor);
  }
  // With the file among the finished ones nobody asks for its ranges; without them it would be fetched again: noted first, by the caller.
  return file.size;
}

/** The file as it is on disk, or a new one. */
function openPart({ tree }: TransferContext, { path, name }: RemoteFile, there: boolean): number {
  if (!there) {
    tree.remove(path);
    return tree.createFile(path);
  }
  try {
    return openSync(tree.pathOf(path), 'r+');
  } catch (error) {
    throw diskError(`opening ${name}`, error);
  }
}

interface RangesInFlight {
  readonly file: RemoteFile;
  readonly plan: RangePlan;
  readonly received: ReceivedRanges;
  readonly descriptor: number;
  readonly inOrder: InOrderChecksums;
}

/** Fetches the ranges that are missing, each by the next worker that is free. Nothing is under way when it throws. */
async function fetchMissing(context: TransferContext, ranges: RangesInFlight): Promise<void> {
  const { plan, received, inOrder } = ranges;
  const failed = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, failed.signal]) };
  const count = rangeCount(plan);
  let [next, gapless] = [0, 0];
  const follow = () => {
    while (gapless < count && received.has(gapless)) gapless += 1;
    inOrder.advance(Math.min(gapless * plan.rangeSize, plan.size));
  };
  follow();
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      if (received.has(index)) continue;
      received.add(index, await fetchRange(inner, ranges, index));
      follow();
    }
  };
  const workers = Array.from({ length: Math.min(count, context.source.rangeConcurrency) }, () =>
    worker().catch((error: unknown) => failed.abort(error)),
  );
  await Promise.all(workers);
  if (failed.signal.aborted) throw failed.signal.reason;
  context.signal.throwIfAborted();
}

/** Fetches one range. @returns the checksums of its segments */
async function fetchRange(
  context: TransferContext,
  { file, plan, descriptor }: RangesInFlight,
  index: number,
): Promise<readonly string[]> {
  const { start, end } = rangeAt(plan, index);
  const { segments } = plan;
  const checksums = segments === undefined ? undefined : new SegmentChecksums(segments.algorithm, segments.size);
  let at = start;
  await withAttempts(
    file.name,
    () => attemptsOf(context),
    context,
    () => at,
    async () => {
      if (at === end) return;
      const writer = new FileWriter(descriptor, at, file.name);
      try {
        await fetchStretch(
          context,
          file,
          { start: at, end },
          {
            begin: (from) => {
              if (from !== at) throw new NoRanges();
            },
            data: (chunk) => {
              checksums?.update(chunk);
              at += chunk.length;
              context.progress.bytes += chunk.length;
              return writer.add(chunk);
            },
          },
        );
      } finally {
        await writer.end();
      }
    },
  );
  return (await checksums?.values()) ?? [];
}

/** Compares what the segments add up to. @throws StorageError `corrupt` */
async function verify(file: RemoteFile, plan: RangePlan, received: ReceivedRanges): Promise<void> {
  const { segments } = plan;
  if (segments === undefined) return;
  const values = received.segmentChecksums();
  const known = file.checksums ?? {};
  const { algorithm } = segments;
  if (segments.as === 'parts') {
    const got = await checksumOf(algorithm, Buffer.from(values.join(''), 'hex'));
    verifyChecksum(file.name, `${algorithm} of the parts`, got, known.parts?.value);
  } else if (isCombinable(algorithm)) {
    const stretches = values.map((value, index) => ({ value, length: lengthOf(plan, index) }));
    verifyChecksum(file.name, algorithm, combinedCrc(algorithm, stretches), known[algorithm]);
  }
}

function lengthOf(plan: RangePlan, index: number): number {
  const { start, end } = rangeAt(plan, index);
  return end - start;
}
