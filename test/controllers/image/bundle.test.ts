import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type Bundle, bundle } from '../../../controllers/image/bundle';
import { version } from '../../../definitions/names/version';
import { copySourceTree, sourceTree } from './source-tree';

const execute = promisify(execFile);

describe('the bundled program', () => {
  let directory: string;
  let bundled: Bundle;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-bundle-'));
    bundled = await bundle({ outDir: join(directory, 'first'), minify: true });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const contents = (files: readonly string[]) =>
    Promise.all(files.map(async (file): Promise<[string, string]> => [basename(file), await readFile(file, 'utf8')]));

  it('runs away from node_modules', async () => {
    const { stdout } = await execute(process.execPath, [bundled.program, '--help'], { cwd: directory, env: {} });
    expect(stdout).toContain('Usage: slipway COMPONENT');
  });

  it('has the same bytes wherever the sources are, and tells nobody where that was', async () => {
    const [here, there] = [join(directory, 'sources'), join(directory, 'moved', 'somewhere', 'else')];
    await copySourceTree(here, bundled.packages);
    const one = await bundle({ root: here, outDir: join(directory, 'one'), minify: true });
    await mkdir(dirname(there), { recursive: true });
    await rename(here, there);
    const other = await bundle({ root: there, outDir: join(directory, 'two', 'levels'), minify: true });
    const texts = await contents(one.files);
    expect(new Map(texts)).toEqual(new Map(await contents(other.files)));
    expect(texts.filter(([, text]) => text.includes(directory) || text.includes(sourceTree))).toEqual([]);
  });

  it('reads kubeconfig files with code that it loads only then', async () => {
    const outDir = join(directory, 'without-reader');
    const { program, files } = await bundle({ outDir, minify: true });
    const reader = files.filter((file) => basename(file).startsWith('kubeconfig-file-'));
    expect(reader).toHaveLength(1);
    for (const file of reader) await rm(file);

    await expect(execute(process.execPath, [program, '--version'])).resolves.toMatchObject({ stdout: `${version}\n` });
    const withKubeconfig = execute(process.execPath, [program, 'registry-sync', '--kubeconfig=/nonexistent']);
    await expect(withKubeconfig).rejects.toThrow(/Cannot find module .*kubeconfig-file-/);
    const whole = execute(process.execPath, [bundled.program, 'registry-sync', '--kubeconfig=/nonexistent']);
    await expect(whole).rejects.toThrow(/reading kubeconfig \/nonexistent: ENOENT/);
  });

  it('starts without the parts of packages and of Node that it does not use', async () => {
    const atExit = join(directory, 'loaded-at-exit.cjs');
    await writeFile(atExit, "process.on('exit', () => console.log(process.moduleLoadList.join('\\n')));");
    // Everything is loaded before it looks for a cluster, and finds none.
    const args = ['--require', atExit, bundled.program, 'registry-sync'];
    const started = execute(process.execPath, args, { env: { HOME: directory } });
    const error: unknown = await started.catch((failure: unknown) => failure);
    const { stdout } = z.object({ stdout: z.string() }).parse(error);
    const loaded = stdout.split('\n').map((line) => line.replace('NativeModule ', ''));
    expect(loaded).toEqual(expect.arrayContaining(['http', 'tls']));
    const unused = ['internal/deps/undici/undici', 'http2', 'sqlite', 'internal/util/diff', 'fs/promises', 'zlib'];
    expect(unused.filter((name) => loaded.includes(name))).toEqual([]);
  });

  it('logs JSON lines without worker threads and stops on SIGTERM', async () => {
    const serviceAccount = join(directory, 'serviceaccount');
    await mkdir(serviceAccount);
    await writeFile(join(serviceAccount, 'token'), 'token');
    await writeFile(join(serviceAccount, 'ca.crt'), rootCertificates[0] ?? '');
    const child = spawn(
      process.execPath,
      [bundled.program, 'registry-sync', '--health-probe-bind-address=127.0.0.1:0'],
      {
        // Nothing listens on port 1: the program keeps trying.
        env: {
          KUBERNETES_SERVICE_HOST: '127.0.0.1',
          KUBERNETES_SERVICE_PORT: '1',
          SLIPWAY_SERVICE_ACCOUNT_DIRECTORY: serviceAccount,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const closed = once(child, 'close');
    const lines: string[] = [];
    for await (const line of createInterface(child.stderr)) {
      lines.push(line);
      if (line.includes('health probes listening')) child.kill('SIGTERM');
    }
    await closed;
    const messages = lines.map((line): unknown => JSON.parse(line));
    expect(messages).toContainEqual(expect.objectContaining({ level: 'info', msg: 'starting', version }));
    expect(messages.at(-1)).toMatchObject({ msg: 'stopped' });
  });
});
