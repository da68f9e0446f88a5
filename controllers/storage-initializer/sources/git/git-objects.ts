import { brokenPack } from './broken-pack';
import { idSize } from './pack-entries';

/** What an entry of a tree is, by its mode. */
export type TreeEntryKind = 'directory' | 'file' | 'executable' | 'link' | 'submodule';

/** An entry of a tree object. */
export interface TreeEntry {
  readonly kind: TreeEntryKind;
  /** As it is in the tree. Not to be trusted. */
  readonly name: string;
  readonly id: Buffer;
}

const kinds: Readonly<Record<string, TreeEntryKind>> = {
  '40000': 'directory',
  '100644': 'file',
  // Old programs wrote it.
  '100664': 'file',
  '100755': 'executable',
  '120000': 'link',
  '160000': 'submodule',
};

/** Reads a tree object. @throws StorageError `corrupt` */
export function* treeEntries(tree: Buffer): Generator<TreeEntry> {
  for (let at = 0; at < tree.length;) {
    const space = tree.indexOf(0x20, at);
    const end = tree.indexOf(0, at);
    const kind = space > at && space < end ? kinds[tree.toString('latin1', at, space)] : undefined;
    if (kind === undefined || end + 1 + idSize > tree.length) throw brokenPack('a tree has an entry that nobody knows');
    yield { kind, name: tree.toString('utf8', space + 1, end), id: tree.subarray(end + 1, end + 1 + idSize) };
    at = end + 1 + idSize;
  }
}

/** Name of the tree that a commit is of. @throws StorageError `corrupt` */
export function treeOfCommit(commit: Buffer): Buffer {
  const id = /^tree ([0-9a-f]{40})\n/.exec(commit.toString('latin1', 0, 46))?.[1];
  if (id === undefined) throw brokenPack('its commit has no tree');
  return Buffer.from(id, 'hex');
}

/** Beginning of the files that stand for a large file of Git LFS. */
const lfsBeginning = 'version https://git-lfs.github.com/spec/v1\n';
/** Bytes that such a file has at most, by the specification of Git LFS. */
export const lfsPointerLimit = 1024;

/** Bytes of the large file that a pointer stands for; undefined for other files. */
export function lfsSize(content: Buffer): number | undefined {
  if (content.length >= lfsPointerLimit || !content.toString('latin1').startsWith(lfsBeginning)) return undefined;
  const size = /^size (\d{1,15})$/m.exec(content.toString('latin1'))?.[1];
  return size === undefined ? undefined : Number(size);
}

/** Characters that file systems of Apple pass over, so that `.g<U+200C>it` is `.git` there. */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Whether a name is git's own directory, here or on another file system: case, characters that are passed over, short names, dots and
 * spaces at the end. Whoever writes there has git run programs.
 */
export function isGitDirectoryName(name: string): boolean {
  return /^(?:\.git|git~\d+)[ .]*(?::.*)?$/is.test(name.replace(ignoredByHfs, ''));
}
