import {
  downloadFacts,
  isTranscoded,
  parsePage,
  remoteFile,
} from '../../../../../controllers/storage-initializer/sources/gcs/gcs-object';

const object = { name: 'm/x', size: '5', generation: '17', crc32c: 'mnG7TA==', md5Hash: 'XUFAKrxLKna5cZ2REBfFkg==' };

test('checksums are of the listing, in hexadecimal', () => {
  expect(remoteFile(object, 'x')).toEqual({
    path: 'x',
    name: 'm/x',
    version: '17',
    size: 5,
    checksums: { crc32c: '9a71bb4c', md5: '5d41402abc4b2a76b9719d911017c592' },
  });
});

test('an object that was composed of others has no MD5', () => {
  const { md5Hash: _md5, ...composed } = object;
  expect(remoteFile(composed, 'x').checksums).toEqual({ crc32c: '9a71bb4c' });
});

test('of an object that arrives decompressed, length and checksums are not known', () => {
  const stored = { ...object, contentEncoding: 'gzip' };
  expect(isTranscoded(stored)).toBe(true);
  expect(remoteFile(stored, 'x')).toEqual({ path: 'x', name: 'm/x', version: '17' });
  expect(downloadFacts({ 'x-goog-stored-content-encoding': 'gzip', 'x-goog-hash': 'crc32c=mnG7TA==' })).toEqual({});
});

test('an object that must not be transformed is what is stored', () => {
  const stored = { ...object, contentEncoding: 'gzip', cacheControl: 'public, no-transform' };
  expect(isTranscoded(stored)).toBe(false);
  expect(remoteFile(stored, 'x')).toMatchObject({ size: 5, checksums: { crc32c: '9a71bb4c' } });
});

test('the head of a download tells generation and checksums', () => {
  const hash = 'crc32c=mnG7TA==,md5=XUFAKrxLKna5cZ2REBfFkg==';
  expect(downloadFacts({ 'x-goog-generation': '18', 'x-goog-hash': hash })).toEqual({
    version: '18',
    checksums: { crc32c: '9a71bb4c', md5: '5d41402abc4b2a76b9719d911017c592' },
  });
});

test('a page without objects is a page; one with an object of no size is none', () => {
  expect(parsePage('{"kind":"storage#objects"}', 'gs://b')).toEqual({});
  expect(() => parsePage('{"items":[{"name":"x"}]}', 'gs://b')).toThrow(
    /^GCS error: gs:\/\/b: the answer is not one of Cloud Storage \(items\.0\.size/,
  );
});
