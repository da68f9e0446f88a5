import { open, type FileHandle } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { fromRandomAccessReaderPromise, type Entry, type ZipFile } from 'yauzl';
import { diskError, isDiskError } from '../destination/disk-error';
import type { StagedTree } from '../destination/staged-tree';
import type { FetchedAmount } from '../source';
import { StorageError } from '../storage-error';
import { UnpackedAmount, type ArchiveLimits } from './archive-limits';
import { brokenArchive } from './broken-archive';
import { checkMemberName, memberName } from './member-name';
import { writeMember } from './write-member';
import { FileSlices } from './zip/file-slices';
import { isExecutable, zipMemberKind, zipName } from './zip/zip-member';

export interface UnpackZipOptions {
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  /** What the archive is, for messages. Without secrets. */
  readonly from: string;
}

/** Bytes of a link's target: what Linux takes. */
const longestTarget = 4096;
/** Bytes that come out of the decompressor at a time. */
const outputSize = 256 * 1024;
const [stored, deflated] = [0, 8];

/**
 * Unpacks a zip archive from a file: its directory is at its end. Members are read one by one as they are written; lengths and checksums
 * are verified. What is written is what {@link unpackTar} writes: upstream's zips have other rules, without a reason.
 *
 * @returns files and bytes written; none for an empty archive
 * @throws StorageError. The tree may have some of the files then.
 */
export async function unpackZip(path: string, tree: StagedTree, options: UnpackZipOptions): Promise<FetchedAmount> {
  const { limits, signal, from } = options;
  const amount = new UnpackedAmount(limits, from);
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    const slices = new FileSlices(file, size);
    const zip = await fromRandomAccessReaderPromise(slices, size, { autoClose: false, decodeStrings: false });
    const unpacking = new ZipUnpacking(zip, tree, amount, from, signal);
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      await unpacking.unpack(entry);
    }
    return amount.total;
  } catch (error) {
    if (error === signal.reason || error instanceof StorageError) throw error;
    throw isDiskError(error) ? diskError(`reading ${from}`, error) : brokenArchive(error);
  } finally {
    await file?.close();
  }
}

/** Brings members into a tree. */
class ZipUnpacking {
  private unpacked = 0;

  constructor(
    private readonly zip: ZipFile,
    private readonly tree: StagedTree,
    private readonly amount: UnpackedAmount,
    private readonly from: string,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws StorageError; Error when the archive is broken */
  async unpack(entry: Entry): Promise<void> {
    this.amount.addEntry();
    const name = memberName(zipName(entry));
    const kind = zipMemberKind(entry);
    if (!checkMemberName(name, this.from)) {
      if (kind === 'directory') return;
      throw this.refusal(name, 'it names the destination itself');
    }
    switch (kind) {
      case 'file':
        return this.unpackFile(name, entry);
      case 'directory':
        return this.tree.createDirectory(name);
      case 'symbolic link':
        return this.tree.addLink(name, await this.linkTarget(name, entry));
      case 'other':
        throw this.refusal(name, 'it is a device or a pipe');
    }
  }

  private async unpackFile(name: string, entry: Entry): Promise<void> {
    const size = entry.uncompressedSize;
    this.amount.addBytes(size);
    // Against the whole file: members may share their bytes.
    this.unpacked += size;
    this.amount.checkRatio(this.zip.fileSize, this.unpacked);
    const chunks = this.content(name, entry);
    await writeMember(this.tree, { name, size, executable: isExecutable(entry) }, chunks, this.signal);
    this.amount.addFile();
  }

  private async linkTarget(name: string, entry: Entry): Promise<string> {
    if (entry.uncompressedSize > longestTarget) throw new Error(`the target of ${JSON.stringify(name)} is too long`);
    const chunks: Buffer[] = [];
    for await (const chunk of this.content(name, entry)) chunks.push(chunk);
    return memberName(Buffer.concat(chunks));
  }

  /** The bytes of a member, no more of them than promised. @throws Error when they are others than promised */
  private async *content(name: string, entry: Entry): AsyncGenerator<Buffer> {
    const what = JSON.stringify(name);
    if (entry.isEncrypted()) throw this.refusal(name, 'it is encrypted');
    const method = entry.compressionMethod;
    if (method !== stored && method !== deflated) throw this.refusal(name, `its compression (${method}) is not known`);
    const raw = await this.zip.openReadStreamPromise(entry, { decodeFileData: false });
    const stream = method === stored ? raw : inflated(raw);
    let [checksum, size] = [0, 0];
    try {
      for await (const chunk of stream) {
        const bytes = chunk as Buffer;
        size += bytes.length;
        if (size > entry.uncompressedSize)
          throw new Error(`${what} is larger than its ${entry.uncompressedSize} bytes`);
        checksum = crc32(bytes, checksum);
        yield bytes;
      }
    } finally {
      raw.destroy();
    }
    if (checksum !== entry.crc32) throw new Error(`the checksum of ${what} is wrong`);
  }

  private refusal(name: string, why: string): StorageError {
    return new StorageError('unsafe', `${this.from}: refusing the member ${JSON.stringify(name)}: ${why}`);
  }
}

function inflated(raw: Readable): Readable {
  // The error comes out of the iteration.
  return pipeline(raw, createInflateRaw({ chunkSize: outputSize }), () => undefined);
}
