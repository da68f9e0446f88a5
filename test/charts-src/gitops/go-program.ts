import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { withBuildLock } from '../../cluster/binaries/build-lock';
import { toolCacheDirectory } from '../../cluster/binaries/tool-cache';

/** A Go module of its own: Argo CD's requirements don't go together with the API server's. */
const goModule = resolve(__dirname, '..', '..', 'tools', 'argo-lua');

/** Programs of the module and their packages. */
const packages = { 'argo-lua': '.', kubectl: './kubectl' } as const;

/** How long a first build may take where Go's own cache is empty, in milliseconds. */
export const buildTimeout = 1_200_000;

/**
 * Path of a program built from test/tools/argo-lua, once for each state of its sources, beside the programs of the test cluster. Six
 * minutes on two cores the first time.
 *
 * @throws with the compiler's message
 */
export async function goProgram(name: keyof typeof packages): Promise<string> {
  const cache = join(dirname(await toolCacheDirectory(process.env)), `argo-lua-${await stateOfSources()}`);
  const program = join(cache, name);
  if (await exists(program)) return program;
  await mkdir(cache, { recursive: true });
  return withBuildLock(
    join(cache, `.${name}.lock`),
    async () => {
      if (!(await exists(program))) await build(packages[name], program);
      return program;
    },
    () => undefined,
  );
}

async function stateOfSources(): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of (await readdir(goModule, { recursive: true })).sort()) {
    if (/\.(go|mod|sum)$/.test(file)) hash.update(file).update(await readFile(join(goModule, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function build(goPackage: string, program: string): Promise<void> {
  const unfinished = `${program}.${process.pid}`;
  const started = Date.now();
  const say = (what: string) => process.stderr.write(`${what} ${goPackage} of test/tools/argo-lua\n`);
  say('building (once; minutes when the build cache of Go is empty)');
  const progress = setInterval(() => say(`${Math.round((Date.now() - started) / 1000)} s: still building`), 15_000);
  try {
    await new Promise<void>((done, failed) => {
      const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, goPackage];
      const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' };
      execFile('go', args, { cwd: goModule, env, maxBuffer: 1e7 }, (error, _, stderr) => {
        if (error === null) done();
        else failed(new Error(`building ${goPackage} of test/tools/argo-lua: ${stderr.slice(-4_000)}`));
      });
    });
    await rename(unfinished, program);
  } finally {
    clearInterval(progress);
    await rm(unfinished, { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
