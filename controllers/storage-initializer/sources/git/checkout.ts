import { closeSync } from 'node:fs';
import type { UnpackedAmount } from '../../archive/archive-limits';
import { safePath } from '../../destination/safe-path';
import type { StagedTree } from '../../destination/staged-tree';
import { StorageError } from '../../storage-error';
import { FileWriter } from '../../transfer/file-writer';
import { brokenPack } from './broken-pack';
import { isGitDirectoryName, lfsPointerLimit, lfsSize, treeEntries, treeOfCommit, type TreeEntry } from './git-objects';
import type { ObjectStore, ReadObject } from './object-store';
import type { WorkTreeIndex } from './work-tree-index';

/** Bytes of a tree, commit or link target that is read in one piece: a directory of half a million files. */
const pieceLimit = 32 * 1024 * 1024;

const longestPath = 4096;

/** What a repository has that is not fetched. */
export interface LeftOut {
  /** Paths of files that stand for one of Git LFS, and what those have in bytes. */
  readonly pointers: { readonly path: string; readonly size: number }[];
  readonly submodules: string[];
}

/** Writes the files of a commit. */
export class Checkout {
  readonly leftOut: LeftOut = { pointers: [], submodules: [] };

  constructor(
    private readonly store: ObjectStore,
    private readonly tree: StagedTree,
    private readonly index: WorkTreeIndex,
    private readonly amount: UnpackedAmount,
    private readonly signal: AbortSignal,
  ) {}

  /** @param id 40 hexadecimal digits @throws StorageError `unsafe` for names that would leave or reach into `.git`, `corrupt`, `disk` */
  async commit(id: string): Promise<void> {
    await this.directory(treeOfCommit(await this.piece(Buffer.from(id, 'hex'), 'commit')), '');
  }

  private async directory(id: Buffer, below: string): Promise<void> {
    for (const entry of treeEntries(await this.piece(id, 'tree'))) {
      this.signal.throwIfAborted();
      this.amount.addEntry();
      const path = this.pathOf(entry, below);
      if (entry.kind === 'directory') await this.directory(entry.id, path);
      else await this.leaf(entry, entry.kind, path);
    }
  }

  private async leaf({ id }: TreeEntry, kind: Exclude<TreeEntry['kind'], 'directory'>, path: string): Promise<void> {
    this.index.addEntry(path, kind, id);
    switch (kind) {
      case 'submodule':
        this.tree.createDirectory(path);
        this.leftOut.submodules.push(path);
        return;
      case 'link':
        return this.tree.addLink(path, (await this.piece(id, 'blob')).toString('utf8'));
      case 'file':
      case 'executable':
        return this.file(id, path, kind === 'executable');
    }
  }

  /** A name of a tree is one component, whatever else it looks like. */
  private pathOf({ name }: TreeEntry, below: string): string {
    const path = below === '' ? name : `${below}/${name}`;
    const refuse = (why: string) =>
      new StorageError('unsafe', `${this.tree.from}: refusing the name ${JSON.stringify(path)}: ${why}`);
    if (isGitDirectoryName(name)) throw refuse("it is git's own directory");
    if (name.includes('/') || name.includes('\\')) throw refuse('it has a separator in it');
    if (name === '' || name === '.') throw refuse('it names no file');
    safePath(name, this.tree.from);
    // No system opens longer ones; trees within trees without end have no file at all.
    if (path.length > longestPath) throw refuse(`it has more than ${longestPath} characters`);
    return path;
  }

  private async file(id: Buffer, path: string, executable: boolean): Promise<void> {
    const { size, chunks } = await this.object(id, 'blob');
    this.amount.addBytes(size);
    const descriptor = this.tree.createFile(path, { executable });
    try {
      const writer = new FileWriter(descriptor, 0, path);
      try {
        for await (const chunk of chunks) {
          if (size < lfsPointerLimit) this.notePointer(path, chunk);
          await writer.add(chunk);
          this.signal.throwIfAborted();
        }
      } finally {
        await writer.end();
      }
    } finally {
      closeSync(descriptor);
    }
    this.amount.addFile();
  }

  private notePointer(path: string, content: Buffer): void {
    const size = lfsSize(content);
    if (size !== undefined) this.leftOut.pointers.push({ path, size });
  }

  private async object(id: Buffer, type: ReadObject['type']): Promise<ReadObject> {
    const object = await this.store.read(id);
    if (object.type !== type) throw brokenPack(`${id.toString('hex')} is a ${object.type}, not a ${type}`);
    return object;
  }

  private async piece(id: Buffer, type: ReadObject['type']): Promise<Buffer> {
    const { size, chunks } = await this.object(id, type);
    if (size > pieceLimit) throw brokenPack(`the ${type} ${id.toString('hex')} has ${size} bytes`);
    const pieces: Buffer[] = [];
    for await (const chunk of chunks) pieces.push(chunk);
    return Buffer.concat(pieces);
  }
}
