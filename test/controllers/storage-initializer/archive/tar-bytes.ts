/** A member as it is written into an archive: nothing is checked, so that hostile ones can be made. */
export interface TarEntry {
  readonly name: string | Buffer;
  /** One character. @default '0', a file */
  readonly type?: string;
  readonly body?: string | Buffer;
  readonly linkName?: string | Buffer;
  /** @default 0o644 */
  readonly mode?: number;
  /** What the header says, when it is not the truth. */
  readonly size?: number;
  readonly magic?: 'ustar' | 'gnu' | 'none';
  readonly prefix?: string;
}

/** Bytes of a tar archive with its end mark. Long names have to come as extended headers: see {@link paxHeader}. */
export function tarOf(...entries: readonly (TarEntry | Buffer)[]): Buffer {
  return Buffer.concat([
    ...entries.map((entry) => (Buffer.isBuffer(entry) ? entry : memberOf(entry))),
    Buffer.alloc(1024),
  ]);
}

function memberOf(entry: TarEntry): Buffer {
  const body = Buffer.from(entry.body ?? '');
  return Buffer.concat([headerOf({ size: body.length, ...entry }), padded(body)]);
}

/** One header block. */
export function headerOf({
  name,
  type = '0',
  linkName = '',
  mode = 0o644,
  size = 0,
  magic = 'ustar',
  prefix = '',
}: TarEntry): Buffer {
  const block = Buffer.alloc(512);
  Buffer.from(name).copy(block, 0, 0, 100);
  block.write(octal(mode, 7), 100, 'latin1');
  block.write(octal(1000, 7), 108, 'latin1');
  block.write(octal(1000, 7), 116, 'latin1');
  if (size < 8 ** 11) block.write(octal(size, 11), 124, 'latin1');
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(size), 128);
  }
  block.write(octal(0, 11), 136, 'latin1');
  block.write(type, 156, 'latin1');
  Buffer.from(linkName).copy(block, 157, 0, 100);
  if (magic === 'ustar') block.write('ustar\0' + '00', 257, 'latin1');
  if (magic === 'gnu') block.write('ustar  \0', 257, 'latin1');
  block.write(prefix, 345, 155, 'utf8');
  return withChecksum(block);
}

/** A block with its checksum set. */
export function withChecksum(block: Buffer): Buffer {
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

/** A POSIX extended header. @param type `x` for the next member, `g` for all of them */
export function paxHeader(records: Readonly<Record<string, string | Buffer>>, type = 'x'): Buffer {
  const body = Buffer.concat(Object.entries(records).map(([keyword, value]) => paxRecord(keyword, Buffer.from(value))));
  return memberOf({ name: 'PaxHeaders/x', type, body });
}

function paxRecord(keyword: string, value: Buffer): Buffer {
  const rest = keyword.length + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${keyword}=`), value, Buffer.from('\n')]);
}

/** A long name as GNU tar writes it. @param type `L` for the name, `K` for the target of a link */
export function gnuLongName(name: string | Buffer, type: 'L' | 'K' = 'L'): Buffer {
  return memberOf({
    name: '././@LongLink',
    type,
    body: Buffer.concat([Buffer.from(name), Buffer.alloc(1)]),
    magic: 'gnu',
  });
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
