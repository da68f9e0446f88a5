import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The source tree that tests run from. */
export const sourceTree = resolve(__dirname, '..', '..', '..');

/**
 * Copies what the image is built from: a tree of its own that nobody edits meanwhile, and that can be moved.
 *
 * @param packages directories of the packages that the bundle takes code from, relative to the tree
 */
export async function copySourceTree(to: string, packages: readonly string[]): Promise<void> {
  for (const path of ['controllers', 'definitions', 'package.json', 'tsconfig.json']) {
    await cp(join(sourceTree, path), join(to, path), { recursive: true });
  }
  // Thousands of files: fs.cp takes ten times as long.
  for (const path of packages) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await promisify(execFile)('cp', ['-R', join(sourceTree, path), join(to, path)]);
  }
  // 130 MB that are checked against the lock anyhow.
  await symlink(join(sourceTree, 'node_modules', 'node'), join(to, 'node_modules', 'node'));
}
