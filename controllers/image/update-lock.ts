import { withApt } from './apt';
import type { Architecture } from './architecture';
import type { ImageCache } from './image-cache';
import type { LockedInputs } from './image-lock';
import { lockNode } from './node-runtime';

/**
 * Packages that the base is made of: what Node links to, the trusted authorities, and what names the release and holds the
 * texts of licenses.
 */
const basePackages = ['base-files', 'ca-certificates', 'libc6', 'libgcc-s1', 'libstdc++6'];

/** Where the inputs of the image come from. */
export interface LockSource {
  /** Source tree with its node_modules. */
  readonly root: string;
  readonly cache: ImageCache;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Finds out what an image of this architecture would be made of now: the newest packages of apt's sources, and the Node that
 * package.json asks for.
 *
 * @throws PackagesUnavailable; Error when Node is not there
 */
export async function currentInputs(architecture: Architecture, source: LockSource): Promise<LockedInputs> {
  const debian = await withApt(architecture, source.environment, async (apt) => {
    // Holds the copyright of libgcc and libstdc++; its name has GCC's version in it.
    const gccBase = /\bgcc-\d+-base\b/.exec(await apt.dependencies('libgcc-s1'))?.[0];
    return apt.newest([...basePackages, ...(gccBase === undefined ? [] : [gccBase])]);
  });
  const node = await lockNode({ architecture, ...source, cache: source.cache.node });
  return { debian: debian.toSorted((a, b) => (a.name < b.name ? -1 : 1)), node };
}
