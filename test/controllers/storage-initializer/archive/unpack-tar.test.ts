import { gzipSync, zstdCompressSync } from 'node:zlib';
import { StorageError } from '../../../../controllers/storage-initializer/storage-error';
import { gnuLongName, headerOf, paxHeader, tarOf, withChecksum } from './tar-bytes';
import { chunksOf, unpackedChunks, unpackedTar, wide } from './unpacked';

const model = tarOf(
  { name: './', type: '5', mode: 0o777 },
  { name: './weights/', type: '5', mode: 0o700 },
  { name: './weights/part 1.bin', body: 'weights' },
  { name: 'config.json', body: '{}' },
  { name: '__init__.py' },
);
const modelFiles = { 'weights/part 1.bin': 'weights', 'config.json': '{}', '__init__.py': '' };

describe('what is in a tar archive', () => {
  test('files and directories come out below the destination, empty files too (SD-02)', async () => {
    const { files, amount } = await unpackedTar(model);
    expect(files).toEqual(modelFiles);
    expect(amount).toEqual({ files: 3, bytes: 9 });
  });

  test.each([1, 7, 511, 512, 513, 4096])(
    'it does not matter that the bytes come %d at a time (SD-05)',
    async (chunkSize) => {
      expect((await unpackedTar(model, { chunkSize })).files).toEqual(modelFiles);
      expect((await unpackedTar(gzipSync(model), { chunkSize })).files).toEqual(modelFiles);
    },
  );

  test('compression is seen in the bytes, not in the name', async () => {
    expect((await unpackedTar(gzipSync(model))).files).toEqual(modelFiles);
    expect((await unpackedTar(zstdCompressSync(model))).files).toEqual(modelFiles);
    // As pigz and pzstd write them.
    const [half, rest] = [model.subarray(0, 1000), model.subarray(1000)];
    expect((await unpackedTar(Buffer.concat([gzipSync(half), gzipSync(rest)]))).files).toEqual(modelFiles);
    expect((await unpackedTar(Buffer.concat([zstdCompressSync(half), zstdCompressSync(rest)]))).files).toEqual(
      modelFiles,
    );
  });

  test('permissions are 0644 and 0755 whatever the archive says: no set-uid, no writing for others (SD-04, SD-11)', async () => {
    const { modes } = await unpackedTar(
      tarOf(
        { name: 'open', mode: 0o666 },
        { name: 'closed', mode: 0o400 },
        { name: 'program', mode: 0o7777 },
        { name: 'directory', type: '5', mode: 0o7000 },
      ),
    );
    expect(modes).toEqual({ open: '644', closed: '644', program: '755', directory: '755' });
  });
});

/** What a member is refused for. */
async function refusal(archive: Buffer, options = {}): Promise<string> {
  const error: unknown = await unpackedTar(archive, options).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof StorageError)) throw new Error('it was unpacked', { cause: error });
  return error.message;
}

