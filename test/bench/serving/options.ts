/** How much is measured. */
export interface BenchSizes {
  readonly rounds: number;
  readonly objects: number;
  readonly manyObjects: number;
  readonly changes: number;
  /** Seconds of reviews in a round. */
  readonly reviewSeconds: number;
}

/** What the ranges are about. */
export const fullSizes: BenchSizes = { rounds: 5, objects: 300, manyObjects: 5000, changes: 200, reviewSeconds: 10 };
/** To see that everything works, in a minute. */
export const quickSizes: BenchSizes = { rounds: 1, objects: 60, manyObjects: 300, changes: 20, reviewSeconds: 5 };
