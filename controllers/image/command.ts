import { execFile } from 'node:child_process';

/** How a command is run. */
export interface CommandOptions {
  /** Working directory. @default that of this process */
  readonly cwd?: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What errors call it. @default the command with its arguments */
  readonly title?: string;
}

/** A command is not installed. */
export class CommandMissing extends Error {
  constructor(
    readonly command: string,
    cause: Error,
  ) {
    super(`running ${command}: it is not installed, or not in PATH`, { cause });
    this.name = 'CommandMissing';
  }
}

/** Enough for the control files of every package together. */
const maxBuffer = 16 * 1024 * 1024;

/**
 * Runs a command to its end.
 *
 * @returns what it printed on standard output
 * @throws CommandMissing; Error with the command's title and its last lines of standard error when it fails
 */
export function run(
  command: string,
  args: readonly string[],
  { cwd, environment, title = [command, ...args].join(' ') }: CommandOptions,
): Promise<string> {
  // Messages are matched and sorted output is compared: not in the user's language.
  const options = { env: { ...environment, LC_ALL: 'C' }, maxBuffer, ...(cwd === undefined ? {} : { cwd }) };
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') reject(new CommandMissing(command, error));
      else {
        const lines = stderr.trim().split('\n').slice(-5).join('; ');
        const end = error.code ?? error.signal ?? 'failed';
        reject(new Error(`running ${title}: ${end}: ${lines}`, { cause: error }));
      }
    });
  });
}
