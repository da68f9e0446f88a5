import { createHash } from 'node:crypto';
import { closeSync, readSync, writeSync } from 'node:fs';
import type { StagedTree } from '../../destination/staged-tree';
import type { TreeEntryKind } from './git-objects';

const modes: Readonly<Record<Exclude<TreeEntryKind, 'directory'>, number>> = {
  file: 0o100644,
  executable: 0o100755,
  link: 0o120000,
  submodule: 0o160000,
};
/** Bytes of an entry before its name. */
const entryHead = 62;
const batchSize = 64 * 1024;

/**
 * Writes `.git/index`, version 2: what git compares the work tree with. Times and sizes are 0, which git takes as not known and looks at the
 * files instead; they would be wrong anyway once the files are published. Entries come in the order of their paths, which is that of a walk.
 */
export class WorkTreeIndex {
  private readonly descriptor: number;
  private count = 0;
  private position = 0;
  private waiting: Buffer[] = [];
  private size = 0;

  constructor(tree: StagedTree) {
    this.descriptor = tree.createFile('.git/index');
    this.add(Buffer.alloc(12));
  }

  addEntry(path: string, kind: Exclude<TreeEntryKind, 'directory'>, id: Buffer): void {
    const name = Buffer.from(path);
    // At least one NUL ends the name.
    const entry = Buffer.alloc((entryHead + name.length + 8) & ~7);
    entry.writeUInt32BE(modes[kind], 24);
    id.copy(entry, 40);
    entry.writeUInt16BE(Math.min(name.length, 0xfff), 60);
    name.copy(entry, entryHead);
    this.count += 1;
    this.add(entry);
  }

  /** Writes the head, now that the number of entries is known, and the checksum. */
  end(): void {
    this.flush();
    const head = Buffer.from('4449524300000002deadbeef', 'hex');
    head.writeUInt32BE(this.count, 8);
    writeAt(this.descriptor, head, 0);
    const hash = createHash('sha1');
    const buffer = Buffer.allocUnsafe(batchSize);
    for (let at = 0; at < this.position;) {
      const read = readSync(this.descriptor, buffer, 0, batchSize, at);
      hash.update(buffer.subarray(0, read));
      at += read;
    }
    writeAt(this.descriptor, hash.digest(), this.position);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private add(bytes: Buffer): void {
    this.waiting.push(bytes);
    this.size += bytes.length;
    if (this.size >= batchSize) this.flush();
  }

  private flush(): void {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.size = 0;
    writeAt(this.descriptor, bytes, this.position);
    this.position += bytes.length;
  }
}

function writeAt(descriptor: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}
