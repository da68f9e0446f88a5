import { keptCluster } from './jest-cluster';

/** Ends the cluster of the jest run. */
export default async function globalTeardown(): Promise<void> {
  await keptCluster()?.stop();
}
