import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Staging } from '../../../../controllers/storage-initializer/destination/staging';

const owner = { boot: 'boot-1', pod: 'pod-1' };

describe('the staging directory of a URI', () => {
  let destination: string;
  beforeEach(() => {
    destination = mkdtempSync(join(tmpdir(), 'slipway-staging-'));
  });
  afterEach(() => rmSync(destination, { recursive: true }));

  const open = (identity = 's3://b/model', who = owner, now = Date.now()) =>
    Staging.open(destination, identity, identity, who, now);
  const write = (staging: Staging, name: string, text: string) => {
    const descriptor = staging.tree.createFile(name);
    writeSync(descriptor, text);
    closeSync(descriptor);
  };
  const file = { path: 'whole.bin', name: 'whole.bin', size: 4, version: 'v' };

  it('is below the destination, with a name of its own (SD-06)', () => {
    const staging = open();
    expect(readdirSync(destination)).toEqual([expect.stringMatching(/^\.partial-[0-9a-f]{12}$/)]);
    staging.remove();
    expect(readdirSync(destination)).toEqual([]);
  });

  it('is found again after the process was killed, with its finished files and without the half ones (SD-06)', () => {
    const killed = open();
    write(killed, 'whole.bin', 'done');
    killed.finished.add(file, 4);
    write(killed, 'half.bin', 'ha');
    killed.close();
    const again = open();
    expect(again.resumed).toBe(true);
    expect(again.directory).toBe(killed.directory);
    expect(again.finished.sizeOf(file, again.tree.pathOf('whole.bin'))).toBe(4);
    expect(readdirSync(again.tree.directory)).toEqual(['whole.bin']);
    again.remove();
  });

  it('is found again without the directories in which nothing whole is left: the source may have files of those names', () => {
    const killed = open();
    write(killed, 'a/b/half.bin', 'ha');
    write(killed, 'c/half.bin', 'ha');
    write(killed, 'c/whole.bin', 'done');
    killed.finished.add({ ...file, path: 'c/whole.bin' }, 4);
    killed.tree.createDirectory('d/e');
    killed.close();
    const again = open();
    expect(readdirSync(again.tree.directory, { recursive: true }).sort()).toEqual(['c', 'c/whole.bin']);
    write(again, 'a', 'a file now');
    again.tree.addLink('d', 'a');
    again.tree.makeLinks();
    expect(readFileSync(again.tree.pathOf('d'), 'utf8')).toBe('a file now');
    again.remove();
  });

  it('keeps a file that has ranges noted, and those notes', () => {
    const killed = open();
    write(killed, 'a/large.bin', 'ha');
    mkdirSync(join(killed.directory, 'ranges'));
    writeFileSync(killed.rangesFileOf('a/large.bin'), '');
    killed.close();
    const again = open();
    expect(readFileSync(again.tree.pathOf('a/large.bin'), 'utf8')).toBe('ha');
    again.remove();
  });

  it('of another URI of this pod is removed', () => {
    const other = open('s3://b/other');
    other.close();
    const mine = open();
    expect(mine.resumed).toBe(false);
    expect(existsSync(other.directory)).toBe(false);
    mine.remove();
  });

  it('from before a crash of the node is not trusted: its files can be empty', () => {
    open('s3://b/model', { ...owner, boot: 'boot-0' }).close();
    const staging = open();
    expect(staging.resumed).toBe(false);
    expect(readdirSync(destination)).toHaveLength(1);
    staging.remove();
  });

  it('of another pod on the same volume is left alone for a day', () => {
    const other = open('s3://b/model', { ...owner, pod: 'pod-2' });
    other.close();
    open().remove();
    expect(existsSync(other.directory)).toBe(true);
    utimesSync(other.directory, new Date(0), new Date(0));
    open().remove();
    expect(existsSync(other.directory)).toBe(false);
  });

  it('says what to do when the destination can not be written', () => {
    writeFileSync(join(destination, 'file'), '');
    expect(() => Staging.open(join(destination, 'file'), 'u', 'u', owner, 0)).toThrow(/^preparing .*\/file: .*EEXIST/);
  });
});
