import { readFile, writeFile } from 'node:fs/promises';
import { type Image, type Images, parseImageLock } from '../images';

/** An image whose digest is not the one that was locked. */
export interface Repinned {
  readonly name: string;
  readonly image: Image;
  /** Digest before; undefined when there was none. */
  readonly before: string | undefined;
}

/** An image whose registry could not be asked. */
export interface NotAsked {
  readonly name: string;
  readonly cause: string;
}

/**
 * Brings the digests of the lock file up to date. Images whose registry does not answer keep the digest they have: one
 * registry that is down must not lose the others' answers.
 *
 * @param digestOf asks a registry
 */
export async function updateImageLock(
  file: string,
  digestOf: (image: Image) => Promise<string>,
): Promise<{ readonly repinned: readonly Repinned[]; readonly notAsked: readonly NotAsked[] }> {
  const lock = parseImageLock(JSON.parse(await readFile(file, 'utf8')));
  const repinned: Repinned[] = [];
  const notAsked: NotAsked[] = [];
  const images: Record<string, Image> = {};
  for (const [name, image] of Object.entries(lock) as [keyof Images, Image][]) {
    images[name] = image;
    try {
      const digest = await digestOf(image);
      if (digest === image.digest) continue;
      images[name] = { ...image, digest };
      repinned.push({ name, image: { ...image, digest }, before: image.digest });
    } catch (error) {
      notAsked.push({ name, cause: error instanceof Error ? error.message : String(error) });
    }
  }
  if (repinned.length > 0) await writeFile(file, `${JSON.stringify(images, null, 2)}\n`);
  return { repinned, notAsked };
}
