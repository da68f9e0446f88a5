import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Versitygw } from '../storage-servers/versitygw';

/** A file of a model, made of its seed: nobody has to keep it in memory. */
export interface ModelFile {
  readonly key: string;
  readonly size: number;
  readonly seed: number;
}

/** Bytes that are made at once. */
const pieceSize = 1024 * 1024;

/** Files of a model: one large one that is fetched in ranges, and small ones of all sizes, as many bytes together as asked. */
export function modelFiles(count: number, bytes: number, largest: number): readonly ModelFile[] {
  const each = Math.floor((bytes - largest) / (count - 1));
  return Array.from({ length: count }, (_, index) => ({
    key: index === 0 ? 'model/weights.bin' : `model/layers/${index % 8}/part-${String(index).padStart(3, '0')}.bin`,
    // Not all alike, and the last one makes up for it.
    size: index === 0 ? largest : each + (index === count - 1 ? bytes - largest - each * (count - 1) : 0),
    seed: index + 1,
  }));
}

/** The bytes of a file. */
function* bytesOf({ size, seed }: ModelFile): Generator<Buffer> {
  for (let start = 0; start < size; start += pieceSize) {
    const piece = Buffer.alloc(
      Math.min(pieceSize, size - start),
      createHash('sha512').update(`${seed}:${start}`).digest(),
    );
    yield piece;
  }
}

/** Uploads a file: large ones in parts, as every tool does; small ones with a CRC-32. */
export async function upload(server: Versitygw, bucket: string, file: ModelFile): Promise<void> {
  const partSize = 8 * 1024 * 1024;
  await server.put(bucket, file.key, bytesOf(file), file.size > 2 * partSize ? { partSize } : { checksum: 'crc32' });
}

/** What is wrong with a fetched model: files that are missing, too many or other than they should be. */
export async function wrongFiles(directory: string, files: readonly ModelFile[]): Promise<readonly string[]> {
  const expected = new Map(files.map((file) => [file.key.replace(/^model\//, ''), file]));
  const found: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name !== '.slipway-fetched.json') {
      found.push(join(entry.parentPath, entry.name).slice(directory.length + 1));
    }
  }
  const wrong = found.filter((name) => !expected.has(name)).map((name) => `${name} should not be there`);
  for (const [name, file] of expected) {
    const problem = await difference(join(directory, name), file);
    if (problem !== undefined) wrong.push(`${name} ${problem}`);
  }
  return wrong;
}

async function difference(path: string, file: ModelFile): Promise<string | undefined> {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size !== file.size) return size === undefined ? 'is missing' : `has ${size} bytes instead of ${file.size}`;
  const [got, expected] = [createHash('sha1'), createHash('sha1')];
  for (const piece of bytesOf(file)) expected.update(piece);
  for await (const chunk of createReadStream(path)) got.update(chunk as Buffer);
  return got.digest('hex') === expected.digest('hex') ? undefined : 'has other bytes';
}
