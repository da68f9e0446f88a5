import { type ChildProcess, fork } from 'node:child_process';

/** Starts a TypeScript program of the bench with a channel to it. */
export function forked(program: string, args: readonly string[] = []): ChildProcess {
  return fork(program, args, {
    execArgv: ['-r', 'ts-node/register/transpile-only'],
    serialization: 'advanced',
  });
}
