import { mkdirSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StorageError } from '../storage-error';
import { diskError } from './disk-error';
import { safePath } from './safe-path';

/** Permissions of what is written: readable for the model server whatever its uid and group, writable for the owner only. */
const directoryMode = 0o755;
const fileMode = 0o644;

/**
 * The files of a URI while they are fetched: a tree of our own below the destination that nobody looks at until it is published.
 *
 * Guarantees: nothing outside of the tree is ever written. Names are checked as the source gave them; symbolic links are made when
 * everything else is there, so that nothing is written through one.
 */
export class StagedTree {
  private readonly links = new Map<string, string>();
  /** Directories known to be there: the listing is sorted, so the last few are enough. */
  private readonly directories = new Set<string>();

  constructor(
    /** Absolute path of the tree; it exists. */
    readonly directory: string,
    /** What the files are of, for messages. */
    readonly from: string,
  ) {}

  /** Absolute path of a name in the tree. Nothing is written. @throws StorageError `unsafe` */
  pathOf(name: string): string {
    return join(this.directory, ...safePath(name, this.from));
  }

  /**
   * Opens a new file for writing and reading, with its directories.
   *
   * @returns the descriptor
   * @throws StorageError `unsafe` when there is one of that name, also where only the case of letters differs and the file system does not
   *   care; `disk` when it can't be written
   */
  createFile(name: string): number {
    const path = this.pathOf(name);
    if (this.links.has(path)) throw this.twice(name);
    this.makeDirectory(dirname(path));
    try {
      return openSync(path, 'wx+', fileMode);
    } catch (error) {
      throw codeOf(error) === 'EEXIST' ? this.twice(name) : diskError(`creating ${name}`, error);
    }
  }

  /** Removes a file, if it is there. */
  remove(name: string): void {
    rmSync(this.pathOf(name), { force: true });
  }

  /** Makes a directory and those above it. @throws StorageError `unsafe` when there is a file where it should be */
  createDirectory(name: string): void {
    this.makeDirectory(this.pathOf(name));
  }

  /**
   * Has a symbolic link made by {@link makeLinks}.
   *
   * @param target relative to the link's directory
   * @throws StorageError `unsafe` when it leads out of the tree or there is something of that name
   */
  addLink(name: string, target: string): void {
    const components = safePath(name, this.from);
    const path = this.pathOf(name);
    if (target.startsWith('/') || target.includes('\0') || leaves([...components.slice(0, -1), ...target.split('/')])) {
      throw new StorageError(
        'unsafe',
        `${this.from}: refusing the link ${JSON.stringify(name)}: its target ${JSON.stringify(target)} is outside`,
      );
    }
    if (this.links.has(path)) throw this.twice(name);
    this.links.set(path, target);
  }

  /** Makes the links. Call it when every file is there. */
  makeLinks(): void {
    for (const [path, target] of this.links) {
      this.makeDirectory(dirname(path));
      try {
        symlinkSync(target, path);
      } catch (error) {
        const name = path.slice(this.directory.length + 1);
        throw codeOf(error) === 'EEXIST' ? this.twice(name) : diskError(`linking ${name}`, error);
      }
    }
    this.links.clear();
  }

  private makeDirectory(path: string): void {
    if (this.directories.has(path)) return;
    try {
      mkdirSync(path, { recursive: true, mode: directoryMode });
    } catch (error) {
      const name = path.slice(this.directory.length + 1);
      if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTDIR') throw this.twice(name);
      throw diskError(`creating the directory ${name}`, error);
    }
    if (this.directories.size >= 1000) this.directories.clear();
    this.directories.add(path);
  }

  private twice(name: string): StorageError {
    return new StorageError(
      'unsafe',
      `${this.from}: ${JSON.stringify(name)} is there twice, as two files or as file and directory, and can't be both`,
    );
  }
}

/** Whether a path leaves its root on the way, even if it comes back. */
function leaves(components: readonly string[]): boolean {
  let depth = 0;
  for (const component of components) {
    if (component === '..') depth -= 1;
    else if (component !== '' && component !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined;
}
