import { linkSync, lstatSync, mkdirSync, open, openSync, readdirSync, rmSync, symlinkSync, type Stats } from 'node:fs';
import { constants, copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { promisify } from 'node:util';
import { StorageError } from '../storage-error';
import { diskError } from './disk-error';
import { walkTarget } from './link-target';
import { safePath } from './safe-path';

const openAt = promisify(open);

/** Permissions of what is written: readable for the model server whatever its uid and group, writable for the owner only. */
const directoryMode = 0o755;
const fileMode = 0o644;
const executableMode = 0o755;

export interface FileOptions {
  /** @default false */
  readonly executable?: boolean;
}

/**
 * The files of a URI while they are fetched: a tree of our own below the destination that nobody looks at until it is published.
 *
 * Guarantees: nothing outside of the tree is ever written. Names are checked as the source gave them; symbolic links are made when
 * everything else is there, so that nothing is written through one. Links that a source names lead to places inside, whatever other links
 * there are and whatever is published next to them: from the directory of the link, which is a real one, up and then down; where one
 * turns up again in a directory, that must be a real one too. So no chain of links leads out, and links to nothing or in circles do no harm.
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
    /** Directory in which the tree is published. @default the one above it */
    private readonly destination: string = dirname(directory),
  ) {}

  /** Absolute path of a name in the tree. Nothing is written. @throws StorageError `unsafe` */
  pathOf(name: string): string {
    return join(this.directory, ...safePath(name, this.from));
  }

  /** Where a name is to be found when the tree is published. */
  publishedPath(name: string): string {
    return join(this.destination, ...safePath(name, this.from));
  }

  /** Whether there is something of that name in the destination already. */
  isPublished(name: string): boolean {
    return whatIs(this.publishedPath(name)) !== undefined;
  }

  /**
   * Opens a new file for writing and reading, with its directories.
   *
   * @returns the descriptor
   * @throws StorageError `unsafe` when there is one of that name, also where only the case of letters differs and the file system does not
   *   care; `disk` when it can't be written
   */
  createFile(name: string, { executable = false }: FileOptions = {}): number {
    const path = this.newPath(name);
    try {
      return openSync(path, 'wx+', executable ? executableMode : fileMode);
    } catch (error) {
      throw this.creationError(name, error);
    }
  }

  /**
   * {@link createFile} that does not hold up the others: creating a file takes 20 microseconds on a quiet disk, and a millisecond on a busy
   * one or over a network.
   */
  async openFile(name: string): Promise<number> {
    const path = this.newPath(name);
    try {
      return await openAt(path, 'wx+', fileMode);
    } catch (error) {
      throw this.creationError(name, error);
    }
  }

  /** Removes everything. */
  clear(): void {
    for (const name of readdirSync(this.directory))
      rmSync(join(this.directory, name), { recursive: true, force: true });
    this.links.clear();
    this.directories.clear();
  }

  /** Removes a file, if it is there. */
  remove(name: string): void {
    rmSync(this.pathOf(name), { force: true });
  }

  /** Makes a directory and those above it. @throws StorageError `unsafe` when there is a file where it should be */
  createDirectory(name: string): void {
    const path = this.pathOf(name);
    if (this.links.has(path)) throw this.twice(name);
    this.makeDirectory(path);
  }

  /**
   * Gives a file of the tree another name, as a hard link, or as a copy where the file system has none. A link that {@link makeLinks} is to
   * make is made twice instead.
   *
   * @param beforeCopy called with the size when it is copied; may refuse by throwing
   * @throws StorageError `unsafe` when there is no such file in the tree, or something under the new name
   */
  async addHardLink(name: string, existing: string, beforeCopy: (size: number) => void): Promise<void> {
    const target = this.pathOf(existing);
    const link = this.links.get(target);
    if (link !== undefined) return this.addLink(name, link);
    const there = whatIs(target);
    if (there?.isFile() !== true) {
      throw this.refusedLink(name, `there is no file ${JSON.stringify(existing)} before it`);
    }
    const path = this.newPath(name);
    try {
      linkSync(target, path);
    } catch (error) {
      if (!withoutHardLinks.has(codeOf(error))) throw this.creationError(name, error);
      beforeCopy(there.size);
      // A reflink costs nothing, where there are such.
      await copyFile(target, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE).catch((failure: unknown) => {
        throw this.creationError(name, failure);
      });
    }
  }

  /**
   * Has a symbolic link made by {@link makeLinks}.
   *
   * @param target relative to the link's directory
   * @throws StorageError `unsafe` when it leads out of the tree or there is something of that name
   */
  addLink(name: string, target: string): void {
    const components = safePath(name, this.from);
    const isText = target !== '' && !target.includes('\0') && !target.includes('\uFFFD');
    if (!isText || target.startsWith('/') || walkTarget(components.slice(0, -1), target).leaves) {
      throw this.refusedLink(name, `its target ${JSON.stringify(target)} is outside`);
    }
    this.add(name, target);
  }

  /**
   * Has a symbolic link made by {@link makeLinks} to a place that the user named, wherever it is. Not for names and targets that come with
   * the files.
   *
   * @param target absolute path
   */
  addLinkOut(name: string, target: string): void {
    this.add(name, target);
  }

  /** Makes the links. Call it when every file is there. @throws StorageError `unsafe` when one may lead out by way of others */
  makeLinks(): void {
    // The directories first: where targets turn is looked up among them, and there is no link on the disk yet to be mistaken for one.
    for (const path of this.links.keys()) this.makeDirectory(dirname(path));
    for (const [path, target] of this.links) this.checkTurns(path, target);
    for (const [path, target] of this.links) {
      try {
        symlinkSync(target, path);
      } catch (error) {
        throw this.creationError(this.nameOf(path), error);
      }
    }
    this.links.clear();
  }

  private add(name: string, target: string): void {
    const path = this.pathOf(name);
    if (this.links.has(path)) throw this.twice(name);
    this.links.set(path, target);
  }

  /** `a/../b` is `b` only when `a` is no link. */
  private checkTurns(path: string, target: string): void {
    if (target.startsWith('/')) return;
    const name = this.nameOf(path);
    for (const turn of walkTarget(name.split('/').slice(0, -1), target).turns) {
      const there = whatIs(join(this.directory, ...turn));
      if (there?.isDirectory() === true && !this.links.has(join(this.directory, ...turn))) continue;
      throw this.refusedLink(
        name,
        `its target ${JSON.stringify(target)} goes up from ${JSON.stringify(turn.join('/'))}, which is no directory`,
      );
    }
  }

  /** Path of something that is not there yet, with its directories made. */
  private newPath(name: string): string {
    const path = this.pathOf(name);
    if (this.links.has(path)) throw this.twice(name);
    this.makeDirectory(dirname(path));
    return path;
  }

  private makeDirectory(path: string): void {
    if (this.directories.has(path)) return;
    try {
      mkdirSync(path, { recursive: true, mode: directoryMode });
    } catch (error) {
      const name = this.nameOf(path);
      if (codeOf(error) === 'ENOTDIR') throw this.twice(name);
      throw this.creationError(name, error);
    }
    if (this.directories.size >= 1000) this.directories.clear();
    this.directories.add(path);
  }

  private nameOf(path: string): string {
    return path.slice(this.directory.length + 1);
  }

  private creationError(name: string, error: unknown): StorageError {
    return codeOf(error) === 'EEXIST' ? this.twice(name) : diskError(`creating ${name}`, error);
  }

  private refusedLink(name: string, why: string): StorageError {
    return new StorageError('unsafe', `${this.from}: refusing the link ${JSON.stringify(name)}: ${why}`);
  }

  private twice(name: string): StorageError {
    return new StorageError(
      'unsafe',
      `${this.from}: ${JSON.stringify(name)} is there twice, as two files or as file and directory, and can't be both`,
    );
  }
}

/** Errors of file systems that have no hard links, or no more of them for one file. */
const withoutHardLinks: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

/** What there is, links not followed; `undefined` also for a path through a file. */
function whatIs(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw diskError(`looking for ${path}`, error);
  }
}

function codeOf(error: unknown): unknown {
  return isNativeError(error) ? Reflect.get(error, 'code') : undefined;
}
