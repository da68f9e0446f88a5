import { closeSync, ftruncateSync } from 'node:fs';
import { diskError } from '../destination/disk-error';
import type { FileFacts, RemoteFile } from '../source';
import { StorageError } from '../storage-error';
import { TransientFailure, withAttempts } from './attempts';
import { checksumsToVerify, mostMismatches, runningChecksum, verifyChecksums, type RunningChecksum } from './checksum';
import { FileWriter } from './file-writer';
import { fetchStretch } from './stretch';
import type { TransferContext } from './transfer-context';

/** Bytes from which on a file is fetched in ranges, when its server can. */
export const rangesFrom = 64 * 1024 * 1024;

/** The file is so large, and its server such, that ranges in parallel are faster. */
export class BetterInRanges extends Error {
  constructor(readonly file: RemoteFile) {
    super('better in ranges');
  }
}

/**
 * Tries in a row that may bring nothing. Until anything has arrived they are few, so that a wrong address is told soon; later a bad minute
 * of the network must not end a long fetch: four times as many take about two minutes with their waits.
 */
export function attemptsOf({ source, progress }: TransferContext): number {
  const { attempts = 3 } = source;
  return progress.bytes === 0 ? attempts : attempts * 4;
}

/**
 * Fetches a file with one request; after a failure the next one begins where it ended, when the server has ranges and the file still is
 * the same.
 *
 * @returns bytes
 * @throws BetterInRanges from the head of the first answer, when the size was not known before
 */
export async function fetchWhole(context: TransferContext, listed: RemoteFile): Promise<number> {
  const descriptor = await context.tree.openFile(listed.path);
  try {
    return await fetchInto(context, listed, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function fetchInto(context: TransferContext, listed: RemoteFile, descriptor: number): Promise<number> {
  let file = listed;
  let received = 0;
  let most = 0;
  let mismatches = 0;
  let sizeIsListed = listed.size !== undefined;
  let checksums: RunningChecksum[] = [];
  const fetchRest = async () => {
    // Without a version nobody can say that the rest belongs to the beginning; without a size where the rest ends.
    const { version, size } = file;
    const range =
      received > 0 && version !== undefined && size !== undefined ? { start: received, end: size } : undefined;
    let writer: FileWriter | undefined;
    try {
      await fetchStretch(context, file, range, {
        begin: (start, facts, head) => {
          if (!sizeIsListed) context.progress.listedBytes += facts.size ?? 0;
          sizeIsListed = true;
          if (listed.size === undefined && head.headers['accept-ranges'] === 'bytes') refuseLarge(listed, facts);
          if (start !== received) truncate(descriptor, file.name);
          if (start === 0) {
            file = pinned(listed, facts);
            checksums = checksumsToVerify(file.checksums ?? {}).map(runningChecksum);
          }
          received = start;
          writer = new FileWriter(descriptor, start, file.name);
        },
        data: (chunk) => {
          for (const checksum of checksums) checksum.update(chunk);
          received += chunk.length;
          most = Math.max(most, received);
          context.progress.bytes += chunk.length;
          return writer?.add(chunk);
        },
      });
    } finally {
      await writer?.end();
    }
  };
  await withAttempts(
    listed.name,
    () => attemptsOf(context),
    context,
    () => most,
    async () => {
      // All of it may be there already, when it was the end of the connection that failed.
      if (received === 0 || received !== file.size) await fetchRest();
      try {
        await verifyChecksums(file.name, checksums, file.checksums ?? {});
      } catch (error) {
        mismatches += 1;
        if (mismatches > mostMismatches) throw error;
        // What is there is wrong somewhere: from the beginning.
        received = 0;
        throw new TransientFailure(error);
      }
    },
  );
  return received;
}

/** The file with what the first answer has told: what comes later must be of the same. */
export function pinned(file: RemoteFile, facts: FileFacts): RemoteFile {
  const { version, size, checksums } = facts;
  return {
    ...file,
    ...(file.version === undefined && version !== undefined ? { version } : {}),
    ...(file.size === undefined && size !== undefined ? { size } : {}),
    ...(checksums === undefined ? {} : { checksums: { ...checksums, ...file.checksums } }),
  };
}

function refuseLarge(file: RemoteFile, facts: FileFacts): void {
  if (facts.size === undefined || facts.size < rangesFrom || facts.version === undefined) return;
  throw new BetterInRanges(pinned(file, facts));
}

function truncate(descriptor: number, name: string): void {
  try {
    ftruncateSync(descriptor, 0);
  } catch (error) {
    throw error instanceof StorageError ? error : diskError(`truncating ${name}`, error);
  }
}
