import { keptRun } from './jest-run';

/** Ends the cluster of the jest run, and removes its program. */
export default async function globalTeardown(): Promise<void> {
  const run = keptRun();
  await Promise.all([run?.cluster.stop(), run?.program.remove()]);
}
