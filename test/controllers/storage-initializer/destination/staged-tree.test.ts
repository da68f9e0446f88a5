import fs, {
  closeSync,
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
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StagedTree } from '../../../../controllers/storage-initializer/destination/staged-tree';

let root: string;
let directory: string;
let tree: StagedTree;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-staged-'));
  directory = join(root, 'destination', '.partial-1', 'tree');
  mkdirSync(directory, { recursive: true });
  tree = new StagedTree(directory, 's3://b/model', join(root, 'destination'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root, { recursive: true });
});

function write(name: string, content = 'x', options?: { executable: boolean }): void {
  const descriptor = tree.createFile(name, options);
  writeSync(descriptor, content);
  closeSync(descriptor);
}
const read = (name: string) => readFileSync(join(directory, name), 'utf8');
const unsafe = (message: string) =>
  expect.objectContaining({ failure: 'unsafe', message: expect.stringContaining(message) as string }) as Error;
const everything = () => readdirSync(directory, { recursive: true }).sort();
const noCopy = () => {
  throw new Error('copied');
};

describe('files of a staged tree', () => {
  it('are written with their directories: 0644, 0755 for programs and directories (SD-11)', () => {
    const before = process.umask(0o022);
    try {
      write('a/b/model.bin', 'weights');
      write('run.sh', '#!', { executable: true });
    } finally {
      process.umask(before);
    }
    const modes = ['a', 'a/b', 'a/b/model.bin', 'run.sh'].map((name) => statSync(join(directory, name)).mode & 0o7777);
    expect(modes).toEqual([0o755, 0o755, 0o644, 0o755]);
    expect(read('a/b/model.bin')).toBe('weights');
  });

  it.each(['../x', '/x', 'a/../../x', 'a\0', '.partial-2/x', ''])(
    '%j is refused, and nothing is made (SD-03)',
    (name) => {
      const attempts = [
        () => tree.createFile(name),
        () => tree.createDirectory(name),
        () => tree.addLink(name, 'a'),
        () => tree.pathOf(name),
        () => tree.publishedPath(name),
        () => tree.remove(name),
      ];
      for (const attempt of attempts) expect(attempt).toThrow(unsafe('refusing the name'));
      expect(everything()).toEqual([]);
    },
  );

  it('a file is not there twice, and no file and directory of one name (SD-03)', () => {
    write('a', 'first');
    expect(() => tree.createFile('a')).toThrow(unsafe('"a" is there twice'));
    expect(() => tree.createFile('a/b')).toThrow(unsafe('is there twice'));
    expect(() => tree.createDirectory('a')).toThrow(unsafe('is there twice'));
    expect(() => tree.createDirectory('a/b')).toThrow(unsafe('is there twice'));
    write('d/e');
    expect(() => tree.createFile('d')).toThrow(unsafe('"d" is there twice'));
    expect(read('a')).toBe('first');
  });

  it('names whose bytes are not UTF-8 are refused: several of them would be one (SD-03)', () => {
    const latin = (text: string) => Buffer.from(text, 'latin1').toString('utf8');
    for (const name of ['mod\xe8le.bin', 'mod\xe9le.bin', 'a\xff/b']) {
      expect(() => tree.createFile(latin(name))).toThrow(unsafe('it is not UTF-8'));
      expect(() => tree.addLink(latin(name), 'a')).toThrow(unsafe('it is not UTF-8'));
      expect(() => tree.addLink('link', latin(name))).toThrow(unsafe('is outside'));
    }
    write('modèle/模型.bin', 'weights');
    expect(readdirSync(Buffer.from(join(directory, 'modèle')), 'buffer')).toEqual([Buffer.from('模型.bin')]);
  });

  it('are gone when the tree is cleared, and their names free again', () => {
    write('a/b');
    tree.addLink('link', 'a');
    tree.clear();
    expect(everything()).toEqual([]);
    write('link', 'a file');
    write('a/b', 'anew');
    expect([read('link'), read('a/b')]).toEqual(['a file', 'anew']);
  });
});

describe('names that differ in the case of letters only', () => {
  it('are two files where the file system tells them apart, and refused where it does not (SD-03)', () => {
    writeFileSync(join(root, 'probe'), '');
    write('Model.bin', 'large');
    if (existsSync(join(root, 'PROBE'))) {
      expect(() => tree.createFile('model.bin')).toThrow(unsafe('"model.bin" is there twice'));
      return;
    }
    write('model.bin', 'small');
    expect([read('Model.bin'), read('model.bin')]).toEqual(['large', 'small']);
  });

  // A file system that ignores case needs a kernel with such and root. What it answers is this EEXIST; the tree knows of no such file.
  it('are a collision when the file system says that the name is taken: nothing is overwritten (SD-03)', async () => {
    for (const name of ['file', 'link', 'hard']) writeFileSync(join(directory, name), 'of another case');
    write('source');
    expect(() => tree.createFile('file')).toThrow(unsafe('"file" is there twice'));
    await expect(tree.addHardLink('hard', 'source', noCopy)).rejects.toThrow(unsafe('"hard" is there twice'));
    tree.addLink('link', 'source');
    expect(() => tree.makeLinks()).toThrow(unsafe('"link" is there twice'));
    expect(['file', 'link', 'hard'].map(read)).toEqual(Array(3).fill('of another case'));
  });
});

