import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import type { StoredInferenceService } from '../../controllers/registry-sync/installation';
import type { PlainClientOptions } from './plain-client';

/** What the plain client's process gets. */
export interface PlainWork {
  readonly objects: readonly StoredInferenceService[];
  readonly options: PlainClientOptions;
}

/** Runs the plain client in a fresh process. @returns seconds until the last object was linked */
export async function secondsOfPlainClient(work: PlainWork): Promise<number> {
  const child = fork(join(__dirname, 'plain-process.ts'), {
    execArgv: ['-r', 'ts-node/register/transpile-only'],
    // Maps of the script travel too.
    serialization: 'advanced',
  });
  const ended = once(child, 'exit');
  const message = async () => {
    const outcome = await Promise.race([once(child, 'message'), ended.then(() => ['ended'])]);
    return z.union([z.literal('ready'), z.number()]).parse(outcome[0], { error: () => 'the plain client ended' });
  };
  await message();
  child.send(work);
  const seconds = z.number().parse(await message());
  await ended;
  return seconds;
}
