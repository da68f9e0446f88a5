import { safePath } from '../destination/safe-path';
import { StorageError } from '../storage-error';

/**
 * The name of a member. Bytes that are not UTF-8 become U+FFFD, which no name may have in it: they are refused when the member is wanted,
 * and don't matter when it is not.
 */
export function memberName(bytes: Buffer): string {
  return bytes.toString('utf8');
}

/**
 * Checks the name of a member that is to be unpacked: what {@link safePath} refuses, and backslashes, which other systems take for
 * separators.
 *
 * @param from the archive, for the message
 * @returns whether it names something below the destination; `./` names the destination itself
 * @throws StorageError `unsafe`
 */
export function checkMemberName(name: string, from: string): boolean {
  if (name.includes('\\')) {
    throw new StorageError('unsafe', `${from}: refusing the name ${JSON.stringify(name)}: it has a backslash in it`);
  }
  const isHere = /^\.(\/\.?)*$/.test(name);
  if (isHere) return false;
  safePath(name, from);
  return true;
}
