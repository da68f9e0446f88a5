import { open, readdir, stat } from 'node:fs/promises';
import type { Bytes } from '../../formats/compression';
import { containedPath, volumePath } from '../contained-path';
import { globExpression, globFolder, isGlob, isHidden } from '../glob';
import type { InputFile } from '../items-of-files';

/** Bytes that are read at a time: more is no faster, and the lines of a piece are decoded in one go. */
const pieceSize = 128 * 1024;

/**
 * Files that a path on a volume means: itself; of a folder all below but those whose names begin with `_` or `.`; of a pattern those it
 * matches. In the order of their paths, so that each run sees the same.
 *
 * @throws PathLeaves, and what the file system says
 */
export async function* volumeFiles(volume: string, path: string): AsyncGenerator<InputFile> {
  const wanted = volumePath(path);
  if (isGlob(wanted)) {
    const matches = globExpression(wanted);
    yield* filesBelow(volume, globFolder(wanted), isHidden(wanted), (file) => matches.test(file));
    return;
  }
  const isFolder = (await stat(await containedPath(volume, wanted))).isDirectory();
  if (isFolder) yield* filesBelow(volume, wanted, false, () => true);
  else yield volumeFile(volume, wanted);
}

async function* filesBelow(
  volume: string,
  folder: string,
  showsHidden: boolean,
  isWanted: (path: string) => boolean,
): AsyncGenerator<InputFile> {
  const entries = await readdir(await containedPath(volume, folder), { withFileTypes: true });
  const named = entries.map((entry) => ({ entry, order: entry.isDirectory() ? `${entry.name}/` : entry.name }));
  named.sort((a, b) => (a.order < b.order ? -1 : 1));
  for (const { entry } of named) {
    if (!showsHidden && isHidden(entry.name)) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(volume, path, showsHidden, isWanted);
    // A link to a folder may lead back to where it is: only those to files are followed.
    else if (isWanted(path) && (entry.isFile() || (entry.isSymbolicLink() && (await isFile(volume, path))))) {
      yield volumeFile(volume, path);
    }
  }
}

async function isFile(volume: string, path: string): Promise<boolean> {
  return (await stat(await containedPath(volume, path))).isFile();
}

function volumeFile(volume: string, path: string): InputFile {
  return { name: path, open: (signal) => fileBytes(volume, path, signal) };
}

async function* fileBytes(volume: string, path: string, signal: AbortSignal): Bytes & AsyncGenerator<Buffer> {
  const file = await open(await containedPath(volume, path));
  try {
    const buffer = Buffer.allocUnsafeSlow(pieceSize);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
