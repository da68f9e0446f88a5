import { crc32 } from 'node:zlib';

/** What a member of a zip archive is. `other`: devices, pipes, sockets of archives from Unix. */
export type ZipMemberKind = 'file' | 'directory' | 'symbolic link' | 'other';

/** What the directory of a zip archive says about a member. */
export interface ZipEntry {
  readonly fileNameRaw: Buffer;
  readonly generalPurposeBitFlag: number;
  readonly extraFields: readonly { readonly id: number; readonly data: Buffer }[];
  readonly versionMadeBy: number;
  readonly externalFileAttributes: number;
}

/** Systems whose programs write Unix modes: Unix and macOS. */
const unixSystems: readonly number[] = [3, 19];
const nameIsUtf8 = 0x800;
/** Info-ZIP's field with the name in UTF-8, of archives whose name is in a code page. */
const unicodePathField = 0x7075;

/**
 * The bytes of a member's name, in UTF-8 if it has one in UTF-8. Names without the flag are ASCII, UTF-8 of programs that don't set it, or
 * in some code page; the last are refused like any other bytes that are not UTF-8.
 */
export function zipName({ fileNameRaw, generalPurposeBitFlag, extraFields }: ZipEntry): Buffer {
  if ((generalPurposeBitFlag & nameIsUtf8) !== 0) return fileNameRaw;
  const unicode = extraFields.find(({ id, data }) => id === unicodePathField && data.length > 5 && data[0] === 1);
  // Whoever renamed the member without knowing the field left the old name there: the checksum tells.
  return unicode !== undefined && unicode.data.readUInt32LE(1) === crc32(fileNameRaw)
    ? unicode.data.subarray(5)
    : fileNameRaw;
}

/** What a member is, by its name and by its mode where it has one. */
export function zipMemberKind(entry: ZipEntry): ZipMemberKind {
  switch (unixMode(entry) & 0o170000) {
    case 0o120000:
      return 'symbolic link';
    case 0o040000:
      return 'directory';
    case 0:
    case 0o100000:
      return entry.fileNameRaw.at(-1) === 0x2f ? 'directory' : 'file';
    default:
      return 'other';
  }
}

/** Whether the owner may execute it. */
export function isExecutable(entry: ZipEntry): boolean {
  return (unixMode(entry) & 0o100) !== 0;
}

function unixMode({ versionMadeBy, externalFileAttributes }: ZipEntry): number {
  return unixSystems.includes(versionMadeBy >>> 8) ? externalFileAttributes >>> 16 : 0;
}
