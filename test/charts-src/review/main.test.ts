import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inTemporaryDirectory } from '../../cluster/temporary-directory';

const root = resolve(__dirname, '..', '..', '..');

function runReview(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const program = join(root, 'charts-src', 'review', 'main.ts');
  const options = { cwd: root, env: { ...process.env, NODE_OPTIONS: '', ...environment } };
  return new Promise<{ status: number | string; output: string }>((done) => {
    const all = [require.resolve('ts-node/dist/bin'), '-T', program, ...args];
    execFile(process.execPath, all, options, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : (error.code ?? 'killed'), output: stdout + stderr });
    });
  });
}

describe('npm run review', () => {
  it(
    'writes the same bytes in another time zone and locale, into a folder that need not be there',
    () =>
      inTemporaryDirectory(async (directory) => {
        const [one, two] = [join(directory, 'one.html'), join(directory, 'new', 'two.html')];
        const [first, second] = await Promise.all([
          runReview(['--out', one], { TZ: 'Asia/Kolkata', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' }),
          runReview(['--out', two], { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' }),
        ]);
        expect([first.status, second.status]).toEqual([0, 0]);
        expect(first.output).toMatch(/one\.html: \d+ environments, \d+ bytes/);
        const page = await readFile(one, 'utf8');
        expect(page).toContain('<h1>Review of the rendered manifests</h1>');
        expect(await readFile(two, 'utf8')).toBe(page);
        expect(page).not.toContain(root);
      }),
    120_000,
  );

  it('ends with 2 for an option that it does not have', async () => {
    const { status, output } = await runReview(['--output', 'x']);
    expect(status).toBe(2);
    expect(output).toContain("review: Unknown option '--output'");
  }, 120_000);
});
