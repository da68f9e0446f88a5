import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { forked } from './forked';
import type { PlainWork } from './plain-client';

/** Runs the plain client in a fresh process. @returns seconds until the last write was answered */
export async function secondsOfPlainClient(work: PlainWork): Promise<number> {
  const child = forked(join(__dirname, 'plain-process.ts'));
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
