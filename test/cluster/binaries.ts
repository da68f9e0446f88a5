import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { binarySource } from './binaries/binary-source';
import { withBuildLock } from './binaries/build-lock';
import { type ToolName, kubernetesVersion, toolCommands } from './binaries/commands';
import { downloadEnvtest } from './binaries/envtest-release';
import { goBuild, goInstalled } from './binaries/go-build';
import { toolCacheDirectory } from './binaries/tool-cache';

/**
 * Paths of test programs that are ready to run, by name. Each comes from KUBEBUILDER_ASSETS, the user's cache, an envtest
 * download or `go build` (into the cache), in this order; see {@link binarySource}.
 *
 * @param log receives lines of progress, at least every 20 s while something is downloaded or built
 * @throws one message that says what to install when a program can't be had
 */
export async function binaries<Name extends ToolName>(
  names: readonly Name[],
  log: (line: string) => void,
): Promise<Record<Name, string>> {
  const cache = await toolCacheDirectory(process.env);
  const paths = new Map<ToolName, string>();
  let locked = await lookUp(names, cache, paths);
  if (locked.length > 0) {
    await mkdir(cache, { recursive: true });
    const lock = join(cache, '.lock');
    const waiting = (seconds: number) => {
      if (seconds % 15 === 0) log(`waiting for another process to get ${locked.join(', ')} ... ${seconds} s`);
    };
    await withBuildLock(lock, async () => (locked = await obtain(locked, cache, paths, log)), waiting);
  }
  return Object.fromEntries(paths) as Record<Name, string>;
}
