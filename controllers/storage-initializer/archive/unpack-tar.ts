import type { StagedTree } from '../destination/staged-tree';
import type { FetchedAmount } from '../source';
import { StorageError } from '../storage-error';
import { UnpackedAmount, type ArchiveLimits } from './archive-limits';
import { brokenArchive } from './broken-archive';
import { ChunkReader } from './chunk-reader';
import { decompressed } from './decompress';
import { checkMemberName, memberName } from './member-name';
import { tarMembers, type TarMember } from './tar/tar-members';
import { writeMember } from './write-member';

export interface UnpackTarOptions {
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  /** What the archive is, for messages: `model.tar.gz of https://...`. Without secrets. */
  readonly from: string;
  /**
   * Where a member goes, by its name as it is in the archive; `undefined`: it is passed over, whatever it is. Targets of hard links are
   * names of members too.
   *
   * @default every member under its own name
   */
  readonly rename?: (name: string) => string | undefined;
}

/**
 * Unpacks a tar archive while its bytes come, compressed in any way that {@link decompressed} knows. Reads the stream to its end.
 *
 * What is written: files (0644, or 0755 when the owner may execute them), directories (0755), symbolic links inside, hard links to members
 * before them. Devices, pipes, sparse files and names that leave the tree are refused. Owners, times, set-uid bits don't matter.
 *
 * @returns files and bytes written; none for an empty archive
 * @throws StorageError; errors of the chunks as they are. The tree may have some of the files then.
 */
export async function unpackTar(
  chunks: AsyncIterable<Buffer>,
  tree: StagedTree,
  { limits, signal, from, rename = (name) => name }: UnpackTarOptions,
): Promise<FetchedAmount> {
  const amount = new UnpackedAmount(limits, from);
  let sourceError: unknown;
  const watched = async function* () {
    try {
      yield* decompressed(chunks, (packed, unpacked) => amount.checkRatio(packed, unpacked));
    } catch (error) {
      sourceError = error;
      throw error;
    }
  };
  const reader = new ChunkReader(watched());
  const unpacking = new TarUnpacking(reader, tree, amount, from, rename, signal);
  try {
    for await (const member of tarMembers(reader)) {
      signal.throwIfAborted();
      await unpacking.unpack(member);
    }
    await reader.drain();
    return amount.total;
  } catch (error) {
    if (error === sourceError || error === signal.reason || error instanceof StorageError) throw error;
    throw brokenArchive(error);
  } finally {
    await reader.close();
  }
}

/** Brings members into a tree. */
class TarUnpacking {
  constructor(
    private readonly reader: ChunkReader,
    private readonly tree: StagedTree,
    private readonly amount: UnpackedAmount,
    private readonly from: string,
    private readonly rename: (name: string) => string | undefined,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws StorageError; Error when the archive is broken */
  async unpack(member: TarMember): Promise<void> {
    this.amount.addEntry();
    const name = this.rename(memberName(member.name));
    if (name === undefined) return;
    if (!checkMemberName(name, this.from)) {
      if (member.kind === 'directory') return;
      throw this.refusal(name, 'it names the destination itself');
    }
    switch (member.kind) {
      case 'file':
        return this.unpackFile(name, member);
      case 'directory':
        return this.tree.createDirectory(name);
      case 'symbolic link':
        return this.tree.addLink(name, memberName(member.linkName));
      case 'hard link':
        return this.unpackHardLink(name, member);
      case 'other':
        throw this.refusal(name, `it is ${member.what}`);
    }
  }

  private async unpackFile(name: string, { size, mode }: TarMember): Promise<void> {
    this.amount.addBytes(size);
    const executable = (mode & 0o100) !== 0;
    await writeMember(this.tree, { name, size, executable }, this.reader.next(size), this.signal);
    this.amount.addFile();
  }

  private async unpackHardLink(name: string, { linkName }: TarMember): Promise<void> {
    const target = this.rename(memberName(linkName));
    if (target === undefined || !checkMemberName(target, this.from)) {
      throw this.refusal(name, `it is a hard link to ${JSON.stringify(memberName(linkName))}, which is not unpacked`);
    }
    await this.tree.addHardLink(name, target, (size) => this.amount.addBytes(size));
    this.amount.addFile();
  }

  private refusal(name: string, why: string): StorageError {
    return new StorageError('unsafe', `${this.from}: refusing the member ${JSON.stringify(name)}: ${why}`);
  }
}
