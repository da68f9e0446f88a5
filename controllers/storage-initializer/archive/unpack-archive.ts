import { createReadStream } from 'node:fs';
import { diskError } from '../destination/disk-error';
import type { StagedTree } from '../destination/staged-tree';
import type { FetchedAmount } from '../source';
import { noModelFound } from '../storage-error';
import type { ArchiveKind } from './archive-kind';
import { unpackTar, type UnpackTarOptions } from './unpack-tar';
import { unpackZip } from './unpack-zip';

/** Bytes that are read at a time. */
const readSize = 1024 * 1024;

/**
 * Unpacks an archive that is a file. The file stays.
 *
 * @throws StorageError, also when there is no file in it
 */
export async function unpackArchive(
  path: string,
  kind: ArchiveKind,
  tree: StagedTree,
  options: UnpackTarOptions,
): Promise<FetchedAmount> {
  const amount =
    kind === 'zip'
      ? await unpackZip(path, tree, options)
      : await unpackTar(chunksOf(path, options.from), tree, options);
  if (amount.files === 0) throw noModelFound(options.from);
  return amount;
}

async function* chunksOf(path: string, from: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: readSize });
  } catch (error) {
    throw diskError(`reading ${from}`, error);
  }
}
