import type { ChunkReader } from '../chunk-reader';
import { readPaxRecords, type PaxRecords } from './pax-records';
import { blockSize, isZeroBlock, readTarHeader, type TarHeader } from './tar-header';

/** What a member is. `other`: devices, pipes, sparse files, and what nobody knows. */
export type TarMemberKind = 'file' | 'directory' | 'symbolic link' | 'hard link' | 'other';

/** A member of a tar archive. */
export interface TarMember {
  readonly kind: TarMemberKind;
  /** What the archive calls a member of kind `other`, for messages. */
  readonly what: string;
  /** As it is in the archive: not decoded, nothing taken away. */
  readonly name: Buffer;
  /** Of links. */
  readonly linkName: Buffer;
  /** Permissions as they are in the archive. */
  readonly mode: number;
  /** Bytes of the body, which {@link ChunkReader} reads next. */
  readonly size: number;
}

/** Bytes of an extended header: names are some kilobytes at most, and it is read in one piece. */
const extensionLimit = 1024 * 1024;

/**
 * The members of a tar archive in their order, with the long names and sizes of POSIX (pax) and GNU archives.
 *
 * Whoever takes a member may read its body from the reader: all of it, a part, or nothing. The reader stands behind the end mark when there are no
 * more; an archive without one ends with its last member, since programs that forget to close an archive write those.
 *
 * @throws Error that says what is wrong with the archive
 */
export async function* tarMembers(reader: ChunkReader): AsyncGenerator<TarMember> {
  let extension: Partial<PaxRecords> = {};
  for (let count = 0; ; count += 1) {
    const block = await reader.exactly(blockSize);
    if (block === undefined) {
      if (count === 0) throw new Error('it is empty');
      return;
    }
    if (isZeroBlock(block)) {
      const next = await reader.peek(blockSize);
      if (!isZeroBlock(next)) throw new Error('there is more behind its end mark');
      return;
    }
    const header = readTarHeader(block);
    if (header.hasSparseMap) await skipSparseMap(reader);
    if (isExtension(header)) {
      extension = { ...extension, ...readExtension(header, await extensionBody(reader, header)) };
      continue;
    }
    const member = memberOf(header, extension);
    extension = {};
    const end = reader.position + Math.ceil(member.size / blockSize) * blockSize;
    yield member;
    await reader.skip(end - reader.position);
  }
}

function memberOf(header: TarHeader, extension: Partial<PaxRecords>): TarMember {
  const name = extension.path ?? header.name;
  const kind = kindOf(header, name, extension.sparse === true);
  // Links and directories have no body, whatever their header says: so read Go's and Python's libraries.
  const hasBody = !['1', '2', '3', '4', '5', '6'].includes(header.type);
  return {
    kind,
    what: whatIs(header.type, extension.sparse === true),
    name,
    linkName: extension.linkpath ?? header.linkName,
    mode: header.mode,
    size: hasBody ? (extension.size ?? header.size) : 0,
  };
}

function kindOf({ type, size }: TarHeader, name: Buffer, sparse: boolean): TarMemberKind {
  if (sparse) return 'other';
  switch (type) {
    case '0':
    case '7':
      // Archives from before ustar have no type for directories.
      return name.at(-1) === 0x2f && size === 0 ? 'directory' : 'file';
    case '1':
      return 'hard link';
    case '2':
      return 'symbolic link';
    case '5':
      return 'directory';
    default:
      return 'other';
  }
}

function whatIs(type: string, sparse: boolean): string {
  if (sparse || type === 'S') return 'a sparse file (make the archive without --sparse)';
  if (type === '3' || type === '4') return 'a device';
  if (type === '6') return 'a pipe';
  if (type === 'M') return 'a part of a file in another volume';
  return `a member of type ${JSON.stringify(type)}`;
}

/** Headers about the member behind them, and labels of volumes. */
function isExtension({ type }: TarHeader): boolean {
  return ['x', 'X', 'g', 'L', 'K', 'V'].includes(type);
}

function readExtension({ type }: TarHeader, body: Buffer): Partial<PaxRecords> {
  switch (type) {
    case 'L':
      return { path: beforeNul(body) };
    case 'K':
      return { linkpath: beforeNul(body) };
    case 'g': {
      const { path, linkpath, size, sparse } = readPaxRecords(body);
      // Programs don't agree what that means: what one of them checks, another unpacks differently.
      if (path !== undefined || linkpath !== undefined || size !== undefined || sparse) {
        throw new Error('a global header gives names or sizes');
      }
      return {};
    }
    case 'V':
      return {};
    default:
      return readPaxRecords(body);
  }
}

async function extensionBody(reader: ChunkReader, { size }: TarHeader): Promise<Buffer> {
  if (size > extensionLimit) throw new Error(`an extended header of ${size} bytes`);
  if (size === 0) return Buffer.alloc(0);
  const body = await reader.exactly(Math.ceil(size / blockSize) * blockSize);
  if (body === undefined) throw new Error('it ends before an extended header');
  return body.subarray(0, size);
}

function beforeNul(body: Buffer): Buffer {
  const end = body.indexOf(0);
  return end < 0 ? body : body.subarray(0, end);
}

async function skipSparseMap(reader: ChunkReader): Promise<void> {
  for (;;) {
    const block = await reader.exactly(blockSize);
    if (block === undefined) throw new Error('it ends within the map of a sparse file');
    if (block[504] === 0) return;
  }
}
