import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../storage-error';
import { diskError } from './disk-error';

/**
 * Moves a staged tree into the destination, by renames: a file is there whole or not at all. What is there under the same name is
 * replaced, as KServe does; directories are merged; a link in the destination is never followed. Whether every name can be published is
 * looked at before the first one is.
 *
 * @throws StorageError `unsafe` when a file stands where a directory should be or the other way round, `disk`
 */
export function publish(staged: string, destination: string): void {
  try {
    check(staged, destination);
    merge(staged, destination);
  } catch (error) {
    throw diskError(`publishing to ${destination}`, error);
  }
}

function check(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const target = join(to, entry.name);
    const there = lstatSync(target, { throwIfNoEntry: false });
    if (there === undefined) continue;
    if (entry.isDirectory() !== there.isDirectory()) {
      throw new StorageError(
        'unsafe',
        `publishing ${target}: there is a ${there.isDirectory() ? 'directory' : 'file or link'} of that name already`,
      );
    }
    if (there.isDirectory()) check(join(from, entry.name), target);
  }
}

function merge(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    // Not where a link leads: the rename of a directory onto one fails.
    if (entry.isDirectory() && lstatSync(target, { throwIfNoEntry: false })?.isDirectory() === true) {
      merge(source, target);
      rmdirSync(source);
    } else renameSync(source, target);
  }
}

/** Makes a directory for what is published, if it is not there. @throws StorageError `disk` */
export function makeDestination(destination: string): void {
  try {
    mkdirSync(destination, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw diskError(`creating ${destination}`, error);
  }
}
