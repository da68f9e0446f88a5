// First: a schema asks when it is made whether it may be compiled.
import './schemas-not-compiled';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environments } from './environments/environments';
import { driftOf } from './output/drift';
import { foldersIn, readFolder, replaceFolder } from './output/files';
import { environmentOutput, targetsOutput } from './output/outputs';
import { summaryTable } from './output/summary';

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
  const outputs = chosen.map(environmentOutput);
  if (only === undefined) outputs.push(targetsOutput());
  let drift: string[] = [];
  for (const { folder, files } of outputs) {
    const path = join(resolve(out), folder);
    if (check) drift = [...drift, ...driftOf(folder, readFolder(path), files)];
    else replaceFolder(path, files);
  }
  if (check && only === undefined) {
    const known = new Set(outputs.map(({ folder }) => folder));
    const unknown = foldersIn(resolve(out)).filter((folder) => !known.has(folder));
    drift = [
      ...drift,
      ...unknown.map((folder) => `--- ${folder}: committed, nothing of this name is rendered: delete it`),
    ];
  }
  if (drift.length > 0) {
    process.stdout.write(`${drift.join('\n')}\n`);
    process.stderr.write(`${out} is not current: run npm run synth and commit the result\n`);
    return 1;
  }
  process.stdout.write(`${summaryTable(outputs.flatMap(({ summary }) => summary))}\n`);
  return 0;
}

try {
  // Set by `cdk8s synth`, which then lists what it finds there.
  process.exitCode = main(process.argv.slice(2), process.env['CDK8S_OUTDIR'] ?? 'dist');
} catch (error) {
  process.stderr.write(`synth: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
