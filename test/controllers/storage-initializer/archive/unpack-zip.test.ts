import { StorageError } from '../../../../controllers/storage-initializer/storage-error';
import { unpackedZip, wide } from './unpacked';
import { unicodePath, zipOf } from './zip-bytes';

/** As Info-ZIP 3.0 writes it: `zip -ry` of a directory with a program and a link. */
const infoZip = Buffer.from(
  [
    'UEsDBAoAAAAAADSIdV0dnfsECgAAAAoAAAAGABwAcnVuLnNoVVQJAANzzgFrc84Ba3V4CwABBAAAAAAEAAAAACMhL2Jpbi9zaApQ',
    'SwMECgAAAAAANIh1XQAAAAAAAAAAAAAAAAsAHABfX2luaXRfXy5weVVUCQADc84Ba3POAWt1eAsAAQQAAAAABAAAAABQSwMECgAA',
    'AAAANIh1XQAAAAAAAAAAAAAAAAgAHAB3ZWlnaHRzL1VUCQADc84Ba3POAWt1eAsAAQQAAAAABAAAAABQSwMEFAAAAAgANIh1XStC',
    'MdkNAAAAJwAAABEAHAB3ZWlnaHRzL21vZGVsLmJpblVUCQADc84Ba3POAWt1eAsAAQQAAAAABAAAAAArT81MzygpVijHTwMAUEsD',
    'BAoAAAAAADSIdV1Dv6ajAgAAAAIAAAALABwAY29uZmlnLmpzb25VVAkAA3POAWtzzgFrdXgLAAEEAAAAAAQAAAAAe31QSwMECgAA',
    'AAAANIh1XSNYyXMRAAAAEQAAAAcAHABjdXJyZW50VVQJAANzzgFrc84Ba3V4CwABBAAAAAAEAAAAAHdlaWdodHMvbW9kZWwuYmlu',
    'UEsBAh4DCgAAAAAANIh1XR2d+wQKAAAACgAAAAYAGAAAAAAAAQAAAO2BAAAAAHJ1bi5zaFVUBQADc84Ba3V4CwABBAAAAAAEAAAA',
    'AFBLAQIeAwoAAAAAADSIdV0AAAAAAAAAAAAAAAALABgAAAAAAAAAAACkgUoAAABfX2luaXRfXy5weVVUBQADc84Ba3V4CwABBAAA',
    'AAAEAAAAAFBLAQIeAwoAAAAAADSIdV0AAAAAAAAAAAAAAAAIABgAAAAAAAAAEADtQY8AAAB3ZWlnaHRzL1VUBQADc84Ba3V4CwAB',
    'BAAAAAAEAAAAAFBLAQIeAxQAAAAIADSIdV0rQjHZDQAAACcAAAARABgAAAAAAAEAAACkgdEAAAB3ZWlnaHRzL21vZGVsLmJpblVU',
    'BQADc84Ba3V4CwABBAAAAAAEAAAAAFBLAQIeAwoAAAAAADSIdV1Dv6ajAgAAAAIAAAALABgAAAAAAAEAAACkgSkBAABjb25maWcu',
    'anNvblVUBQADc84Ba3V4CwABBAAAAAAEAAAAAFBLAQIeAwoAAAAAADSIdV0jWMlzEQAAABEAAAAHABgAAAAAAAAAAAD/oXABAABj',
    'dXJyZW50VVQFAANzzgFrdXgLAAEEAAAAAAQAAAAAUEsFBgAAAAAGAAYA4AEAAMIBAAAAAA==',
  ].join(''),
  'base64',
);

