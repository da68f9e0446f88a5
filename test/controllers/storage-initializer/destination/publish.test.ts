import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeDestination, publish } from '../../../../controllers/storage-initializer/destination/publish';

describe('publishing a staged tree (SD-06)', () => {
  let root: string;
  let staged: string;
  let destination: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'slipway-publish-'));
    destination = join(root, 'models');
    staged = join(destination, '.partial-1', 'tree');
    mkdirSync(staged, { recursive: true });
    put(join(root, 'outside', 'secret'), 'as it was');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function put(path: string, content: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  const read = (path: string) => readFileSync(join(destination, path), 'utf8');

  it('moves files and directories, without a copy', () => {
    put(join(staged, 'model.bin'), 'weights');
    put(join(staged, 'a/b/config.json'), '{}');
    const { ino } = statSync(join(staged, 'model.bin'));
    publish(staged, destination);
    expect([read('model.bin'), read('a/b/config.json')]).toEqual(['weights', '{}']);
    expect(statSync(join(destination, 'model.bin')).ino).toBe(ino);
    expect(readdirSync(staged)).toEqual([]);
  });

  it('replaces files of the same name and keeps the others', () => {
    put(join(destination, 'model.bin'), 'old');
    put(join(destination, 'a/kept'), 'kept');
    put(join(staged, 'model.bin'), 'new');
    put(join(staged, 'a/added'), 'added');
    publish(staged, destination);
    expect([read('model.bin'), read('a/kept'), read('a/added')]).toEqual(['new', 'kept', 'added']);
  });

  it('replaces a link by a file, and what the link led to stays as it was (SD-03)', () => {
    symlinkSync('../outside/secret', join(destination, 'model.bin'));
    put(join(staged, 'model.bin'), 'new');
    publish(staged, destination);
    expect(lstatSync(join(destination, 'model.bin')).isFile()).toBe(true);
    expect(readFileSync(join(root, 'outside', 'secret'), 'utf8')).toBe('as it was');
  });

  it('replaces a file by a link, and a link by a link', () => {
    put(join(destination, 'file'), 'old');
    symlinkSync('nowhere', join(destination, 'link'));
    put(join(staged, 'model.bin'), 'new');
    for (const name of ['file', 'link']) symlinkSync('model.bin', join(staged, name));
    publish(staged, destination);
    expect(['file', 'link'].map((name) => readlinkSync(join(destination, name)))).toEqual(['model.bin', 'model.bin']);
    expect([read('file'), read('link')]).toEqual(['new', 'new']);
  });

  it.each(['../outside', 'nowhere', '.'])(
    'never goes through a link that an earlier URI has made: to %s (SD-03)',
    (to) => {
      symlinkSync(to, join(destination, 'a'));
      put(join(staged, 'a/secret'), 'new');
      expect(() => publish(staged, destination)).toThrow(
        expect.objectContaining({
          failure: 'unsafe',
          message: `publishing ${join(destination, 'a')}: there is a file or link of that name already`,
        }) as Error,
      );
      expect(readdirSync(join(root, 'outside'))).toEqual(['secret']);
      expect(readFileSync(join(root, 'outside', 'secret'), 'utf8')).toBe('as it was');
      expect(existsSync(join(destination, 'secret'))).toBe(false);
    },
  );

  it('does not put a directory over a file, nor a file or link over a directory', () => {
    put(join(destination, 'a'), 'file');
    put(join(staged, 'a/b'), 'new');
    expect(() => publish(staged, destination)).toThrow(/a: there is a file or link of that name already$/);
    rmSync(join(staged, 'a'), { recursive: true });
    put(join(destination, 'd/e'), 'kept');
    put(join(staged, 'd'), 'file');
    expect(() => publish(staged, destination)).toThrow(/d: there is a directory of that name already$/);
    rmSync(join(staged, 'd'));
    symlinkSync('a', join(staged, 'd'));
    expect(() => publish(staged, destination)).toThrow(/d: there is a directory of that name already$/);
    expect([read('a'), read('d/e')]).toEqual(['file', 'kept']);
  });

  it('publishes nothing at all when one name can not be: half a new model beside half an old one loads', () => {
    put(join(destination, 'model.bin'), 'old');
    put(join(destination, 'z/config'), 'a file');
    put(join(staged, 'model.bin'), 'new');
    put(join(staged, 'a/added'), 'new');
    put(join(staged, 'z/config/c'), 'new');
    expect(() => publish(staged, destination)).toThrow('config: there is a file or link of that name already');
    expect(read('model.bin')).toBe('old');
    expect(existsSync(join(destination, 'a'))).toBe(false);
  });

  it('says what to do about the disk', () => {
    expect(() => publish(join(root, 'gone'), destination)).toThrow(
      expect.objectContaining({
        failure: 'disk',
        message: expect.stringMatching(/^publishing to .*: ENOENT/) as string,
      }) as Error,
    );
  });
});

describe('the destination', () => {
  it('is made with the directories above it, 0755 (SD-11)', () => {
    const root = mkdtempSync(join(tmpdir(), 'slipway-destination-'));
    const before = process.umask(0o022);
    try {
      makeDestination(join(root, 'mnt/models'));
      expect(['mnt', 'mnt/models'].map((name) => statSync(join(root, name)).mode & 0o7777)).toEqual([0o755, 0o755]);
      makeDestination(join(root, 'mnt/models'));
      writeFileSync(join(root, 'file'), '');
      expect(() => makeDestination(join(root, 'file/models'))).toThrow(/^creating .*\/file\/models: ENOTDIR/);
    } finally {
      process.umask(before);
      rmSync(root, { recursive: true });
    }
  });
});
