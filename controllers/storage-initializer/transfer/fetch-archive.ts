import { archiveKindOf, type ArchiveKind } from '../archive/archive-kind';
import type { ArchiveLimits } from '../archive/archive-limits';
import type { StagedTree } from '../destination/staged-tree';
import type { FetchedAmount, RemoteFile } from '../source';
import { StorageError } from '../storage-error';
import { ChecksumMismatch } from './checksum';
import { fetchFile } from './fetch-file';
import { fileStream } from './file-stream';
import type { TransferContext } from './transfer-context';

/** How often a tar archive is fetched anew that could not be read to its end, or was another one by then. */
const mostAnew = 3;

/** What an archive is unpacked with. */
export interface UnpackContext {
  readonly limits: ArchiveLimits;
  /** Directory for archives that must be on disk before they are unpacked. */
  readonly scratch: StagedTree;
}

/** The archive that a file is, if it is one. */
export function archiveOf({ archive, path }: RemoteFile): ArchiveKind | undefined {
  return archive ?? archiveKindOf(path);
}

/**
 * Fetches an archive and leaves what is in it in the tree. A tar archive is unpacked while it comes; a zip has its directory at the end, so
 * it is on disk first.
 *
 * @returns what was unpacked
 */
export async function fetchArchive(
  context: TransferContext,
  file: RemoteFile,
  kind: ArchiveKind,
  { limits, scratch }: UnpackContext,
): Promise<FetchedAmount> {
  const { tree, signal, source, log } = context;
  const options = { limits, signal, from: source.name };
  if (kind === 'zip') {
    const { unpackZip } = await import('../archive/unpack-zip.js');
    await fetchFile({ ...context, tree: scratch }, file);
    const amount = await unpackZip(scratch.pathOf(file.path), tree, options);
    scratch.remove(file.path);
    return amount;
  }
  const { unpackTar } = await import('../archive/unpack-tar.js');
  for (let anew = 0; ; anew += 1) {
    try {
      return await unpackTar(fileStream(context, file), tree, options);
    } catch (error) {
      const again = error instanceof ChecksumMismatch || (error instanceof StorageError && error.failure === 'changed');
      if (!again || anew >= mostAnew) throw error;
      log.warn(`${error.message}: fetching it anew`);
      tree.clear();
    }
  }
}
