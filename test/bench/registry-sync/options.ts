/** How much is measured. */
export interface BenchSizes {
  readonly rounds: number;
  readonly objects: number;
  readonly manyObjects: number;
  readonly urlChanges: number;
}

/** What the ranges are about. */
export const fullSizes: BenchSizes = { rounds: 5, objects: 1000, manyObjects: 5000, urlChanges: 500 };
/** To see that everything works, in a minute. */
export const quickSizes: BenchSizes = { rounds: 1, objects: 150, manyObjects: 300, urlChanges: 20 };

/** Says on standard error what is being done: the bench takes minutes. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
