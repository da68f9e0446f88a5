import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withBuildLock } from '../../cluster/binaries/build-lock';
import { goInstalled } from '../../cluster/binaries/go-build';
import { toolCacheDirectory, toolsModule } from '../../cluster/binaries/tool-cache';
import { OrphanGuard } from '../../cluster/orphan-guard';

/** Programs of GitOps tools, each from a module of its own below test/tools: their Kubernetes versions differ. */
const programs = {
  argo: { module: 'argo', goPackage: '.' },
  'kustomize-controller': { module: 'flux', goPackage: 'github.com/fluxcd/kustomize-controller' },
  'source-controller': { module: 'flux', goPackage: 'github.com/fluxcd/source-controller' },
} as const;

/** A program of a GitOps tool. */
export type EngineName = keyof typeof programs;

/** Directory of the Go module that a program is built from. */
export function engineModule(name: EngineName): string {
  return join(toolsModule, programs[name].module);
}

/**
 * Path of a program, from the user's cache or built into it: minutes once, seconds when Go's build cache is warm. Another
 * state of the module (its requirements, our own Go files) is another program.
 *
 * @param log receives a line when something is built
 * @throws naming the program when Go is missing or the build fails
 */
export async function engineBinary(name: EngineName, log: (line: string) => void): Promise<string> {
  const directory = join(dirname(await toolCacheDirectory(process.env)), await cacheKey(name));
  const path = join(directory, name);
  if (await isExecutable(path)) return path;
  if (!(await goInstalled())) {
    throw new Error(`building ${name}: go is not on the PATH; install Go 1.25 or later (https://go.dev/dl)`);
  }
  await mkdir(directory, { recursive: true });
  return withBuildLock(
    join(directory, `.${name}.lock`),
    async () => {
      if (!(await isExecutable(path))) await build(name, path, log);
      return path;
    },
    (seconds) => {
      if (seconds > 0 && seconds % 15 === 0) log(`waiting for another process that builds ${name} ... ${seconds} s`);
    },
  );
}

async function cacheKey(name: EngineName): Promise<string> {
  const directory = engineModule(name);
  const hash = createHash('sha256');
  for (const file of (await readdir(directory)).sort()) hash.update(file).update(await readFile(join(directory, file)));
  return `${programs[name].module}-${hash.digest('hex').slice(0, 16)}-${process.platform}-${process.arch}`;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The file appears complete or not at all. */
async function build(name: EngineName, path: string, log: (line: string) => void): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  log(`building ${name} (once; minutes when Go's build cache is empty)`);
  const progress = setInterval(() => log(`building ${name} ... ${seconds()} s`), 15_000);
  try {
    const { goPackage } = programs[name];
    await runGo(name, ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, goPackage]);
    await rename(unfinished, path);
    log(`built ${name} in ${seconds()} s`);
  } finally {
    clearInterval(progress);
    await rm(unfinished, { force: true });
  }
}

async function runGo(name: EngineName, args: readonly string[]): Promise<void> {
  const guard = new OrphanGuard();
  try {
    await new Promise<void>((resolve, reject) => {
      const go = spawn('go', args, {
        cwd: engineModule(name),
        env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' },
        stdio: ['ignore', 'ignore', 'pipe'],
        detached: true,
      });
      if (go.pid !== undefined) guard.watch(go.pid);
      let output = '';
      go.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)));
      go.on('error', (error) => reject(new Error(`building ${name}: starting go: ${error.message}`, { cause: error })));
      go.on('close', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`building ${name}: go build ended with ${code ?? signal}: ${output.trim()}`));
      });
    });
  } finally {
    await guard.release();
  }
}