describe('what is in a zip archive', () => {
  test('files, directories, programs and links come out as Info-ZIP has put them in', async () => {
    const { files, modes, amount } = await unpackedZip(infoZip);
    expect(files).toEqual({
      'config.json': '{}',
      '__init__.py': '',
      'run.sh': '#!/bin/sh\n',
      'weights/model.bin': 'weights weights weights weights weights',
      current: '-> weights/model.bin',
    });
    expect(modes).toEqual({
      'config.json': '644',
      '__init__.py': '644',
      'run.sh': '755',
      weights: '755',
      'weights/model.bin': '644',
    });
    expect(amount).toEqual({ files: 4, bytes: 51 });
  });

  test('stored and deflated, with sizes behind the bytes, in the form for large archives, made on DOS', async () => {
    const { files } = await unpackedZip(
      zipOf(
        { name: 'stored', body: 'stored', method: 'store' },
        { name: 'deflated', body: 'deflated '.repeat(10_000) },
        { name: 'streamed', body: 'streamed', descriptor: true },
        { name: 'large', body: 'large', zip64: true },
        { name: 'large and stored', body: 'large', method: 'store', zip64: true, descriptor: true },
        { name: 'empty', body: '' },
        { name: 'directory/' },
        { name: './', mode: 0o040755 },
      ),
    );
    expect(files).toEqual({
      stored: 'stored',
      deflated: 'deflated '.repeat(10_000),
      streamed: 'streamed',
      large: 'large',
      'large and stored': 'large',
      empty: '',
    });
  });

  test('permissions are 0644 and 0755 whatever the archive says (SD-04, SD-11)', async () => {
    const { modes } = await unpackedZip(
      zipOf({ name: 'open', mode: 0o100666 }, { name: 'program', mode: 0o107777 }, { name: 'd/', mode: 0o041777 }),
    );
    expect(modes).toEqual({ open: '644', program: '755', d: '755' });
  });
});

/** What an archive is refused for. */
async function refusal(archive: Buffer, options = {}): Promise<string> {
  const error: unknown = await unpackedZip(archive, options).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof StorageError)) throw new Error('it was unpacked', { cause: error });
  return error.message;
}

describe('names in a zip archive (SD-03)', () => {
  test.each([
    ['../x', 'it leaves the destination'],
    ['a/../../x', 'it leaves the destination'],
    ['/etc/passwd', 'it is absolute'],
    ['/tmp/../model.bin', 'it is absolute'],
    ['..\\..\\x', 'it has a backslash in it'],
    ['a\0b', 'it has a NUL in it'],
    ['.slipway-fetched.json', 'such names are ours'],
    ['', 'it names no file'],
  ])('%j is refused', async (name, why) => {
    for (const mode of [undefined, 0o100644, 0o120777, 0o040755]) {
      const archive = zipOf({ name, body: 'x', ...(mode === undefined ? {} : { mode }) });
      expect(await refusal(archive)).toBe(`model.zip: refusing the name ${JSON.stringify(name)}: ${why}`);
    }
  });

  test('names are UTF-8, with the flag or without, or come from the field for that; code pages are refused', async () => {
    const latin = Buffer.from('mod\xe8le.bin', 'latin1');
    const { files } = await unpackedZip(
      zipOf(
        { name: 'モデル', body: '1' },
        { name: 'mod\u00e8le', body: '2', flags: 0 },
        { name: latin, body: '3', flags: 0, extra: unicodePath('mod\u00e8le.bin', latin) },
        { name: 'renamed', body: '4', flags: 0, extra: unicodePath('old', Buffer.from('another')) },
      ),
    );
    expect(files).toEqual({ モデル: '1', 'mod\u00e8le': '2', 'mod\u00e8le.bin': '3', renamed: '4' });
    expect(await refusal(zipOf({ name: latin, flags: 0 }))).toContain('it is not UTF-8');
    expect(await refusal(zipOf({ name: latin }))).toContain('it is not UTF-8');
  });

  test('the name in the special field is checked like any other', async () => {
    const extra = unicodePath('../../x', Buffer.from('harmless'));
    expect(await refusal(zipOf({ name: 'harmless', flags: 0, extra }))).toContain('it leaves the destination');
  });

  test('a name that is there twice is an error', async () => {
    expect(await refusal(zipOf({ name: 'a' }, { name: 'a' }))).toContain('is there twice');
    expect(await refusal(zipOf({ name: 'a' }, { name: 'a/b' }))).toContain('is there twice');
    expect(await refusal(zipOf({ name: 'a', body: 'b', mode: 0o120777 }, { name: 'a/b' }))).toContain('is there twice');
  });
});

