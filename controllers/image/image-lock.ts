import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Architecture } from './architecture';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in hex');

const lockedPackageSchema = z.strictObject({
  name: z.string().min(1),
  version: z.string().min(1),
  /** Path of the file below an archive's root: where a mirror or a snapshot of the archive has it. */
  pool: z.string().regex(/^pool\/[^/].*\.deb$/, 'is not the path of a package in a pool'),
  sha256,
});

const lockedNodeSchema = z.strictObject({
  /** Package of npm that holds binary and license. */
  package: z.string().min(1),
  version: z.string().min(1),
  /** SHA-256 of `bin/node`. */
  binary: sha256,
  /** SHA-256 of `LICENSE`. */
  license: sha256,
});

const lockedInputsSchema = z.strictObject({
  debian: z.array(lockedPackageSchema).min(1),
  node: lockedNodeSchema,
});

const imageLockSchema = z.strictObject({
  amd64: lockedInputsSchema,
  arm64: lockedInputsSchema,
} satisfies Record<Architecture, unknown>);

/** A Debian package, exactly. */
export type LockedPackage = z.output<typeof lockedPackageSchema>;
/** The Node binary, exactly. */
export type LockedNode = z.output<typeof lockedNodeSchema>;
/** What the image of one architecture is made of, beside the program itself. */
export type LockedInputs = z.output<typeof lockedInputsSchema>;
/** Every input of the image that is not in the source tree, by architecture. */
export type ImageLock = z.output<typeof imageLockSchema>;

/** Where a source tree has its lock. */
export function imageLockFile(root: string): string {
  return join(root, 'controllers', 'image', 'image.lock.json');
}

/** @throws Error naming the file, and the entries that are wrong */
export async function readImageLock(file: string): Promise<ImageLock> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`reading the lock of the image, ${file}: run npm run image -- --update-lock`, { cause: error });
  });
  return parseImageLock(text, file);
}

/** @throws Error naming the file, and the entries that are wrong */
export function parseImageLock(text: string, file: string): ImageLock {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`reading the lock of the image, ${file}: it is not JSON`, { cause: error });
  }
  const parsed = imageLockSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new Error(`reading the lock of the image, ${file}: ${wrong}`);
}

/** Writes the lock the way Prettier would. */
export async function writeImageLock(file: string, lock: ImageLock): Promise<void> {
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
}
