import { createHash } from 'node:crypto';
import { closeSync, writeSync } from 'node:fs';
import type { StagedTree } from '../../destination/staged-tree';
import type { PackEntries } from './pack-entries';

/** Offsets from here on stand in a table of their own. */
const largeOffset = 2 ** 31;
/** Bytes that are written at once. */
const batchSize = 64 * 1024;

/** Writes the index of a pack, version 2, with which git finds the objects in it. */
export function writePackIndex(tree: StagedTree, name: string, entries: PackEntries, packChecksum: Buffer): void {
  const file = new HashedFile(tree, name);
  try {
    file.add(Buffer.from('ff744f6300000002', 'hex'));
    for (const total of fanOut(entries)) file.addNumber(total);
    for (const index of entries.sorted) file.add(entries.id(index));
    for (const index of entries.sorted) file.addNumber(entries.checksums[index] ?? 0);
    const large: number[] = [];
    for (const index of entries.sorted) {
      const offset = entries.offset(index);
      file.addNumber(offset < largeOffset ? offset : largeOffset + large.push(offset) - 1);
    }
    for (const offset of large) {
      file.addNumber(Math.floor(offset / 2 ** 32));
      file.addNumber(offset % 2 ** 32);
    }
    file.add(packChecksum);
    file.end();
  } finally {
    file.close();
  }
}

/** How many names begin with a byte up to each. */
function fanOut(entries: PackEntries): readonly number[] {
  const totals = new Array<number>(256).fill(0);
  for (const index of entries.sorted) {
    const first = entries.id(index)[0] ?? 0;
    totals[first] = (totals[first] ?? 0) + 1;
  }
  let sum = 0;
  return totals.map((count) => (sum += count));
}

/** A file of git that ends with the SHA-1 of what is before. */
class HashedFile {
  private readonly descriptor: number;
  private readonly hash = createHash('sha1');
  private waiting: Buffer[] = [];
  private size = 0;

  constructor(tree: StagedTree, name: string) {
    this.descriptor = tree.createFile(name);
  }

  add(bytes: Buffer): void {
    this.waiting.push(bytes);
    this.size += bytes.length;
    if (this.size >= batchSize) this.flush();
  }

  addNumber(value: number): void {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(value);
    this.add(bytes);
  }

  /** Writes the rest, and the checksum. */
  end(): void {
    this.flush();
    writeFully(this.descriptor, this.hash.digest());
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private flush(): void {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.size = 0;
    this.hash.update(bytes);
    writeFully(this.descriptor, bytes);
  }
}

function writeFully(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
}