describe('names in a tar archive (SD-03)', () => {
  const longName = `${'directory/'.repeat(30)}model.bin`;

  test('long names and targets come from POSIX and GNU headers, the last word is theirs', async () => {
    const { files } = await unpackedTar(
      tarOf(
        paxHeader({ path: longName, mtime: '1.5' }),
        { name: 'short', body: 'posix' },
        gnuLongName(`gnu/${longName}`),
        { name: 'short', body: 'gnu', magic: 'gnu' },
        paxHeader({ linkpath: `gnu/${longName}` }),
        { name: 'link', type: '2', linkName: 'short' },
        { name: 'model.bin', prefix: 'in/prefix', body: 'ustar' },
        { name: 'model.bin', prefix: 'times of GNU', body: 'no prefix', magic: 'gnu' },
      ),
    );
    expect(files).toEqual({
      [longName]: 'posix',
      [`gnu/${longName}`]: 'gnu',
      link: `-> gnu/${longName}`,
      'in/prefix/model.bin': 'ustar',
      'model.bin': 'no prefix',
    });
  });

  test.each([
    ['../x', 'it leaves the destination'],
    ['a/../../x', 'it leaves the destination'],
    ['a/../x', 'it leaves the destination'],
    ['..', 'it leaves the destination'],
    ['/etc/passwd', 'it is absolute'],
    ['/tmp/../model.bin', 'it is absolute'],
    ['//x', 'it is absolute'],
    ['a\\..\\..\\x', 'it has a backslash in it'],
    ['C:\\windows', 'it has a backslash in it'],
    ['.partial-0123/about.json', 'such names are ours'],
    ['.slipway-fetched.json', 'such names are ours'],
  ])('%s is refused', async (name, why) => {
    const expected = `model.tar: refusing the name ${JSON.stringify(name)}: ${why}`;
    for (const type of ['0', '1', '2', '5']) {
      const linkName = type === '1' || type === '2' ? 'model.bin' : '';
      const refused = tarOf({ name: 'model.bin' }, { name, type, linkName });
      expect((await refusal(refused)).replace('the model:', 'model.tar:')).toBe(expected);
    }
    expect((await refusal(tarOf(paxHeader({ path: name }), { name: 'x' }))).replace('the model:', 'model.tar:')).toBe(
      expected,
    );
    expect((await refusal(tarOf(gnuLongName(name), { name: 'x' }))).replace('the model:', 'model.tar:')).toBe(expected);
  });

  test('a NUL in a name, which only POSIX headers can have, is refused', async () => {
    expect(await refusal(tarOf(paxHeader({ path: 'a\0b' }), { name: 'x' }))).toContain(
      '"a\\u0000b": it has a NUL in it',
    );
  });

  test('names that are not UTF-8 are refused wherever they come from, also where nobody looks at the file', async () => {
    const latin = Buffer.from('mod\xe8le.bin', 'latin1');
    for (const members of [
      [{ name: latin }],
      [paxHeader({ path: latin }), { name: 'x' }],
      [paxHeader({ hdrcharset: 'BINARY', path: latin }), { name: 'x' }],
      [gnuLongName(latin), { name: 'x' }],
      [{ name: 'link', type: '2', linkName: latin }],
    ]) {
      expect(await refusal(tarOf(...members))).toMatch(/it is not UTF-8|its target .* is outside/);
    }
  });

  test('names in other alphabets and with spaces, quotes and line breaks are names like others', async () => {
    const names = [
      'モデル/重み.bin',
      'mod\u00e8le.bin',
      'a b\'c"d',
      'line\nbreak',
      '-rf',
      '...',
      '..a',
      'a..',
      '~',
      '$HOME',
    ];
    const { files } = await unpackedTar(
      tarOf(...names.flatMap((name) => [paxHeader({ path: name }), { name: 'x', body: name }])),
      { chunkSize: 5 },
    );
    expect(files).toEqual(Object.fromEntries(names.map((name) => [name, name])));
  });

  test('a name that is there twice is an error, as file, directory or link', async () => {
    for (const [first, second] of [
      [{ name: 'a' }, { name: 'a' }],
      [{ name: 'a' }, { name: './a' }],
      [{ name: 'a' }, { name: 'a/b' }],
      [{ name: 'a/b' }, { name: 'a' }],
      [{ name: 'a' }, { name: 'a', type: '5' }],
      [{ name: 'a', type: '5' }, { name: 'a' }],
      [{ name: 'a', type: '2', linkName: 'b' }, { name: 'a' }],
      [
        { name: 'a', type: '2', linkName: 'b' },
        { name: 'a', type: '5' },
      ],
      [{ name: 'a', type: '2', linkName: 'b' }, { name: 'a/b' }],
      [
        { name: 'a', type: '2', linkName: 'b' },
        { name: 'a', type: '2', linkName: 'b' },
      ],
      [{ name: 'a' }, { name: 'a', type: '2', linkName: 'b' }],
      [{ name: 'a/b' }, { name: 'a', type: '2', linkName: 'b' }],
    ] as const) {
      expect(await refusal(tarOf(first, second))).toMatch(/is there twice/);
    }
    expect((await unpackedTar(tarOf({ name: 'a/', type: '5' }, { name: 'a', type: '5' }))).files).toEqual({});
  });

  test('names that differ in case are two files where the file system tells them apart', async () => {
    const { files } = await unpackedTar(tarOf({ name: 'Model', body: '1' }, { name: 'model', body: '2' }));
    expect(files).toEqual({ Model: '1', model: '2' });
  });
});

