import { once } from 'node:events';
import { join } from 'node:path';
import { forked } from '../controllers/forked';

/** Starts `stand-in-process.ts`: it must not share an event loop with what is measured. */
export async function startStandIn(kubeconfig: string): Promise<{ stop: () => Promise<void> }> {
  const child = forked(join(__dirname, 'stand-in-process.ts'), [kubeconfig]);
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
