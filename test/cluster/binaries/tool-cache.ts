import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { toolCommands } from './commands';

/** The Go module that test programs are built from. */
export const toolsModule = resolve(__dirname, '..', '..', 'tools');

/**
 * Directory in the user's cache for the programs of this state of test/tools: another go.mod, go.sum, command table,
 * operating system or architecture has another directory, so branches don't take each other's programs.
 */
export async function toolCacheDirectory(environment: NodeJS.ProcessEnv): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(toolsModule, file)));
  hash.update(JSON.stringify(toolCommands));
  const key = `${hash.digest('hex').slice(0, 16)}-${process.platform}-${process.arch}`;
  return join(userCache(environment), 'slipway', key);
}

/** The user's directory for caches. The XDG specification says to ignore a relative XDG_CACHE_HOME. */
export function userCache(environment: NodeJS.ProcessEnv): string {
  const configured = environment['XDG_CACHE_HOME'];
  return configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.cache');
}
