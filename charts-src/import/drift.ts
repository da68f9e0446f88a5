/** A file of `imports/` that is not what the table generates. */
export interface Drift {
  readonly file: string;
  readonly change: 'missing' | 'different' | 'obsolete';
}

/**
 * Compares what `imports/` holds with what it should hold.
 *
 * @param present file name → content on disk
 * @param wanted file name → content as generated
 * @returns one entry per file that has to change, sorted by file name; empty when all is current
 */
export function findDrift(present: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): Drift[] {
  const files = [...new Set([...present.keys(), ...wanted.keys()])].sort();
  return files.flatMap((file): Drift[] => {
    if (!wanted.has(file)) return [{ file, change: 'obsolete' }];
    if (!present.has(file)) return [{ file, change: 'missing' }];
    return present.get(file) === wanted.get(file) ? [] : [{ file, change: 'different' }];
  });
}
