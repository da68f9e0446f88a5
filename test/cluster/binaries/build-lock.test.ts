import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inTemporaryDirectory } from '../temporary-directory';
import { withBuildLock } from './build-lock';

describe('the build lock', () => {
  it('lets one at a time in and is gone afterwards', () =>
    inTemporaryDirectory(async (directory) => {
      const lock = join(directory, '.lock');
      const log: string[] = [];
      const first = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      const one = withBuildLock(
        lock,
        async () => {
          log.push('first in');
          held.resolve();
          await first.promise;
          log.push('first out');
        },
        () => undefined,
      );
      await held.promise;
      const two = withBuildLock(
        lock,
        async () => void log.push('second in'),
        () => {
          log.push('second waits');
          first.resolve();
        },
      );
      await Promise.all([one, two]);
      expect([...new Set(log)]).toEqual(['first in', 'second waits', 'first out', 'second in']);
      expect(await readdir(directory)).toEqual([]);
    }));

  it('is taken over from a process that died', () =>
    inTemporaryDirectory(async (directory) => {
      const lock = join(directory, '.lock');
      await writeFile(lock, '');
      const longAgo = new Date(Date.now() - 60_000);
      await utimes(lock, longAgo, longAgo);
      expect(await withBuildLock(lock, async () => 'built', jest.fn())).toBe('built');
    }));

  it('is given back when the work fails', () =>
    inTemporaryDirectory(async (directory) => {
      const failing = withBuildLock(
        join(directory, '.lock'),
        () => Promise.reject(new Error('no compiler')),
        jest.fn(),
      );
      await expect(failing).rejects.toThrow('no compiler');
      expect(await readdir(directory)).toEqual([]);
    }));
});
