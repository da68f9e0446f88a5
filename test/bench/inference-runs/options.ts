import type { InferenceRunsSettings } from '../../../definitions/config/inference-runs';

/** How much is measured. */
export interface BenchSizes {
  readonly rounds: number;
  /** Runs at once, and runs whose Jobs complete. */
  readonly runs: number;
  readonly finishedRuns: number;
  /** Seconds without a change in which nothing may be written. */
  readonly quietSeconds: number;
}

/** What the ranges are about. */
export const fullSizes: BenchSizes = { rounds: 5, runs: 200, finishedRuns: 1000, quietSeconds: 60 };
/** To see that everything works, in a minute. */
export const quickSizes: BenchSizes = { rounds: 1, runs: 40, finishedRuns: 100, quietSeconds: 10 };

/** Runs in work at a time: by the controller, by who creates them for it, and by the plain client with as many connections. */
export const workers = 8;

/**
 * Settings of the controller. RECONCILE_QPS is there to spare the API server: at its default of 20, and ten seconds' worth at once, 200
 * runs would measure the limit. Here it never waits.
 */
export const settings: InferenceRunsSettings = { workers, reconcilesPerSecond: 10_000 };
