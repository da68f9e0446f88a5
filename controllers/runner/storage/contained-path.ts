import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { systemCode } from './system-code';

/** A path of the settings that would leave the volume. */
export class PathLeaves extends Error {
  constructor(path: string) {
    super(`${path} leaves the volume`);
    this.name = 'PathLeaves';
  }
}

/** Steps of a path below a volume; a slash at its beginning means the volume's top. @throws PathLeaves */
export function volumePath(path: string): string {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.');
  if (steps.includes('..') || path.includes('\0')) throw new PathLeaves(JSON.stringify(path));
  return steps.join('/');
}

/**
 * Where something below a volume really is, links followed.
 *
 * @throws PathLeaves when a link leads out, and what the file system says
 */
export async function containedPath(volume: string, path: string): Promise<string> {
  const root = await realpath(volume);
  const real = await realpath(join(root, path));
  if (real === root || real.startsWith(root + sep)) return real;
  throw new PathLeaves(JSON.stringify(path));
}

/** Makes a folder below a volume, and those above it. @returns where it really is. @throws as {@link containedPath} */
export async function containedFolder(volume: string, path: string): Promise<string> {
  if (path === '') return containedPath(volume, '');
  // Folder by folder: a link must not lead to one that is made outside.
  const parent = await containedFolder(volume, dirname(path) === '.' ? '' : dirname(path));
  await mkdir(join(parent, basename(path))).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
  return containedPath(volume, path);
}
