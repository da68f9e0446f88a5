import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../component';
import { diskError } from './destination/disk-error';
import { storageSpec, storageSpecSettings } from './storage-spec';

/** The environment with what the storage specification adds, until it is closed. */
export interface SpecifiedEnvironment {
  readonly environment: Environment;
  /** Removes the files with secrets. */
  readonly close: () => void;
}

const prefix = '.slipway-storage-spec-';

/**
 * Puts the storage specification where the sources look for it: into variables, and for HDFS into a directory that only we can read. The
 * directory is below `TMPDIR`, or below the destination when that can't be written, as with a read-only root file system.
 *
 * @param destination of the first URI
 * @throws ConfigError for a specification that can't be used, StorageError when there is no place for its files
 */
export function specifiedEnvironment(environment: Environment, destination: string): SpecifiedEnvironment {
  const spec = storageSpec(environment);
  if (spec === undefined) return { environment, close: () => undefined };
  const { variables, files } = storageSpecSettings(spec);
  if (files === undefined) return { environment: { ...environment, ...variables }, close: () => undefined };
  const directory = secretDirectory(environment, destination);
  const close = () => rmSync(directory, { recursive: true, force: true });
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(directory, name), content, { mode: 0o600, flag: 'wx' });
    }
  } catch (error) {
    close();
    throw diskError(`writing the storage configuration to ${directory}`, error);
  }
  return { environment: { ...environment, ...variables, HDFS_SECRET_DIR: directory }, close };
}

function secretDirectory(environment: Environment, destination: string): string {
  // mkdtemp makes directories that nobody else can enter.
  try {
    return mkdtempSync(join(environment['TMPDIR'] ?? tmpdir(), prefix));
  } catch {
    // Read-only, or not there: the destination is made to be written.
  }
  try {
    mkdirSync(destination, { recursive: true, mode: 0o755 });
    // Of this pod, from a run that was killed: /tmp is gone with the container, a volume is not.
    const own = `${prefix}${environment['HOSTNAME'] ?? ''}-`;
    for (const name of readdirSync(destination)) {
      if (name.startsWith(own)) rmSync(join(destination, name), { recursive: true, force: true });
    }
    return mkdtempSync(join(destination, own));
  } catch (error) {
    throw diskError(`making a directory for the storage configuration in ${destination}`, error);
  }
}
