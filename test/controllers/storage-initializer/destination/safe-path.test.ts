import { safePath } from '../../../../controllers/storage-initializer/destination/safe-path';

const refusal = (name: string) => {
  try {
    return safePath(name, 's3://b/model').join('/');
  } catch (error) {
    return error;
  }
};
const refused = (why: string) =>
  expect.objectContaining({ failure: 'unsafe', message: expect.stringContaining(why) as string }) as unknown;

describe('names of a source (SD-03)', () => {
  it.each([
    'tmp/test/model.bin',
    'tmp/model.bin',
    'tmp/models/pytorch_model.bin',
    'models/pytorch_model.bin',
    'workdir/model.bin',
    'models/deep-learning/pytorch_model.bin',
    'etc-backup/config.json',
    'bin-files/binary.dat',
    'etc/passwd',
    '...',
    'a/..b/c..',
    'Modèle/模型.bin',
    '-rf',
    'a\nb',
  ])('%j is taken as it is', (name) => {
    expect(safePath(name, 's3://b/model')).toEqual(name.split('/'));
  });

  it.each([
    ['a//b', 'a/b'],
    ['./a/./b', 'a/b'],
    ['a/b/', 'a/b'],
  ])('%j is %j: empty components and dots mean nothing', (name, path) => {
    expect(safePath(name, 's3://b/model').join('/')).toBe(path);
  });

  it.each([
    '/tmp/test/model.bin',
    '/tmp/../model.bin',
    '/',
    '/etc',
    '/etc/passwd',
    '/etc/ssl/certs/ca-bundle.crt',
    '/bin',
    '/bin/bash',
    '/dev',
    '/dev/null',
    '/usr/bin',
    '/usr/bin/python',
    '/sbin',
    '/sbin/init',
    '/usr/sbin',
    '/usr/sbin/nginx',
    '//etc/passwd',
  ])('%j is refused: it is absolute, also where it would be harmless when it is normalised', (name) => {
    expect(refusal(name)).toEqual(refused('it is absolute'));
  });

  it.each(['..', '../../../..', '../x', 'a/../../b', 'a/../b', 'a/..', './../a'])(
    '%j is refused: it has a way up, also where it would come back',
    (name) => {
      expect(refusal(name)).toEqual(refused('it leaves the destination'));
    },
  );

  it.each(['', '.', './././.', './/'])('%j is refused: it names no file', (name) => {
    expect(refusal(name)).toEqual(refused('it names no file'));
  });

  it('a name with NUL is refused: the kernel would read half of it', () => {
    expect(refusal('model.bin\0.txt')).toEqual(refused('it has a NUL in it'));
  });

  it.each([
    ['Latin-1', Buffer.from('mod\xe8le.bin', 'latin1')],
    ['half a character', Buffer.from([0x61, 0xe6, 0xa8])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['an overlong slash', Buffer.from([0x2e, 0x2e, 0xc0, 0xaf, 0x61])],
  ])('a name that is not UTF-8 is refused, two such could be one: %s', (_, bytes) => {
    expect(refusal(bytes.toString('utf8'))).toEqual(refused('it is not UTF-8'));
  });

  it('the message says whose name it is, in one line whatever the name is', () => {
    expect(refusal('../a\nb')).toMatchObject({
      message: 's3://b/model: refusing the name "../a\\nb": it leaves the destination',
    });
  });
});
