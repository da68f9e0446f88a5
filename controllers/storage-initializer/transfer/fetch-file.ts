import { rmSync } from 'node:fs';
import type { RemoteFile } from '../source';
import { StorageError } from '../storage-error';
import { fetchInRanges } from './fetch-in-ranges';
import { BetterInRanges, fetchWhole, rangesFrom } from './fetch-whole';
import type { TransferContext } from './transfer-context';

/** How often a file may be replaced while it is fetched before somebody has to look at it. */
const mostReplacements = 3;

/**
 * Brings one file into the tree: from an earlier run when it is there, in one go, or in ranges.
 *
 * @returns its bytes
 * @throws StorageError
 */
export async function fetchFile(context: TransferContext, listed: RemoteFile): Promise<number> {
  const { tree, finished, progress, log } = context;
  const path = tree.pathOf(listed.path);
  const there = finished.sizeOf(listed, path);
  if (there !== undefined) {
    progress.resumedFiles += 1;
    progress.resumedBytes += there;
    return there;
  }
  // Of another version, or decrypted by a run that was killed before it had published.
  if (finished.has(listed.path)) rmSync(path, { force: true });
  let file = listed;
  for (let replaced = 0; ; replaced += 1) {
    try {
      const size = await fetchBySize(context, file);
      // Under the name of the listing: that is what the next run will ask for. A file that was replaced is another one by then.
      finished.add(file.version === listed.version ? listed : file, size);
      return size;
    } catch (error) {
      const isReplaced = error instanceof StorageError && error.failure === 'changed';
      if (!isReplaced || replaced >= mostReplacements) throw error;
      log.warn(`${error.message}: fetching it anew`);
      tree.remove(listed.path);
      const { version: _version, size: _size, checksums: _checksums, ...anew } = file;
      file = anew;
    }
  }
}

async function fetchBySize(context: TransferContext, file: RemoteFile): Promise<number> {
  if (file.size !== undefined && file.size >= rangesFrom && file.version !== undefined)
    return fetchInRanges(context, file);
  try {
    return await fetchWhole(context, file);
  } catch (error) {
    if (!(error instanceof BetterInRanges)) throw error;
    context.tree.remove(file.path);
    return fetchInRanges(context, error.file);
  }
}