describe('links in a tar archive (SD-04)', () => {
  test('symbolic links inside are kept, also to what comes later, to nothing, and in circles', async () => {
    const { files } = await unpackedTar(
      tarOf(
        { name: 'current', type: '2', linkName: 'versions/2' },
        { name: 'versions/2/model.bin', body: 'two' },
        { name: 'versions/up', type: '2', linkName: '../current' },
        { name: 'versions/turn', type: '2', linkName: '2/../2/model.bin' },
        { name: 'dangling', type: '2', linkName: 'nothing/here' },
        { name: 'circle', type: '2', linkName: 'circle' },
        { name: 'here', type: '2', linkName: '.' },
      ),
    );
    expect(files).toEqual({
      current: '-> versions/2',
      'versions/2/model.bin': 'two',
      'versions/up': '-> ../current',
      'versions/turn': '-> 2/../2/model.bin',
      dangling: '-> nothing/here',
      circle: '-> circle',
      here: '-> .',
    });
  });

  test.each([['/etc/passwd'], ['/'], ['..'], ['../x'], ['a/../../x'], ['../destination/tree/x'], ['']])(
    'a symbolic link to %p, outside, is refused',
    async (linkName) => {
      const archive = tarOf({ name: 'a/b' }, { name: 'link', type: '2', linkName });
      expect(await refusal(archive)).toBe(
        `the model: refusing the link "link": its target ${JSON.stringify(linkName)} is outside`,
      );
    },
  );

  test('a chain of links does not lead out where each of them looks harmless', async () => {
    for (const links of [
      [
        ['x', '.'],
        ['y', 'x/..'],
      ],
      [
        ['y', 'x/..'],
        ['x', '.'],
      ],
      [
        ['a/deep', '..'],
        ['y', 'a/deep/../..'],
      ],
      [['y', 'later/..']],
      [
        ['a/x', '..'],
        ['a/y', 'x/../../z'],
      ],
    ]) {
      const archive = tarOf(
        { name: 'a/file' },
        ...links.map(([name = '', linkName = '']) => ({ name, type: '2', linkName })),
      );
      expect(await refusal(archive)).toMatch(/refusing the link .*(which is no directory|is outside)/);
    }
  });

  test('a hard link is the member before it, which keeps its bytes', async () => {
    const { files, amount } = await unpackedTar(
      tarOf(
        { name: 'model.bin', body: 'weights' },
        { name: 'a/', type: '5' },
        { name: 'a/same.bin', type: '1', linkName: './model.bin' },
        { name: 'link', type: '2', linkName: 'model.bin' },
        { name: 'same link', type: '1', linkName: 'link' },
      ),
    );
    expect(files).toEqual({
      'model.bin': 'weights',
      'a/same.bin': 'weights',
      link: '-> model.bin',
      'same link': '-> model.bin',
    });
    expect(amount.bytes).toBe(7);
  });

  test.each([
    ['/etc/passwd', 'it is absolute'],
    ['../../secret', 'it leaves the destination'],
    ['later', 'there is no file "later" before it'],
    ['directory', 'there is no file "directory" before it'],
    ['.', 'it is a hard link to ".", which is not unpacked'],
  ])('a hard link to %s is refused', async (linkName, why) => {
    const archive = tarOf(
      { name: 'directory', type: '5' },
      { name: 'hard', type: '1', linkName },
      { name: 'later', body: 'x' },
    );
    expect(await refusal(archive)).toContain(why);
  });
});

describe('what no model is made of (SD-04)', () => {
  test.each([
    ['3', 'a device'],
    ['4', 'a device'],
    ['6', 'a pipe'],
    ['S', 'a sparse file (make the archive without --sparse)'],
    ['M', 'a part of a file in another volume'],
    ['Q', 'a member of type "Q"'],
  ])('a member of type %s is refused', async (type, what) => {
    expect(await refusal(tarOf({ name: 'x', type }))).toBe(`model.tar: refusing the member "x": it is ${what}`);
  });

  test('a sparse file of a POSIX archive is refused: its body is not its content', async () => {
    const archive = tarOf(paxHeader({ 'GNU.sparse.major': '1', 'GNU.sparse.name': 'x' }), { name: 'x', body: 'map' });
    expect(await refusal(archive)).toContain('it is a sparse file');
  });

  test('labels and comments are passed over', async () => {
    const archive = tarOf(
      paxHeader({ comment: '0123abcd' }, 'g'),
      { name: 'label', type: 'V' },
      { name: 'x', body: '1' },
    );
    expect((await unpackedTar(archive)).files).toEqual({ x: '1' });
  });
});

