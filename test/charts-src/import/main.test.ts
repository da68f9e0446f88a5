import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { itWithGo, needsGo } from './go-toolchain';

const root = resolve(__dirname, '..', '..', '..');
const committed = join(root, 'imports');

function runImport(...flags: string[]): { status: number | null; output: string } {
  const program = join(root, 'charts-src', 'import', 'main.ts');
  const run = spawnSync(process.execPath, [require.resolve('ts-node/dist/bin'), '-T', program, ...flags], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status: run.status, output: run.stdout + run.stderr };
}

describe('npm run import', () => {
  let copy: string;

  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'slipway-imports-'));
    await cp(committed, copy, { recursive: true });
  });

  afterEach(() => rm(copy, { recursive: true, force: true }));

  itWithGo(`finds the committed imports/ current ${needsGo}`, () => {
    const { status, output } = runImport('--check');

    expect(output).toContain('all current');
    expect(status).toBe(0);
  });

  itWithGo(`reports every drifted file, exits 1 and leaves it as it is with --check ${needsGo}`, async () => {
    await writeFile(join(copy, 'keda.sh.ts'), '// edited by hand\n');
    await rm(join(copy, 'bitnami.com.ts'));
    await writeFile(join(copy, 'old.example.com.ts'), '// left over\n');

    const { status, output } = runImport('--check', '--output', copy);

    expect(output.split('\n').filter((line) => line.startsWith('imports/'))).toEqual([
      'imports/bitnami.com.ts: missing',
      'imports/keda.sh.ts: different',
      'imports/old.example.com.ts: obsolete',
      expect.stringContaining('run npm run import'),
    ]);
    expect(status).toBe(1);
    expect(await readFile(join(copy, 'keda.sh.ts'), 'utf8')).toBe('// edited by hand\n');
  });

  itWithGo(`makes a drifted folder equal to the committed one ${needsGo}`, async () => {
    await writeFile(join(copy, 'keda.sh.ts'), '// edited by hand\n');
    await rm(join(copy, 'bitnami.com.ts'));
    await writeFile(join(copy, 'old.example.com.ts'), '// left over\n');

    const { status } = runImport('--output', copy);

    expect(status).toBe(0);
    expect((await readdir(copy)).sort()).toEqual((await readdir(committed)).sort());
    for (const file of ['keda.sh.ts', 'bitnami.com.ts']) {
      expect(await readFile(join(copy, file), 'utf8')).toBe(await readFile(join(committed, file), 'utf8'));
    }
  });
});
