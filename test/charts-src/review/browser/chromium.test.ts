import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inTemporaryDirectory } from '../../../cluster/temporary-directory';
import { chromium } from './chromium';

const silent = () => undefined;

async function program(directory: string, name: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, name);
  await writeFile(file, '');
  await chmod(file, 0o755);
  return file;
}

describe('the chromium of tests', () => {
  it('is the one that CHROMIUM names, before an installed one, before the one in the cache', () =>
    inTemporaryDirectory(async (directory) => {
      const cached = await program(
        join(directory, `slipway/chromium-${process.arch}/usr/lib/chromium`),
        'chromium-headless-shell',
      );
      const environment = { XDG_CACHE_HOME: directory, PATH: join(directory, 'bin') };
      expect(await chromium(environment, silent)).toMatchObject({ program: cached });
      const installed = await program(join(directory, 'bin'), 'google-chrome');
      expect(await chromium(environment, silent)).toEqual({ program: installed, environment: {} });
      const named = await program(directory, 'mine');
      expect(await chromium({ ...environment, CHROMIUM: named }, silent)).toEqual({ program: named, environment: {} });
    }));

  it('is no other one when CHROMIUM names nothing', async () => {
    await expect(chromium({ CHROMIUM: '/nowhere/chromium' }, silent)).rejects.toThrow(
      'CHROMIUM is /nowhere/chromium, which is no program: correct or unset it',
    );
  });

  it('is missing with one message that says what to install, and nothing is left in the cache', () =>
    inTemporaryDirectory(async (directory) => {
      const environment = { XDG_CACHE_HOME: directory, PATH: join(directory, 'empty') };
      await expect(chromium(environment, silent)).rejects.toThrow(
        'no chromium on this machine and no way to get one: install chromium or chrome, or set CHROMIUM to the path of one: ' +
          'running apt-get: it is not installed, or not in PATH',
      );
      expect(await readdir(join(directory, 'slipway'))).toEqual([]);
    }));
});