describe('limits of archives (SD-04)', () => {
  const zeros = gzipSync(tarOf({ name: 'zeros', body: Buffer.alloc(128 * 1024 * 1024) }));

  test('a bomb is an error at its ratio, and not truncated', async () => {
    expect(await refusal(zeros, { limits: { ...wide, ratio: 200 } })).toBe(
      'model.tar: refusing the archive: it unpacks to more than 200 times its own size; raise STORAGE_ARCHIVE_MAX_RATIO if that is right',
    );
  });

  test('more bytes than allowed are an error before they are written', async () => {
    const archive = tarOf({ name: 'a', body: 'x'.repeat(60) }, { name: 'b', body: 'x'.repeat(60) });
    expect(await refusal(archive, { limits: { ...wide, bytes: 100 } })).toContain(
      'it unpacks to more than 100 bytes; raise STORAGE_ARCHIVE_MAX_BYTES',
    );
    expect(await refusal(tarOf(headerOf({ name: 'huge', size: 2 ** 50 })))).toContain('STORAGE_ARCHIVE_MAX_BYTES');
  });

  test('more entries than allowed are an error, whatever they are', async () => {
    const archive = tarOf(...Array.from({ length: 11 }, (_, index) => ({ name: `${index}`, type: '5' })));
    expect(await refusal(archive, { limits: { ...wide, entries: 10 } })).toContain('STORAGE_ARCHIVE_MAX_ENTRIES');
    expect((await unpackedTar(archive, { limits: { ...wide, entries: 11 } })).files).toEqual({});
  });
});

describe('archives that are broken', () => {
  const notValid = 'Failed to unpack archive file. The file format is not valid.';

  test.each([
    ['text', Buffer.from('<html>not found</html>')],
    ['nothing', Buffer.alloc(0)],
    ['a page of text', Buffer.alloc(4096, 'x')],
    ['half a member', model.subarray(0, 1600)],
    ['half a gzip', gzipSync(model).subarray(0, 60)],
    ['half a zstd', zstdCompressSync(model).subarray(0, 60)],
    ['a zip', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(1000)])],
    ['a gzip with a wrong checksum', Buffer.concat([gzipSync(model).subarray(0, -8), Buffer.alloc(8, 1)])],
    ['a gzip of something else', gzipSync(Buffer.alloc(2000, 'x'))],
    ['a negative size', tarOf(withChecksum(headerOf({ name: 'x' }).fill(0xff, 124, 136)))],
    ['a size that is no number', tarOf(withChecksum(headerOf({ name: 'x' }).fill('9', 124, 135)))],
    [
      'a size beyond everything',
      tarOf(withChecksum(headerOf({ name: 'x' }).fill(0x80, 124, 125).fill(0xff, 125, 136))),
    ],
    ['a POSIX header with a wrong length', tarOf({ name: 'p', type: 'x', body: '99 path=x\n' }, { name: 'x' })],
    ['a POSIX size that is no number', tarOf(paxHeader({ size: '-1' }), { name: 'x' })],
    [
      'a POSIX header larger than any name',
      tarOf({ name: 'p', type: 'x', body: Buffer.alloc(2 ** 20 + 1) }, { name: 'x' }),
    ],
    ['a name for every member', tarOf(paxHeader({ path: 'x' }, 'g'), { name: 'y' })],
    [
      'members behind the end of another archive',
      Buffer.concat([tarOf({ name: 'x' }).subarray(0, 1024), tarOf({ name: 'y' })]),
    ],
  ])("%s: KServe's words", async (_what, bytes) => {
    expect(await refusal(bytes)).toMatch(notValid);
  });

  test('an archive without members is none of them', async () => {
    expect((await unpackedTar(tarOf())).amount).toEqual({ files: 0, bytes: 0 });
  });
});

describe('the rest of the program', () => {
  test('chooses members and their names; what it does not choose may be anything', async () => {
    const archive = tarOf(
      { name: 'etc/m\xe8', type: '3' },
      { name: '/dev/null', type: '3' },
      { name: 'usr/lib', type: '2', linkName: '/lib' },
      { name: 'bin/sh', type: '1', linkName: 'bin/bash' },
      { name: 'models/a', body: 'a' },
      { name: 'models/b', type: '1', linkName: 'models/a' },
    );
    const rename = (name: string) => (name.startsWith('models/') ? name.slice('models/'.length) : undefined);
    expect((await unpackedTar(archive, { rename })).files).toEqual({ a: 'a', b: 'a' });
  });

  test('its errors come through as they are, and all bytes are read', async () => {
    const lost = new Error('connection lost');
    const failing = async function* () {
      yield gzipSync(model).subarray(0, 50);
      throw lost;
    };
    await expect(unpackedChunks(failing())).rejects.toBe(lost);
    let read = 0;
    const counted = async function* () {
      for await (const chunk of chunksOf(Buffer.concat([model, Buffer.alloc(100_000)]), 1000)) {
        read += chunk.length;
        yield chunk;
      }
    };
    await unpackedChunks(counted());
    expect(read).toBe(model.length + 100_000);
  });

  test('SIGTERM ends it', async () => {
    const reason = new StorageError('other', 'stopped by SIGTERM');
    await expect(unpackedTar(model, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
