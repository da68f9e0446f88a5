import { once } from 'node:events';
import { z } from 'zod';
import type { PlainWork } from './plain-client';
import { forked } from './stand-in';

/** Runs the plain client in a fresh process. @returns seconds until the last child was there */
export async function secondsOfPlainClient(work: PlainWork): Promise<number> {
  const child = forked('plain-process.ts');
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
