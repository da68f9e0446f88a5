import { parseArgs } from 'node:util';
import { compare, type Rendering } from './compare';
import { markdownReport } from './markdown-report';
import { filesAt, filesOnDisk, NothingToCompare } from './rendered-files';
import { textReport } from './text-report';

const help = `npm run diff [-- OPTIONS] [REF]: what the rendered manifests would do to a cluster that runs those of REF

  REF           commit, branch or tag to compare dist/ on disk with; HEAD when there is none
  --from REF    the same
  --to REF      compare with dist/ of this commit instead of dist/ on disk
  --markdown    for a comment on a pull request
  --help        show this

Exit codes: 0 nothing forbidden; 2 something is forbidden, or the command line is wrong; 1 dist/ can't be read.
`;

/** The command line is wrong. */
class UsageError extends Error {}

/** Where manifests are rendered to, below the repository's root. */
const folder = 'dist';

const flags = {
  from: { type: 'string' },
  to: { type: 'string' },
  markdown: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function options(args: string[]) {
  const { values, positionals } = parsed(args);
  const [ref, ...more] = [...positionals, ...(values.from === undefined ? [] : [values.from])];
  if (more.length > 0) throw new UsageError(`one REF to compare with, got ${[ref, ...more].join(' and ')}`);
  return { ...values, from: ref ?? 'HEAD' };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: flags, strict: true, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** @returns the exit code */
function main(args: string[]): number {
  const { from, to, markdown, help: helpWanted } = options(args);
  if (helpWanted) {
    process.stdout.write(help);
    return 0;
  }
  const before: Rendering = { source: from, files: filesAt(from, folder) };
  const after: Rendering =
    to === undefined
      ? { source: 'working tree', files: filesOnDisk(folder) }
      : { source: to, files: filesAt(to, folder) };
  if (after.files.size === 0) throw new NothingToCompare(`reading ${folder}/ of ${after.source}: it holds no files`);
  const changes = compare(before, after);
  const sides = { from: before.source, to: after.source };
  process.stdout.write(markdown ? markdownReport(changes, sides) : textReport(changes, sides));
  return changes.some(({ effect }) => effect === 'forbidden') ? 2 : 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`diff: ${message}\n${error instanceof UsageError ? `\n${help}` : ''}`);
  process.exitCode = error instanceof UsageError || error instanceof NothingToCompare ? 2 : 1;
}
