import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const filePrefix = 'file://';

/** Whether a URI means something that is mounted: by its scheme, or because there is a file or directory of that name. */
export function isLocal(uri: string): boolean {
  return uri.startsWith(filePrefix) || existsSync(uri);
}

/** Absolute path of a local URI. Nothing in it is decoded: KServe doesn't either. */
export function localPath(uri: string): string {
  return resolve(uri.startsWith(filePrefix) ? uri.slice(filePrefix.length) : uri);
}
