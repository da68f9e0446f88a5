import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BinarySource, binarySource } from './binaries/binary-source';
import { withBuildLock } from './binaries/build-lock';
import { type ToolName, kubernetesVersion, toolCommands } from './binaries/commands';
import { downloadEnvtest } from './binaries/envtest-release';
import { goBuild, goInstalled } from './binaries/go-build';
import { toolCacheDirectory } from './binaries/tool-cache';

type Log = (line: string) => void;

/** `v1.34`: envtest archives exist for some patch releases only, and any of ours will do. */
const minor = kubernetesVersion.split('.').slice(0, 2).join('.');

/**
 * Path of a test program that is ready to run. It comes from KUBEBUILDER_ASSETS, the user's cache, an envtest download or
 * `go build` (both into the cache), in this order.
 *
 * @param log receives lines of progress, at least every 20 s while something is built
 * @throws one message that says what to install when the program can't be had
 */
export async function toolBinary(name: ToolName, log: Log): Promise<string> {
  const cache = await toolCacheDirectory(process.env);
  const present = await look(name, cache, 'untried');
  if (present.from === 'assets' || present.from === 'cache') return pathOf(name, present, cache);
  await mkdir(cache, { recursive: true });
  const waiting = (seconds: number) => {
    if (seconds > 0 && seconds % 15 === 0) log(`waiting for another process that gets ${name} ... ${seconds} s`);
  };
  return withBuildLock(join(cache, `.${name}.lock`), () => obtain(name, cache, log), waiting);
}

/** Looks again first: whoever held the lock before may have been after the same program. */
async function obtain(name: ToolName, cache: string, log: Log): Promise<string> {
  let source = await look(name, cache, 'untried');
  if (source.from === 'envtest') {
    // A download that does not work is the normal case behind a firewall: the next source is tried without a word.
    await downloadEnvtest(minor, cache).catch(() => undefined);
    source = await look(name, cache, 'unreachable');
  }
  if (source.from === 'go') await goBuild(name, cache, log);
  return pathOf(name, source, cache);
}

async function look(name: ToolName, cache: string, envtest: 'untried' | 'unreachable'): Promise<BinarySource> {
  const assetsDirectory = process.env['KUBEBUILDER_ASSETS'];
  return binarySource(name, {
    ...(assetsDirectory !== undefined && assetsDirectory !== '' && { assetsDirectory }),
    inAssets: assetsDirectory !== undefined && (await isExecutable(join(assetsDirectory, name))),
    inEnvtest: toolCommands[name].inEnvtest,
    cached: await isExecutable(join(cache, name)),
    envtest,
    goInstalled: await goInstalled(),
  });
}

function pathOf(name: ToolName, source: BinarySource, cache: string): string {
  if (source.from === 'missing') throw new Error(source.why);
  return join(source.from === 'assets' ? (process.env['KUBEBUILDER_ASSETS'] ?? '') : cache, name);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
