import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inTemporaryDirectory } from '../../cluster/temporary-directory';

const root = resolve(__dirname, '..', '..', '..');

function runReview(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const program = join(root, 'charts-src', 'review', 'main.ts');
  const run = spawnSync(process.execPath, [require.resolve('ts-node/dist/bin'), '-T', program, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
  });
  return { status: run.status, output: run.stdout + run.stderr };
}

describe('npm run review', () => {
  it('writes the same bytes in another time zone and locale, into a folder that need not be there', () =>
    inTemporaryDirectory(async (directory) => {
      const [one, two] = [join(directory, 'one.html'), join(directory, 'new', 'two.html')];
      const first = runReview(['--out', one], { TZ: 'Asia/Kolkata', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' });
      const second = runReview(['--out', two], { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' });
      expect([first.status, second.status]).toEqual([0, 0]);
      expect(first.output).toMatch(/one\.html: 3 environments, \d+ bytes/);
      const page = await readFile(one, 'utf8');
      expect(page).toContain('<h1>Review of the rendered manifests</h1>');
      expect(await readFile(two, 'utf8')).toBe(page);
      expect(page).not.toContain(root);
    }));

  it.each([
    [['--output', 'x'], "Unknown option '--output'"],
    [['x'], 'Unexpected argument'],
  ])('ends with 2 for %j', (args, message) => {
    const { status, output } = runReview(args);
    expect(status).toBe(2);
    expect(output).toContain(message);
  });
});
