import type { RunningCluster } from './cluster/start-cluster';
import type { BundledProgram } from './program/bundled-program';

/** What all files of a jest run share. */
interface JestRun {
  readonly cluster: RunningCluster;
  readonly program: BundledProgram;
}

const slot = Symbol.for('slipway.jest-run');

/** Global setup and global teardown are loaded apart from each other and share only the global object. */
const shared = globalThis as typeof globalThis & { [slot]?: JestRun };

/** Keeps what this jest run has started for the teardown. */
export function keepRun(run: JestRun): void {
  shared[slot] = run;
}

/** What this jest run has started, if anything. */
export function keptRun(): JestRun | undefined {
  return shared[slot];
}
