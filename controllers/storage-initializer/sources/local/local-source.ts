import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { archiveKindOf } from '../../archive/archive-kind';
import { archiveLimits } from '../../archive/archive-limits';
import { unpackArchive } from '../../archive/unpack-archive';
import { diskError } from '../../destination/disk-error';
import { isWanted } from '../../filters';
import { fileFilters } from '../../general-settings';
import type { OpenSource, TreeSource } from '../../source';
import { noModelFound, StorageError } from '../../storage-error';
import { localPath } from './local-path';

/**
 * Opens a file or directory that is mounted: a volume, as a rule. Nothing is copied: the destination gets a link to the file, or to each
 * entry of the directory that is not hidden. A single archive is unpacked instead.
 */
export const openLocalSource: OpenSource = (uri, { environment, log }): TreeSource => {
  const filters = fileFilters(environment);
  const limits = archiveLimits(environment);
  return {
    protocol: 'local',
    name: uri,
    async fetchInto(tree, signal) {
      const found = entriesOf(uri).filter((path) => isWanted(basename(path), filters));
      const [first, ...others] = found;
      if (first === undefined) throw noModelFound(uri);
      const kind = others.length === 0 ? archiveKindOf(first) : undefined;
      if (kind !== undefined && statSync(first).isFile()) {
        return unpackArchive(first, kind, tree, { limits, signal, from: uri });
      }
      for (const path of found) {
        const name = basename(path);
        if (tree.isPublished(name)) log.info(`File ${tree.publishedPath(name)} already exist`);
        else tree.addLinkOut(name, path);
      }
      return { files: found.length, bytes: 0 };
    },
  };
};

/** Absolute paths of what there is: the file, or the entries of the directory. @throws StorageError */
function entriesOf(uri: string): readonly string[] {
  const path = localPath(uri);
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there === undefined) throw new StorageError('not-found', `Local path ${uri} does not exist.`);
    if (!there.isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => !name.startsWith('.'));
    return names.sort().map((name) => join(path, name));
  } catch (error) {
    throw diskError(`reading ${uri}`, error);
  }
}
