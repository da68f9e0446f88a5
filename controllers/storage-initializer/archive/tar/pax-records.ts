/** What an extended header says about the member behind it. Names are bytes. */
export interface PaxRecords {
  readonly path?: Buffer;
  readonly linkpath?: Buffer;
  readonly size?: number;
  /** The body is a sparse file in one of GNU's forms: a map first, then the parts that are no holes. */
  readonly sparse: boolean;
}

/**
 * Reads the records of a POSIX extended header, `<length> <keyword>=<value>\n`. The length counts everything, itself too, so that a value
 * can have any byte in it. Of a keyword that is there twice the last counts.
 *
 * @throws Error that says what is wrong
 */
export function readPaxRecords(body: Buffer): PaxRecords {
  const values = new Map<string, Buffer>();
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const digits = space < 0 ? '' : body.toString('latin1', at, space);
    const end = at + (/^[1-9][0-9]{0,8}$/.test(digits) ? Number(digits) : 0);
    const equals = body.indexOf(0x3d, space);
    if (end > body.length || equals <= space || equals >= end || body[end - 1] !== 0x0a) {
      throw new Error('an extended header is not valid');
    }
    values.set(body.toString('latin1', space + 1, equals), body.subarray(equals + 1, end - 1));
    at = end;
  }
  const [path, linkpath, size] = [values.get('path'), values.get('linkpath'), values.get('size')];
  return {
    // An empty value takes a record of a header before back; those are not kept anyway.
    ...(path === undefined || path.length === 0 ? {} : { path }),
    ...(linkpath === undefined || linkpath.length === 0 ? {} : { linkpath }),
    ...(size === undefined || size.length === 0 ? {} : { size: sizeOf(size) }),
    sparse: [...values.keys()].some((keyword) => keyword.startsWith('GNU.sparse.')),
  };
}

function sizeOf(value: Buffer): number {
  const size = /^[0-9]+$/.test(value.toString('latin1')) ? Number(value.toString('latin1')) : NaN;
  if (!Number.isSafeInteger(size)) throw new Error('the size in an extended header is no number');
  return size;
}