describe('members of a zip archive that are no plain files (SD-04)', () => {
  test.each([['/etc/passwd'], ['../x'], ['..'], ['']])('a link to %j, outside, is refused', async (target) => {
    expect(await refusal(zipOf({ name: 'link', body: target, mode: 0o120777 }))).toBe(
      `the model: refusing the link "link": its target ${JSON.stringify(target)} is outside`,
    );
  });

  test.each([
    ['a device', 0o020644],
    ['a pipe', 0o010644],
    ['a socket', 0o140644],
  ])('%s is refused', async (_what, mode) => {
    expect(await refusal(zipOf({ name: 'x', mode }))).toBe(
      'model.zip: refusing the member "x": it is a device or a pipe',
    );
  });

  test('encrypted members and other compressions are refused by name', async () => {
    expect(await refusal(zipOf({ name: 'x', body: 'x', flags: 0x801, method: 'deflate' }))).toContain(
      'refusing the member "x": it is encrypted',
    );
    expect(await refusal(zipOf({ name: 'x', body: 'x', method: 14 }))).toContain(
      'refusing the member "x": its compression (14) is not known',
    );
  });
});

describe('limits of zip archives (SD-04)', () => {
  test('a bomb is an error at its ratio, before it is written', async () => {
    const size = 128 * 1024 * 1024;
    const archive = zipOf({ name: 'x', body: 'small', size });
    expect(await refusal(archive, { limits: { ...wide, ratio: 200 } })).toContain('STORAGE_ARCHIVE_MAX_RATIO');
  });

  test('more bytes and more entries than allowed are errors', async () => {
    const archive = zipOf({ name: 'a', body: 'x'.repeat(60) }, { name: 'b', body: 'x'.repeat(60) });
    expect(await refusal(archive, { limits: { ...wide, bytes: 100 } })).toContain('STORAGE_ARCHIVE_MAX_BYTES');
    expect(await refusal(archive, { limits: { ...wide, entries: 1 } })).toContain('STORAGE_ARCHIVE_MAX_ENTRIES');
  });
});

describe('zip archives that are broken', () => {
  const whole = zipOf({ name: 'model.bin', body: 'weights '.repeat(1000) });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('<html>not found</html>')],
    ['half of it', whole.subarray(0, 40)],
    ['without its beginning', whole.subarray(30)],
    ['a wrong checksum', zipOf({ name: 'x', body: 'x', checksum: 1 })],
    ['more bytes than promised', zipOf({ name: 'x', body: 'x'.repeat(100), size: 99 })],
    ['fewer bytes than promised', zipOf({ name: 'x', body: 'x'.repeat(100), size: 101 })],
    ['fewer stored bytes than promised', zipOf({ name: 'x', body: 'x', method: 'store', size: 2 })],
    ['bytes that are not deflated', zipOf({ name: 'x', body: Buffer.alloc(100, 0xff), method: 8 })],
    ['a target longer than any', zipOf({ name: 'x', body: 'x'.repeat(5000), mode: 0o120777 })],
  ])("%s: KServe's words", async (_what, bytes) => {
    expect(await refusal(bytes)).toMatch('Failed to unpack archive file. The file format is not valid.');
  });

  test('an archive without members is none of them', async () => {
    expect((await unpackedZip(zipOf())).amount).toEqual({ files: 0, bytes: 0 });
  });

  test('SIGTERM ends it', async () => {
    const reason = new StorageError('other', 'stopped by SIGTERM');
    await expect(unpackedZip(whole, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
