import { hash } from 'node:crypto';
import { closeSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import type { RemoteFile } from '../source';
import { diskError } from './disk-error';

/** Bytes of a record: digest of the path, digest of the identity, size. */
const recordSize = 24;
/** Records that are written together; what a killed process had not written is fetched again. */
const batch = 64;

/**
 * The files of a staged tree that are whole, on disk, so that a process which is started again goes on where the one before was killed.
 *
 * A million files take 24 MB in memory after such a start, and nothing otherwise: records have a fixed size, sorted by the digest of the
 * path. A record is written when the file is: the kernel keeps both when the process is killed. After a crash of the node it does not,
 * which is why the staging directory names the boot it is of.
 */
export class FinishedFiles {
  private readonly descriptor: number;
  private readonly buffer = Buffer.alloc(recordSize * batch);
  private buffered = 0;

  private constructor(
    path: string,
    private readonly before: Buffer,
  ) {
    this.descriptor = openSync(path, 'a');
  }

  /** Opens the journal, which may not be there yet. @throws StorageError `disk` */
  static open(path: string): FinishedFiles {
    try {
      return new FinishedFiles(path, sortedRecords(readJournal(path)));
    } catch (error) {
      throw diskError(`opening ${path}`, error);
    }
  }

  /** Files that were finished before. */
  get count(): number {
    return this.before.length / recordSize;
  }

  /** Whether a file was finished before, is still there and is what the source has now. @returns its bytes */
  sizeOf(file: RemoteFile, path: string): number | undefined {
    const record = this.find(digest(file.path));
    if (record === undefined || record.readBigUInt64BE(8) !== digest(identityOf(file)).readBigUInt64BE())
      return undefined;
    const size = Number(record.readBigUInt64BE(16));
    return statSync(path, { throwIfNoEntry: false })?.size === size ? size : undefined;
  }

  /** Whether there is a record of a path, whatever the identity. */
  has(relativePath: string): boolean {
    return this.find(digest(relativePath)) !== undefined;
  }

  add(file: RemoteFile, size: number): void {
    const at = this.buffered * recordSize;
    digest(file.path).copy(this.buffer, at, 0, 8);
    digest(identityOf(file)).copy(this.buffer, at + 8, 0, 8);
    this.buffer.writeBigUInt64BE(BigInt(size), at + 16);
    this.buffered += 1;
    if (this.buffered === batch || size > 1024 * 1024) this.flush();
  }

  flush(): void {
    if (this.buffered === 0) return;
    try {
      writeSync(this.descriptor, this.buffer, 0, this.buffered * recordSize);
    } catch (error) {
      throw diskError('noting finished files', error);
    }
    this.buffered = 0;
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  /** The last record of a path digest: a file that was fetched again has two. */
  private find(path: Buffer): Buffer | undefined {
    const key = path.readBigUInt64BE();
    let [low, high] = [0, this.before.length / recordSize];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.before.readBigUInt64BE(middle * recordSize) <= key) low = middle + 1;
      else high = middle;
    }
    const record = this.before.subarray((low - 1) * recordSize, low * recordSize);
    return low > 0 && record.readBigUInt64BE() === key ? record : undefined;
  }
}

/** What makes a file the same one: its name at the source, its version or at least its size. */
function identityOf({ name, version, size }: RemoteFile): string {
  return `${name}\0${version ?? ''}\0${size ?? ''}`;
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

function readJournal(path: string): Buffer {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return Buffer.alloc(0);
  const bytes = readFileSync(path);
  const whole = bytes.length - (bytes.length % recordSize);
  // A killed process may have written half a record: what is written behind it would not be found.
  if (whole < bytes.length) truncateSync(path, whole);
  return bytes.subarray(0, whole);
}

/** The records by path; of the same path in the order they were written. */
function sortedRecords(journal: Buffer): Buffer {
  const count = journal.length / recordSize;
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  order.sort(
    (a, b) => journal.compare(journal, b * recordSize, b * recordSize + 8, a * recordSize, a * recordSize + 8) || a - b,
  );
  const sorted = Buffer.alloc(journal.length);
  order.forEach((from, to) => journal.copy(sorted, to * recordSize, from * recordSize, (from + 1) * recordSize));
  return sorted;
}
