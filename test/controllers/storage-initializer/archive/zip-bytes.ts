import { crc32, deflateRawSync } from 'node:zlib';

/** A member as it is written into an archive: nothing is checked, so that hostile ones can be made. */
export interface ZipMember {
  readonly name: string | Buffer;
  readonly body?: string | Buffer;
  /** @default 'deflate' */
  readonly method?: 'store' | 'deflate' | number;
  /** Mode with the type of the file, as Unix has it; absent: an archive of DOS. */
  readonly mode?: number;
  /** @default 0x800: the name is UTF-8 */
  readonly flags?: number;
  readonly extra?: Buffer;
  /** Sizes and offset in the fields for archives beyond 4 GiB. */
  readonly zip64?: boolean;
  /** Sizes and checksum follow the bytes, as programs write them that don't know them before. */
  readonly descriptor?: boolean;
  /** What the directory says, when it is not the truth. */
  readonly size?: number;
  readonly checksum?: number;
}

const unix = 3;

/** Bytes of a zip archive. */
export function zipOf(...members: readonly ZipMember[]): Buffer {
  const [locals, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const member of members) {
    const { local, central } = memberOf(member, offset);
    locals.push(local);
    directory.push(central);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  const zip64 = members.some((member) => member.zip64 === true);
  return Buffer.concat([...locals, central, ...(zip64 ? [zip64End(members.length, central.length, offset)] : []), end]);
}

function memberOf(member: ZipMember, offset: number): { readonly local: Buffer; readonly central: Buffer } {
  const {
    flags = 0x800,
    method = 'deflate',
    mode,
    extra = Buffer.alloc(0),
    zip64 = false,
    descriptor = false,
  } = member;
  const [name, body] = [Buffer.from(member.name), Buffer.from(member.body ?? '')];
  const packed = method === 'deflate' ? deflateRawSync(body) : body;
  const methodNumber = method === 'deflate' ? 8 : method === 'store' ? 0 : method;
  const size = member.size ?? body.length;
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32LE(member.checksum ?? crc32(body), 0);
  sizes.writeUInt32LE(zip64 ? 0xffffffff : packed.length, 4);
  sizes.writeUInt32LE(zip64 ? 0xffffffff : size, 8);
  const start = Buffer.alloc(10);
  start.writeUInt16LE(20, 0);
  start.writeUInt16LE(flags | (descriptor ? 8 : 0), 2);
  start.writeUInt16LE(methodNumber, 4);
  const [nameLength, none] = [uint16(name.length), uint16(0)];
  const local = Buffer.concat([
    ...[uint32(0x04034b50), start, descriptor ? Buffer.alloc(12) : sizes, nameLength, none, name, packed],
    ...(descriptor ? [uint32(0x08074b50), sizes] : []),
  ]);
  const allExtra = zip64 ? Buffer.concat([zip64Field(size, packed.length, offset), extra]) : extra;
  const attributes = Buffer.alloc(8);
  attributes.writeUInt32LE(((mode ?? 0) << 16) >>> 0, 4);
  const madeBy = uint16(((mode === undefined ? 0 : unix) << 8) | 20);
  const place = uint32(zip64 ? 0xffffffff : offset);
  const head = [uint32(0x02014b50), madeBy, start, sizes, nameLength, uint16(allExtra.length), uint16(0), attributes];
  return { local, central: Buffer.concat([...head, place, name, allExtra]) };
}

/** Info-ZIP's field with the name in UTF-8. @param raw the name as the archive has it otherwise */
export function unicodePath(name: string, raw: Buffer): Buffer {
  const data = Buffer.concat([Buffer.of(1), uint32(crc32(raw)), Buffer.from(name)]);
  return Buffer.concat([uint16(0x7075), uint16(data.length), data]);
}

function zip64Field(size: number, packedSize: number, offset: number): Buffer {
  const field = Buffer.alloc(28);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(24, 2);
  [size, packedSize, offset].forEach((value, index) => field.writeBigUInt64LE(BigInt(value), 4 + index * 8));
  return field;
}

function zip64End(count: number, directorySize: number, directoryOffset: number): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  [count, count, directorySize, directoryOffset].forEach((value, index) =>
    record.writeBigUInt64LE(BigInt(value), 24 + index * 8),
  );
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directoryOffset + directorySize), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
