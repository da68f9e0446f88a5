import type { RunningCluster } from './start-cluster';

const slot = Symbol.for('slipway.test-cluster');

/** Global setup and global teardown are loaded apart from each other and share only the global object. */
const shared = globalThis as typeof globalThis & { [slot]?: RunningCluster };

/** Keeps the cluster of this jest run for the teardown. */
export function keepCluster(cluster: RunningCluster): void {
  shared[slot] = cluster;
}

/** The cluster of this jest run, if one was started. */
export function keptCluster(): RunningCluster | undefined {
  return shared[slot];
}
