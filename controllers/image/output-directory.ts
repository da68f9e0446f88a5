import { existsSync } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes sure that a directory can be replaced: it is not there, it is empty, or an earlier build left its marker in it. A
 * mistyped --out must not cost anybody a directory.
 *
 * @param marker path of a file that only our output has
 * @throws Error naming the directory when it holds something else
 */
export async function assertReplaceable(directory: string, marker: string): Promise<void> {
  if (!existsSync(directory) || (await readdir(directory)).length === 0) return;
  await access(join(directory, marker)).catch((error: unknown) => {
    throw new Error(`writing to ${directory}: it holds something that no earlier build made: give another --out`, {
      cause: error,
    });
  });
}
