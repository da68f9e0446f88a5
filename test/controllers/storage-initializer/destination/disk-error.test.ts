import { mkdtempSync, openSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskError, isDiskError } from '../../../../controllers/storage-initializer/destination/disk-error';
import { StorageError } from '../../../../controllers/storage-initializer/storage-error';

/** The error of a system call of this very machine. */
function errorOf(operation: () => unknown): unknown {
  try {
    operation();
  } catch (error) {
    return error;
  }
  throw new Error('it worked');
}

/** An error as Node makes it, of a disk that no test can fill. */
const systemError = (code: string) => Object.assign(new Error(`${code}: it went wrong, write`), { code });

describe('an error of the destination', () => {
  it.each([
    ['ENOSPC', 'the volume is full, give it more space'],
    ['EDQUOT', 'the quota of the volume is used up, give it more space'],
    ['EROFS', 'the file system is read-only, mount a writable volume'],
    ['EACCES', 'the user of the container may not write there, set fsGroup or runAsUser'],
    ['EPERM', 'the user of the container may not write there, set fsGroup or runAsUser'],
    ['EMFILE', 'too many open files, raise the limit'],
  ])('%s says what was tried and what to do', (code, todo) => {
    const error = diskError('writing model.bin', systemError(code));
    expect(error).toMatchObject({ failure: 'disk', transient: false });
    expect(error.message).toBe(`writing model.bin: ${code}: it went wrong, write: ${todo}`);
  });

  it('a name that is too long for the file system says so', () => {
    const error = diskError(
      'creating it',
      errorOf(() => openSync(join(tmpdir(), 'x'.repeat(300)), 'wx')),
    );
    expect(error.message).toMatch(/^creating it: ENAMETOOLONG: .*: the file system can not have a name that long$/);
  });

  it('one of the kernel is the cause', () => {
    const cause = errorOf(() => openSync(join(tmpdir(), 'slipway-no-such-directory', 'x'), 'wx'));
    expect(diskError('creating it', cause)).toMatchObject({ failure: 'disk', cause });
  });

  it('one that is worded already stays as it is', () => {
    const worded = new StorageError('unsafe', 'model: refusing it');
    expect(diskError('publishing', worded)).toBe(worded);
  });

  it('what is thrown that is no error is said too', () => {
    expect(diskError('writing', 'a reason').message).toBe('writing: a reason');
  });
});

describe('errors of system calls', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'slipway-disk-error-'));
    writeFileSync(join(directory, 'file'), '');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are told from others, whichever realm they are of', () => {
    const of = (operation: (file: string) => unknown) => isDiskError(errorOf(() => operation(join(directory, 'file'))));
    expect(of((file) => openSync(file, 'wx'))).toBe(true);
    expect(of((file) => openSync(join(file, 'below'), 'wx'))).toBe(true);
    expect(of((file) => readFileSync(`${file}.gone`))).toBe(true);
    expect(of((file) => readFileSync(join(file, '..')))).toBe(true);
    expect(of((file) => rmdirSync(file))).toBe(true);
  });

  it.each([systemError('ECONNRESET'), systemError('ETIMEDOUT'), new Error('no code'), 'text', undefined])(
    '%s is none',
    (error) => {
      expect(isDiskError(error)).toBe(false);
    },
  );
});
