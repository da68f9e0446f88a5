import type { HeaderFields } from '../../http/http-client';
import type { Checksums, FileFacts } from '../../source';

type PartsAlgorithm = NonNullable<Checksums['parts']>['algorithm'];

/** A checksum of the checksums of parts, of which only their number is known. */
export interface CompositeChecksum {
  readonly algorithm: PartsAlgorithm;
  /** Lower-case hexadecimal. */
  readonly value: string;
  readonly count: number;
}

/** Bytes of each checksum that S3 keeps, cheapest first. */
const algorithms = { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32 } as const;

/** What the head of a GET or HEAD says about the whole object. */
export function objectFacts(headers: HeaderFields): FileFacts {
  const version = text(headers, 'etag');
  const checksums = checksumsOf(headers);
  return {
    ...(version === undefined || version.startsWith('W/') ? {} : { version }),
    ...(Object.keys(checksums).length === 0 ? {} : { checksums }),
  };
}

/** Checksum of the parts of an object that was uploaded in parts; its own checksum, or its ETag. The cheapest of them. */
export function compositeChecksum(headers: HeaderFields): CompositeChecksum | undefined {
  for (const algorithm of ['crc32', 'crc32c', 'sha256', 'sha1'] as const) {
    const [, sum = '', count] =
      /^([A-Za-z0-9+/=]+)-(\d{1,5})$/.exec(text(headers, `x-amz-checksum-${algorithm}`) ?? '') ?? [];
    const value = hexadecimal(sum, algorithms[algorithm]);
    if (value !== undefined && count !== undefined) return { algorithm, value, count: Number(count) };
  }
  const [, value, count] = /^"([0-9a-f]{32})-(\d{1,5})"$/.exec(text(headers, 'etag') ?? '') ?? [];
  if (value === undefined || count === undefined || !isEtagOfBytes(headers)) return undefined;
  return { algorithm: 'md5', value, count: Number(count) };
}

function checksumsOf(headers: HeaderFields): Checksums {
  const found: Partial<Record<Exclude<keyof Checksums, 'parts'>, string>> = {};
  for (const algorithm of ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const) {
    const value = hexadecimal(text(headers, `x-amz-checksum-${algorithm}`) ?? '', algorithms[algorithm]);
    if (value !== undefined) found[algorithm] = value;
  }
  const [, md5] = /^"([0-9a-f]{32})"$/.exec(text(headers, 'etag') ?? '') ?? [];
  // One is enough, and MD5 is the slowest.
  if (Object.keys(found).length === 0 && md5 !== undefined && isEtagOfBytes(headers)) found.md5 = md5;
  return found;
}

/**
 * Whether the ETag is made of MD5 sums of what a GET brings. It is not when the object is encrypted with a key of KMS or of the customer,
 * nor in One Zone storage.
 */
function isEtagOfBytes(headers: HeaderFields): boolean {
  const encryption = text(headers, 'x-amz-server-side-encryption');
  return (
    (encryption === undefined || encryption === 'AES256') &&
    headers['x-amz-server-side-encryption-customer-algorithm'] === undefined &&
    text(headers, 'x-amz-storage-class') !== 'EXPRESS_ONEZONE'
  );
}

/** Base64 of that many bytes as hexadecimal; anything else is no checksum. */
function hexadecimal(base64: string, length: number): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length === length ? bytes.toString('hex') : undefined;
}

function text(headers: HeaderFields, name: string): string | undefined {
  const field = headers[name];
  return typeof field === 'string' ? field : undefined;
}
