import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { poison } from '../../doubles/model-server/faults';

/** Where doubles begin to lose whole numbers, and where INT64 ends. */
const borders = [0n, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)];
const edges = borders
  .flatMap((border) => [-3n, -2n, -1n, 0n, 1n, 2n, 3n].map((step) => border + step))
  .filter((value) => BigInt.asIntN(64, value) === value);

/**
 * A row of INT64 values as JSON, the same each time: every other value is next to a border, the others are anywhere. Made when it is
 * needed, so that nobody has to keep what went in to know what has to come out.
 */
export function int64Row(index: number, values: number): string {
  const halves = new Int32Array(2 * values);
  const wholes = new BigInt64Array(halves.buffer);
  let state = (index * 0x9e3779b1 + 1) | 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
  for (let at = 0; at < values; at += 1) {
    const random = next();
    if (at % 2 === 0) wholes[at] = edges[(random >>> 0) % edges.length] ?? 0n;
    else [halves[2 * at], halves[2 * at + 1]] = [random, next()];
  }
  // The double of a model server refuses what has this number in it, as part of a longer one, too.
  return `[${wholes.join(',')}]`.replaceAll(String(poison), String(poison - 1));
}

/**
 * Compares the result files of a folder with what {@link int64Row} made of indices from 0, digit by digit.
 *
 * @returns rows that are missing, there twice, or have another value
 */
export async function wrongRows(folder: string, rows: number, values: number): Promise<number> {
  const found = new Uint8Array(rows);
  let wrong = 0;
  for (const name of await readdir(folder)) {
    if (!name.startsWith('part-')) continue;
    for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
      const [, id, predictions] = /^\{"id":"(\d+)","predictions":(.*)\}$/.exec(line) ?? [];
      const index = Number(id ?? rows);
      if (found[index] !== 0 || predictions !== int64Row(index, values)) wrong += 1;
      if (index < rows) found[index] = 1;
    }
  }
  return wrong + found.filter((there) => there === 0).length;
}
