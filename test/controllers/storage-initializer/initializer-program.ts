import { spawn, type ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';

/** How the program ended, and what it said. */
export interface InitializerEnd {
  /** The exit code, or the signal that ended it. */
  readonly code: string;
  readonly output: string;
  /** Lines of standard error. */
  readonly lines: readonly string[];
  /** The last of them: Kubernetes makes it the termination message. */
  readonly last: string;
  readonly stdout: string;
}

/** A program that runs. */
export interface RunningInitializer {
  readonly child: ChildProcess;
  readonly ended: Promise<InitializerEnd>;
}

export interface InitializerOptions {
  /** Command that the program is an argument of. @default none */
  readonly within?: readonly string[];
  /** User and group to run as; needs root. @default the tests' own */
  readonly uid?: number;
}

/** Starts `slipway storage-initializer` with these arguments and no other variables. */
export function startInitializer(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { within = [], uid }: InitializerOptions = {},
): RunningInitializer {
  const [command = '', ...rest] = [...within, process.execPath, program, 'storage-initializer', ...args];
  const child = spawn(command, rest, {
    env: { HOSTNAME: 'pod-1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = new Promise<InitializerEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      const lines = stderr.trimEnd().split('\n');
      resolve({
        code: signal ?? String(status),
        output: stdout + stderr,
        lines,
        last: lines.at(-1) ?? '',
        stdout,
      });
    });
  });
  return { child, ended };
}

/** {@link startInitializer}, to its end. */
export function runInitializer(...args: Parameters<typeof startInitializer>): Promise<InitializerEnd> {
  return startInitializer(...args).ended;
}

/** Names in a directory; none when it is not there. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory).catch(() => [])).sort();
}
