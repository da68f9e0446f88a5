import type { HeaderFields } from '../../http/http-client';
import type { Checksums } from '../../source';

/** Checksums that can be offered, with the bytes they have. */
const algorithms = { md5: 16, sha1: 20, sha256: 32 } as const;
type Algorithm = keyof typeof algorithms;

/**
 * Checksums of the whole file that an answer offers, as hexadecimal: `Repr-Digest` (RFC 9530), its forerunner `Digest` (RFC 3230),
 * `Content-MD5`, which is of a whole answer only, and the `X-Checksum-*` fields of Artifactory. What can't be understood is not there.
 */
export function offeredChecksums(headers: HeaderFields): Checksums {
  const offered: Partial<Record<Algorithm, string>> = {};
  const offer = (algorithm: Algorithm | undefined, bytes: Buffer) => {
    if (algorithm !== undefined && bytes.length === algorithms[algorithm]) offered[algorithm] = bytes.toString('hex');
  };
  for (const algorithm of ['md5', 'sha1', 'sha256'] as const) {
    offer(algorithm, Buffer.from(text(headers[`x-checksum-${algorithm}`]), 'hex'));
  }
  if (headers['content-range'] === undefined) offer('md5', Buffer.from(text(headers['content-md5']), 'base64'));
  for (const [, name = '', value = ''] of text(headers['digest']).matchAll(/([\w-]+)=([\w+/]+=*)/g)) {
    offer(algorithmCalled(name), Buffer.from(value, 'base64'));
  }
  for (const [, name = '', value = ''] of text(headers['repr-digest']).matchAll(/([\w-]+)=:([\w+/]+=*):/g)) {
    offer(algorithmCalled(name), Buffer.from(value, 'base64'));
  }
  return offered;
}

function algorithmCalled(name: string): Algorithm | undefined {
  switch (name.toLowerCase()) {
    case 'md5':
      return 'md5';
    case 'sha':
      return 'sha1';
    case 'sha-256':
      return 'sha256';
    default:
      return undefined;
  }
}

function text(field: string | readonly string[] | undefined): string {
  return typeof field === 'string' ? field.trim() : (field ?? []).join(', ');
}