describe('links of a staged tree', () => {
  it('are made at the end, so that nothing is written through one (SD-03)', () => {
    tree.addLink('a', 'b');
    expect(everything()).toEqual([]);
    expect(() => tree.createFile('a')).toThrow(unsafe('"a" is there twice'));
    expect(() => tree.createDirectory('a')).toThrow(unsafe('"a" is there twice'));
    expect(() => tree.addLink('a', 'c')).toThrow(unsafe('"a" is there twice'));
    write('a/through');
    expect(() => tree.makeLinks()).toThrow(unsafe('"a" is there twice'));
    expect(existsSync(join(directory, 'b'))).toBe(false);
  });

  it.each([
    ['up and out', 'a/l', '../..'],
    ['out and in again', 'l', '../tree/a'],
    ['an absolute place', 'l', '/etc/passwd'],
    ['nothing', 'l', ''],
    ['half a name', 'l', 'a\0b'],
  ])('to %s are refused (SD-03)', (_, name, target) => {
    expect(() => tree.addLink(name, target)).toThrow(unsafe(`its target ${JSON.stringify(target)} is outside`));
  });

  it('inside are made, up from their directory and down, to nothing and in circles too', () => {
    write('a/model.bin', 'weights');
    const links = { 'b/link': '../a/model.bin', all: '.', nothing: 'gone', circle: 'circle' };
    for (const [name, target] of Object.entries(links)) tree.addLink(name, target);
    tree.makeLinks();
    for (const [name, target] of Object.entries(links)) expect(readlinkSync(join(directory, name))).toBe(target);
    expect(read('b/link')).toBe('weights');
  });

  it('that lead out together are refused, though none does alone (SD-03)', () => {
    tree.addLink('a/up', '..');
    tree.addLink('out', 'a/up/../secret');
    expect(() => tree.makeLinks()).toThrow(unsafe('goes up from "a/up", which is no directory'));
    expect(everything()).toEqual(['a']);
  });

  it('turn in directories, not in what an earlier URI may have published as a link (SD-03)', () => {
    symlinkSync('..', join(root, 'destination', 'd'));
    tree.addLink('out', 'd/../secret');
    expect(() => tree.makeLinks()).toThrow(unsafe('goes up from "d", which is no directory'));
    write('e/f');
    const other = new StagedTree(directory, 's3://b/model');
    other.addLink('fine', 'e/../e/f');
    other.makeLinks();
    expect(read('fine')).toBe('x');
  });

  it('to a place that the user named lead there', () => {
    tree.addLinkOut('model', root);
    tree.makeLinks();
    expect(readlinkSync(join(directory, 'model'))).toBe(root);
  });
});

describe('hard links of a staged tree', () => {
  it('are names of files that are there', async () => {
    write('a', 'weights');
    await tree.addHardLink('b/c', 'a', noCopy);
    expect(lstatSync(join(directory, 'b/c')).ino).toBe(lstatSync(join(directory, 'a')).ino);
  });

  it.each(['gone', 'directory', 'a/below'])('to %s are refused (SD-04)', async (existing) => {
    write('a');
    tree.createDirectory('directory');
    await expect(tree.addHardLink('b', existing, noCopy)).rejects.toThrow(unsafe('there is no file'));
  });

  it('to a link are that link once more', async () => {
    write('a', 'weights');
    tree.addLink('link', 'a');
    await tree.addHardLink('again', 'link', noCopy);
    tree.makeLinks();
    expect(readlinkSync(join(directory, 'again'))).toBe('a');
  });

  describe.each(['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EXDEV'])('where the file system answers %s', (code) => {
    // No file system of a machine like this one refuses them: the kernel's answer stands in, all the rest is real.
    beforeEach(() => {
      jest.spyOn(fs, 'linkSync').mockImplementation(() => {
        throw Object.assign(new Error(`${code}: no hard links here`), { code });
      });
    });

    it('are copies, whose size counts before they are made (SD-04)', async () => {
      write('a', 'weights');
      let size = 0;
      await tree.addHardLink('b', 'a', (bytes) => {
        expect(existsSync(join(directory, 'b'))).toBe(false);
        size = bytes;
      });
      expect([read('b'), size]).toEqual(['weights', 7]);
      expect(lstatSync(join(directory, 'b')).ino).not.toBe(lstatSync(join(directory, 'a')).ino);
    });

    it('are not made when the limit refuses, and overwrite nothing', async () => {
      write('a', 'weights');
      await expect(tree.addHardLink('b', 'a', noCopy)).rejects.toThrow('copied');
      expect(everything()).toEqual(['a']);
      write('there', 'as it was');
      await expect(tree.addHardLink('there', 'a', () => undefined)).rejects.toThrow(unsafe('"there" is there twice'));
      expect(read('there')).toBe('as it was');
    });
  });

  it('that fail otherwise are an error of the disk', async () => {
    jest.spyOn(fs, 'linkSync').mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device, link'), { code: 'ENOSPC' });
    });
    write('a');
    await expect(tree.addHardLink('b', 'a', noCopy)).rejects.toMatchObject({
      failure: 'disk',
      message: 'creating b: ENOSPC: no space left on device, link: the volume is full, give it more space',
    });
  });
});
