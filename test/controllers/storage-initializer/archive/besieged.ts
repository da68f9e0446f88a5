import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publish } from '../../../../controllers/storage-initializer/destination/publish';
import { StagedTree } from '../../../../controllers/storage-initializer/destination/staged-tree';
import { StorageError } from '../../../../controllers/storage-initializer/storage-error';

/** What an attack does to a tree. */
export type Attack = (tree: StagedTree) => void | Promise<unknown>;

/**
 * A destination with neighbours of the names that attackers try. Several attacks go into it, so that one can try to write through what
 * another has left.
 */
export class Besieged {
  private readonly root = realpathSync(mkdtempSync(join(memoryOrTemporary(), 'slipway-besieged-')));
  readonly destination = join(this.root, 'a', 'destination');
  private before = '';
  private staged = 0;

  /** A file outside. */
  get outside(): string {
    return join(this.root, 'b', 'a');
  }

  /** Everything as at the beginning, nothing published. */
  begin(): void {
    for (const name of readdirSync(this.root)) rmSync(join(this.root, name), { recursive: true });
    mkdirSync(this.destination, { recursive: true });
    for (const directory of [this.root, join(this.root, 'a')]) {
      for (const name of ['b', 'c']) {
        mkdirSync(join(directory, name));
        writeFileSync(join(directory, name, 'a'), 'secret');
      }
    }
    this.before = this.around();
  }

  /** Stages as a fetch does, and publishes when it is told to. @returns whether it was refused; anything but a refusal is thrown */
  async attack(attack: Attack, publishes: boolean): Promise<boolean> {
    const staging = join(this.destination, `.partial-${(this.staged += 1)}`);
    const directory = join(staging, 'tree');
    mkdirSync(directory, { recursive: true });
    try {
      const tree = new StagedTree(directory, 'model', this.destination);
      await attack(tree);
      tree.makeLinks();
      if (publishes) publish(directory, this.destination);
      return false;
    } catch (error) {
      if (error instanceof StorageError) return true;
      throw error;
    } finally {
      rmSync(staging, { recursive: true });
    }
  }

  /** What has changed outside, and which links lead there. Nothing: it is unharmed. */
  harm(): readonly string[] {
    const around = this.around();
    return [
      ...(around === this.before ? [] : [`was ${this.before}, is ${around}`]),
      ...this.linksOut(this.destination),
    ];
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Everything outside: paths, modes, sizes, times, inodes, links and content. */
  private around(): string {
    const entries: string[] = [];
    const walk = (directory: string) => {
      for (const name of readdirSync(directory).sort()) {
        const path = join(directory, name);
        const { mode, size, mtimeMs, ino, nlink } = lstatSync(path);
        if (path === this.destination) continue;
        const isDirectory = lstatSync(path).isDirectory();
        entries.push(
          isDirectory
            ? `${path} ${mode} ${ino}`
            : `${path} ${mode} ${size} ${mtimeMs} ${ino} ${nlink} ${readFileSync(path, 'utf8')}`,
        );
        if (isDirectory) walk(path);
      }
    };
    walk(this.root);
    return entries.join('\n');
  }

  private linksOut(directory: string): readonly string[] {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return this.linksOut(path);
      if (!entry.isSymbolicLink()) return entry.isFile() ? [] : [`${path} is no file`];
      const target = realOrNothing(path);
      return target === undefined || `${target}/`.startsWith(`${this.destination}/`) ? [] : [`${path} -> ${target}`];
    });
  }
}

/** Where a link leads in the end, as the kernel says: Node's own search takes `..` for the name before. `undefined`: nothing, a circle. */
function realOrNothing(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** A file system in memory, where there is one: ten thousand trees are made and removed. */
function memoryOrTemporary(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
