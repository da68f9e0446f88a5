import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where downloaded inputs are kept between builds; each file is verified against the lock whenever it is used. */
export interface ImageCache {
  /** Debian packages, by their file names in the pool. */
  readonly debs: string;
  /** Packages of npm with the Node binary of another architecture than this machine's. */
  readonly node: string;
}

/** The directories below `XDG_CACHE_HOME`, or `~/.cache`. The XDG specification says to ignore a relative one. */
export function imageCache(environment: NodeJS.ProcessEnv): ImageCache {
  const configured = environment['XDG_CACHE_HOME'];
  const user = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return { debs: join(user, 'slipway', 'debs'), node: join(user, 'slipway', 'node') };
}
