import { createHash } from 'node:crypto';
import { offeredChecksums } from '../../../../../controllers/storage-initializer/sources/http/offered-checksums';

const content = 'model';
const base64 = (algorithm: string) => createHash(algorithm).update(content).digest('base64');
const hex = (algorithm: string) => createHash(algorithm).update(content).digest('hex');

describe('checksums that an answer offers (SD-07)', () => {
  it.each([
    ['Repr-Digest', { 'repr-digest': `sha-256=:${base64('sha256')}:, sha-512=:AAAA:` }, { sha256: hex('sha256') }],
    [
      'Digest',
      { digest: `SHA-256=${base64('sha256')},MD5=${base64('md5')}` },
      { sha256: hex('sha256'), md5: hex('md5') },
    ],
    ['Content-MD5', { 'content-md5': base64('md5') }, { md5: hex('md5') }],
    [
      'the fields of Artifactory',
      {
        'x-checksum-sha256': hex('sha256').toUpperCase(),
        'x-checksum-sha1': hex('sha1'),
        'x-checksum-md5': hex('md5'),
      },
      { sha256: hex('sha256'), sha1: hex('sha1'), md5: hex('md5') },
    ],
  ])('are read from %s', (_field, headers, checksums) => {
    expect(offeredChecksums(headers)).toEqual(checksums);
  });

  it.each([
    ['a Content-MD5 of a part', { 'content-md5': base64('md5'), 'content-range': 'bytes 0-1/5' }],
    ['a checksum of another length', { 'x-checksum-md5': 'abcd', digest: 'sha-256=AAAA' }],
    ['an algorithm that nobody knows', { digest: `unixsum=30637` }],
    ['no checksum at all', { 'content-md5': '', 'repr-digest': '?' }],
  ])('are none in %s', (_what, headers) => {
    expect(offeredChecksums(headers)).toEqual({});
  });
});
