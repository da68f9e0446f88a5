import {
  archiveByName,
  archiveByQuery,
  fileNameOf,
} from '../../../../../controllers/storage-initializer/sources/http/file-name';

describe('the name of the file behind a URL', () => {
  it.each([
    ['https://foo.bar/model.joblib', 'model.joblib'],
    ['https://foo.bar/a/b/model.pkl?version=2', 'model.pkl'],
    ['https://foo.bar/a/b/model.pkl#part', 'model.pkl'],
    ['https://foo.bar/with%20space%C3%A9.bin', 'with spaceé.bin'],
    ['https://foo.bar/b/bucket/o/folder%2Fmodel.bin?alt=media', 'model.bin'],
    ['https://foo.bar/broken%zz.bin', 'broken%zz.bin'],
    ['https://foo.bar/latin%E9.bin', 'latin%E9.bin'],
    ['https://foo.bar/..%2F..%2Fpasswd', 'passwd'],
    ['https://foo.bar/a%5Cb', 'a\\b'],
  ])('of %s is %s', (url, name) => {
    expect(fileNameOf(new URL(url))).toBe(name);
  });

  it.each(['https://foo.bar/test/', 'https://foo.bar/', 'https://foo.bar/a%2F', 'https://foo.bar/a%2F..'])(
    'is missing in %s',
    (url) => {
      expect(() => fileNameOf(new URL(url))).toThrow(`No filename contained in URI: ${url}`);
    },
  );

  it('is missed without the query and the user info in the message (SD-12)', () => {
    expect(() => fileNameOf(new URL('https://me:s3cret@foo.bar/test/?sig=s3cret'))).toThrow(
      /^No filename contained in URI: https:\/\/foo\.bar\/test\/$/,
    );
  });
});

describe('the kind of archive', () => {
  it.each([
    ['model.tar', 'tar'],
    ['model.tgz', 'tar'],
    ['model.tar.gz', 'tar'],
    ['model.TAR.GZ', 'tar'],
    ['model.tar.bz2', 'tar'],
    ['model.tar.xz', 'tar'],
    ['model.zip', 'zip'],
    ['model.json.gz', undefined],
    ['model.gz', undefined],
    ['zip', undefined],
    ['model.zip.txt', undefined],
  ])('of the name %s is %s', (name, kind) => {
    expect(archiveByName(name)).toBe(kind);
  });

  it.each([
    ['https://foo.bar/download?path=/x/model.zip', 'zip'],
    ['https://foo.bar/download?path=%2Fx%2Fmodel.tar.gz&token=abc', 'tar'],
    ['https://foo.bar/get.php?token=abc&file=model.tgz', 'tar'],
    ['https://foo.bar/download?path=/x/model.json', undefined],
    ['https://foo.bar/download?zip', undefined],
    ['https://foo.bar/model.joblib?backup=model.zip', undefined],
    ['https://foo.bar/download', undefined],
  ])('that the query of %s names is %s', (url, kind) => {
    expect(archiveByQuery(new URL(url))).toBe(kind);
  });
});
