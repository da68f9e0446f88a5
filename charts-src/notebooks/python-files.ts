import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Text of a Python file of the folder `python`. Bundles have no folder: python-in-bundles.mjs puts the texts into them. */
export function pythonFile(name: string): string {
  return readFileSync(join(__dirname, 'python', name), 'utf8');
}
