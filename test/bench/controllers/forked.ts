import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod';

/** Starts a TypeScript program of the bench with a channel to it. */
export function forked(program: string, args: readonly string[] = []): ChildProcess {
  return fork(program, args, {
    execArgv: ['-r', 'ts-node/register/transpile-only'],
    serialization: 'advanced',
  });
}

/**
 * Has a fresh process of a plain client do some work: it says `ready`, gets the work, and says how many seconds that took.
 *
 * @throws when it ends before
 */
export async function secondsOfProcess(program: string, work: Serializable): Promise<number> {
  const child = forked(program);
  const ended = once(child, 'exit');
  const message = async () => {
    const outcome: unknown[] = await Promise.race([once(child, 'message'), ended.then(() => ['ended'])]);
    return z.union([z.literal('ready'), z.number()]).parse(outcome[0], { error: () => 'the plain client ended' });
  };
  await message();
  child.send(work);
  const seconds = z.number().parse(await message());
  await ended;
  return seconds;
}
