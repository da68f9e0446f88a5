import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readFolder } from '../../charts-src/output/files';

const root = resolve(__dirname, '..', '..');
const sources = ['charts-src', 'definitions', 'imports', 'package.json', 'tsconfig.json', 'cdk8s.yaml'];
let copies: string[];

beforeAll(async () => {
  copies = await Promise.all(
    ['slipway-synth-', 'slipway synth elsewhere-'].map((prefix) => mkdtemp(join(tmpdir(), prefix))),
  );
  for (const copy of copies) {
    for (const source of sources) await cp(join(root, source), join(copy, source), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  }
});

afterAll(async () => {
  await Promise.all(copies.map((copy) => rm(copy, { recursive: true, force: true })));
});

function run(cwd: string, command: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; output: string }> {
  const [program = '', ...args] = command;
  const path = `${join(root, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  return new Promise((done) => {
    const options = { cwd, env: { ...process.env, NODE_OPTIONS: '', PATH: path, ...env }, maxBuffer: 1e8 };
    execFile(program, args, options, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}

const synth = (cwd: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) =>
  run(cwd, [process.execPath, 'charts-src/synth.mjs', ...args], env);

describe('npm run synth', () => {
  it('gives the same bytes at another path, in another time zone and locale, and those are committed', async () => {
    const [first = '', second = ''] = copies;
    const outcomes = [
      await synth(first, [], { TZ: 'Asia/Kolkata', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' }),
      await synth(second, [], { TZ: 'UTC', LANG: 'C', LC_ALL: 'C' }),
    ];
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    const committed = readFolder(join(root, 'dist'));
    expect(committed.size).toBeGreaterThan(0);
    for (const copy of copies)
      expect(Object.fromEntries(readFolder(join(copy, 'dist')))).toEqual(Object.fromEntries(committed));
  });

  it('gives the same bytes as cdk8s synth', async () => {
    const [copy = ''] = copies;
    const { code, output } = await run(copy, ['cdk8s', 'synth']);
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(Object.fromEntries(readFolder(join(copy, 'dist')))).toEqual(
      Object.fromEntries(readFolder(join(root, 'dist'))),
    );
  });

  it('renders an environment that somebody adds by writing one file, the same with cdk8s synth', async () => {
    const [copy = ''] = copies;
    const file = join(copy, 'charts-src/environments/my-cluster.ts');
    await writeFile(
      file,
      `import { Cpu } from 'cdk8s-plus-28';
import { environment } from './environment';
if (Cpu.millis(5).amount !== '5m') throw new Error('not all of cdk8s-plus is there');
export const myCluster = () => environment({ name: 'mine', registries: [{ database: { engine: 'postgres' } }] });
`,
    );
    expect((await synth(copy)).code).toBe(0);
    const rendered = readFolder(join(copy, 'dist/mine'));
    expect([...rendered.keys()]).toContain('registry/registry.yaml');
    expect((await run(copy, ['cdk8s', 'synth'])).code).toBe(0);
    expect(Object.fromEntries(readFolder(join(copy, 'dist/mine')))).toEqual(Object.fromEntries(rendered));
    await writeFile(file, 'export const other = 1;\n');
    const { code, output } = await synth(copy);
    expect(code).toBe(1);
    expect(output).toContain('it exports no function myCluster');
    await rm(file);
    await rm(join(copy, 'dist/mine'), { recursive: true });
  });

  it('with --check is silent about a current dist and shows what drifted', async () => {
    const [copy = ''] = copies;
    await synth(copy);
    expect((await synth(copy, ['--check'])).code).toBe(0);
    const file = join(copy, 'dist/production/registry-sync/registry-sync.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('replicas: 2', 'replicas: 3'));
    await mkdir(join(copy, 'dist/forgotten'));
    const { code, output } = await synth(copy, ['--check']);
    await rm(join(copy, 'dist/forgotten'), { recursive: true });
    expect(code).toBe(1);
    expect(output).toContain('--- forgotten: committed, nothing of this name is rendered: delete it');
    expect(output).toContain('--- production/registry-sync/registry-sync.yaml\t(committed)');
    expect(output).toContain('-  replicas: 3\n+  replicas: 2');
    expect(output).toContain('dist is not current: run npm run synth and commit the result');
  });

  it('shows a change that leaves the program as long as it was, and needs no code from an earlier run', async () => {
    const [, copy = ''] = copies;
    await synth(copy);
    const file = join(copy, 'charts-src/environments/local.ts');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace("name: 'local'", "name: 'lokal'"));
    await synth(copy, ['--out', 'build/changed']);
    await writeFile(file, text);
    expect([...readFolder(join(copy, 'build/changed/lokal')).keys()]).toContain('serving/serving.yaml');
    const kept = (await readdir(join(copy, 'build'))).filter((name) => name.endsWith('.code'));
    expect(kept).toHaveLength(2);
    for (const name of kept) await writeFile(join(copy, 'build', name), 'not what V8 wrote');
    expect((await synth(copy, ['--check'])).code).toBe(0);
    expect((await run(copy, [process.execPath, 'build/synth.cjs', '--check'])).code).toBe(0);
  });

  it('bundles again when a source has changed, or may have, and not otherwise', async () => {
    const [, copy = ''] = copies;
    await synth(copy);
    const bundled = async () => (await stat(join(copy, 'build/app.cjs'))).ino;
    const first = await bundled();
    expect((await synth(copy, ['--check'])).code).toBe(0);
    expect(await bundled()).toBe(first);
    const file = join(copy, 'definitions/names/serving.ts');
    await utimes(file, 0, 0);
    await synth(copy);
    const second = await bundled();
    expect(second).not.toBe(first);

    const [own, elsewhere] = [join(copy, 'charts-src/environments/own.ts'), join(copy, 'elsewhere.ts')];
    await writeFile(
      own,
      `import { environment } from './environment';
import { name } from '../../elsewhere';
export const own = () => environment({ name, registrySync: {} });
`,
    );
    for (const name of ['one', 'other']) {
      await writeFile(elsewhere, `export const name = '${name}';\n`);
      await synth(copy, ['--out', `build/${name}`]);
      expect([...readFolder(join(copy, `build/${name}/${name}`)).keys()]).toContain('registry-sync/registry-sync.yaml');
    }
    await rm(own);
    await rm(elsewhere);
    expect((await synth(copy, ['--check'])).code).toBe(0);
  });

  it('renders the same objects when every construct id is another one', async () => {
    const [copy = ''] = copies;
    await synth(copy);
    const folder = join(copy, 'charts-src');
    let renamed = 0;
    for (const path of readFolder(folder).keys()) {
      const text = await readFile(join(folder, path), 'utf8');
      const changed = text.replaceAll(
        /(new [\w.]+\((?:this|scope|component\([^)]*\)), )'(\w+)'/g,
        (_, before: string, id: string) => {
          renamed += 1;
          return `${before}'Renamed${id}'`;
        },
      );
      await writeFile(join(folder, path), changed);
    }
    expect(renamed).toBeGreaterThan(12);
    expect(await synth(copy, ['--check'])).toMatchObject({
      code: 0,
      output: expect.not.stringContaining('---') as string,
    });
  });

  it.each([
    [['--enviroment', 'local'], "Unknown option '--enviroment'"],
    [['--environment', 'staging'], '--environment: got staging, allowed: kubeflow, local, production'],
  ])('ends with 2 for %j', async (args, message) => {
    const { code, output } = await synth(copies[1] ?? '', args);
    expect(code).toBe(2);
    expect(output).toContain(message);
  });
});
