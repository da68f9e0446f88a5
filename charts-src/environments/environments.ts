import { readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import type { Environment } from './environment';

/** What a file of this folder exports under its own name. */
type Make = () => Environment;

/** Files of this folder that are about environments in general. */
const general = new Set(['environment', 'environments']);

/**
 * Every environment that is rendered: a file of this folder exports one under its own name, and nothing else has to know of it.
 * `npm run synth` bundles the app and then lists the folder while it bundles (charts-src/synth.mjs).
 */
export const environments: readonly Make[] = readdirSync(__dirname)
  .filter((file) => file.endsWith('.ts') && !general.has(parse(file).name))
  .sort()
  .map((file) => makerIn(parse(file).name));

/** @throws Error when the file does not export the environment of its name */
function makerIn(name: string): Make {
  const path = join(__dirname, name);
  // A folder's files are known when the program runs, not when it is compiled.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const make: unknown = Reflect.get(require(path) as object, variable(name));
  if (typeof make === 'function') return make as Make;
  throw new Error(`reading ${path}: it exports no function ${variable(name)}, which makes the environment`);
}

/** `my-cluster` → `myCluster`. */
function variable(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
