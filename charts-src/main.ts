import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environments } from './environments/environments';
import { driftOf } from './output/drift';
import { foldersIn, readFolder, replaceFolder } from './output/files';
import { environmentFiles, renderEnvironment } from './output/render-environment';

const help = `npm run synth [-- OPTIONS]: renders every environment into dist/

  --check              compare with what is committed instead of writing; differences: print them, exit 1
  --environment NAME   only this environment
  --out DIR            write there instead of dist/
  --help               show this
`;

/** The command line is wrong; exit code 2. */
class UsageError extends Error {}

function options(args: string[]) {
  const flags = {
    check: { type: 'boolean', default: false },
    environment: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ args, options: flags, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** @returns the exit code */
function main(args: string[], outputDirectory: string): number {
  const { check, environment: only, out = outputDirectory, help: helpWanted } = options(args);
  if (helpWanted) {
    process.stdout.write(help);
    return 0;
  }
  const all = environments.map((make) => make());
  const chosen = only === undefined ? all : all.filter(({ name }) => name === only);
  if (chosen.length === 0) {
    throw new UsageError(`--environment: got ${only}, allowed: ${all.map(({ name }) => name).join(', ')}`);
  }
  const summary: string[] = [];
  let drift: string[] = [];
  for (const environment of chosen) {
    const components = renderEnvironment(environment);
    const files = environmentFiles(components);
    const folder = join(resolve(out), environment.name);
    if (check) drift = [...drift, ...driftOf(environment.name, readFolder(folder), files)];
    else replaceFolder(folder, files);
    for (const { directory, manifests } of components) {
      const bytes = Buffer.byteLength(files.get(`${directory}/${directory}.yaml`) ?? '');
      summary.push(`${environment.name}/${directory}: ${manifests.length} objects, ${bytes} bytes`);
    }
  }
  if (check && only === undefined) {
    const known = new Set(all.map(({ name }) => name));
    const unknown = foldersIn(resolve(out)).filter((folder) => !known.has(folder));
    drift = [...drift, ...unknown.map((folder) => `--- ${folder}: committed, no environment of this name: delete it`)];
  }
  if (drift.length > 0) {
    process.stdout.write(`${drift.join('\n')}\n`);
    process.stderr.write(`${out} is not current: run npm run synth and commit the result\n`);
    return 1;
  }
  process.stdout.write(`${summary.join('\n')}\n`);
  return 0;
}

try {
  // Set by `cdk8s synth`, which then lists what it finds there.
  process.exitCode = main(process.argv.slice(2), process.env['CDK8S_OUTDIR'] ?? 'dist');
} catch (error) {
  process.stderr.write(`synth: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
