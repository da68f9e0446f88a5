import { execFile, spawn } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { OrphanGuard } from '../orphan-guard';
import { type ToolName, toolCommands } from './commands';
import { toolsModule } from './tool-cache';

/** Seconds between two lines of progress. */
const progressEvery = 15;

/** Whether a `go` command can be run. */
export function goInstalled(): Promise<boolean> {
  return new Promise((resolve) =>
    execFile('go', ['version'], { env: process.env }, (error) => resolve(error === null)),
  );
}

/** A program that Go builds. */
export interface GoProgram {
  /** File name. */
  readonly name: string;
  /** Directory of the module, with its go.mod. */
  readonly module: string;
  /** Import path of the main package, or its directory in the module. */
  readonly goPackage: string;
  /** Linker flags. */
  readonly ldflags: readonly string[];
  /** Build tags. @default none */
  readonly tags?: readonly string[];
}

/** Builds one of the programs of test/tools into `directory`. @throws as {@link goBuildProgram} */
export async function goBuild(name: ToolName, directory: string, log: (line: string) => void): Promise<void> {
  await goBuildProgram({ name, module: toolsModule, ...toolCommands[name] }, directory, log);
}

/**
 * Builds a program into `directory`. Minutes when Go's own build cache is empty, seconds otherwise. The file appears
 * complete or not at all.
 *
 * @throws with the compiler's last lines when the build fails
 */
export async function goBuildProgram(
  { name, module, goPackage, ldflags, tags = [] }: GoProgram,
  directory: string,
  log: (line: string) => void,
): Promise<void> {
  const unfinished = join(directory, `.${name}.${process.pid}`);
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  log(`building ${name} from ${relative(process.cwd(), module)} (once; minutes when Go's build cache is empty)`);
  const progress = setInterval(() => log(`building ${name} ... ${seconds()} s`), progressEvery * 1000);
  try {
    const flags = ['-trimpath', '-ldflags', ldflags.join(' '), '-tags', tags.join(',')];
    await runGo(name, module, ['build', ...flags, '-o', unfinished, goPackage]);
    await rename(unfinished, join(directory, name));
    log(`built ${name} in ${seconds()} s`);
  } finally {
    clearInterval(progress);
    await rm(unfinished, { force: true });
  }
}

async function runGo(name: string, module: string, args: readonly string[]): Promise<void> {
  const guard = new OrphanGuard();
  try {
    await new Promise<void>((resolve, reject) => {
      const go = spawn('go', args, {
        cwd: module,
        // The user's own flags (-mod=vendor ...) are meant for the user's own modules.
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
