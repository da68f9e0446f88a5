import { spawnSync } from 'node:child_process';
import { PackagesUnavailable } from '../../../controllers/image/apt';
import { hostArchitecture } from '../../../controllers/image/architecture';
import { fetchPackages } from '../../../controllers/image/debian-packages';
import { imageCache } from '../../../controllers/image/image-cache';
import { imageLockFile, type LockedInputs, readImageLock } from '../../../controllers/image/image-lock';
import { currentInputs } from '../../../controllers/image/update-lock';
import { sourceTree } from './source-tree';

/** Why images can't be built on this machine; undefined when they can. */
export function imageToolsMissing(): string | undefined {
  const missing = ['apt-get', 'dpkg-deb', 'tar'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
  return process.platform === 'linux' && missing.length === 0
    ? undefined
    : `this machine is no Debian (${process.platform}, without ${missing.join(', ')})`;
}

/**
 * What an image can be made of here: the locked inputs, or what apt has now where Debian has replaced a locked version, or
 * where the machine has another release. That a build is reproducible and runs does not depend on which.
 *
 * @throws PackagesUnavailable when nothing is in the cache and the sources can't be reached
 */
export async function imageInputs(): Promise<LockedInputs> {
  const architecture = hostArchitecture();
  const cache = imageCache(process.env);
  const locked = (await readImageLock(imageLockFile(sourceTree)))[architecture];
  try {
    await fetchPackages(locked.debian, { architecture, cache: cache.debs, environment: process.env });
    return locked;
  } catch (error) {
    if (!(error instanceof PackagesUnavailable)) throw error;
    process.stderr.write(`testing the image with newer packages than the locked ones: ${error.message}\n`);
    return currentInputs(architecture, { root: sourceTree, cache, environment: process.env });
  }
}
