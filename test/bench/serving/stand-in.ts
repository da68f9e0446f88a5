import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Starts `stand-in-process.ts`: it must not share an event loop with what is measured. */
export async function startStandIn(kubeconfig: string): Promise<{ stop: () => Promise<void> }> {
  const child = forked('stand-in-process.ts', [kubeconfig]);
  const ended = once(child, 'exit');
  const outcome = await Promise.race([once(child, 'message'), ended.then(() => 'ended')]);
  if (outcome === 'ended') throw new Error('starting the stand-in for Deployments: it ended');
  return {
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}

/** Starts a program of this folder with a channel to it. */
export function forked(program: string, args: readonly string[] = []): ChildProcess {
  return fork(join(__dirname, program), args, {
    execArgv: ['-r', 'ts-node/register/transpile-only'],
    serialization: 'advanced',
  });
}
