import { lstat, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { ArchiveLimits } from '../../../../controllers/storage-initializer/archive/archive-limits';
import { unpackTar, type UnpackTarOptions } from '../../../../controllers/storage-initializer/archive/unpack-tar';
import { unpackZip, type UnpackZipOptions } from '../../../../controllers/storage-initializer/archive/unpack-zip';
import { StagedTree } from '../../../../controllers/storage-initializer/destination/staged-tree';
import type { FetchedAmount } from '../../../../controllers/storage-initializer/source';
import { treeOf } from '../fetched-tree';

/** Limits that no test archive meets by chance. */
export const wide: ArchiveLimits = { bytes: 2 ** 30, entries: 10_000, ratio: 1000 };

/** What an archive became. */
export interface Unpacked {
  /** Content by path, of links `-> target`. */
  readonly files: Readonly<Record<string, string>>;
  /** Permissions by path, octal, of directories too. */
  readonly modes: Readonly<Record<string, string>>;
  readonly amount: FetchedAmount;
}

/** Unpacks in a temporary directory with a neighbour, which must be as it was afterwards. */
async function unpacked(unpack: (tree: StagedTree) => Promise<FetchedAmount>): Promise<Unpacked> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'slipway-unpacked-')));
  try {
    const directory = join(root, 'destination', 'tree');
    await mkdir(directory, { recursive: true });
    const tree = new StagedTree(directory, 'the model');
    try {
      const amount = await unpack(tree);
      tree.makeLinks();
      return { files: await treeOf(directory), modes: await modesOf(directory), amount };
    } finally {
      expect([await readdir(root), await readdir(join(root, 'destination'))]).toEqual([['destination'], ['tree']]);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** {@link unpacked} for the bytes of a tar archive, which come in chunks of a size. */
export function unpackedTar(
  archive: Buffer,
  options: Partial<UnpackTarOptions> & { readonly chunkSize?: number } = {},
): Promise<Unpacked> {
  return unpackedChunks(chunksOf(archive, options.chunkSize ?? 64 * 1024), options);
}

/** {@link unpackedTar} for bytes as they come. */
export function unpackedChunks(
  chunks: AsyncIterable<Buffer>,
  options: Partial<UnpackTarOptions> = {},
): Promise<Unpacked> {
  return unpacked((tree) =>
    unpackTar(chunks, tree, {
      limits: wide,
      signal: new AbortController().signal,
      from: 'model.tar',
      ...options,
    }),
  );
}

export async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function modesOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const modes: Record<string, string> = {};
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isSymbolicLink()) modes[relative(directory, path)] = ((await lstat(path)).mode & 0o7777).toString(8);
  }
  return modes;
}

/** {@link unpacked} for the bytes of a zip archive. */
export async function unpackedZip(archive: Buffer, options: Partial<UnpackZipOptions> = {}): Promise<Unpacked> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-zip-'));
  try {
    const path = join(directory, 'model.zip');
    await writeFile(path, archive);
    return await unpacked((tree) =>
      unpackZip(path, tree, { limits: wide, signal: new AbortController().signal, from: 'model.zip', ...options }),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
