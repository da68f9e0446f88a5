import * as z from 'zod';
import type { RemoteFile } from '../../source';

/** Most entries of a listing. The hub leaves out the others without a word, and has no pages. */
export const listingLimit = 3000;

/** A file or folder as `repo/files` lists it; there is more, which nobody here needs. */
const entrySchema = z.object({
  Path: z.string().min(1),
  Type: z.string(),
  Size: z.number().int().nonnegative().nullish(),
  Sha256: z.string().nullish(),
  /** Commit that last changed it. */
  Revision: z.string().nullish(),
});

export type RepositoryEntry = z.output<typeof entrySchema>;

/** The envelope of every answer. Failures may come with status 200. */
export const listingSchema = z.object({
  Success: z.boolean().nullish(),
  Message: z.string().nullish(),
  Data: z.object({ Files: z.array(entrySchema).nullish() }).nullish(),
});

export function isFolder({ Type }: RepositoryEntry): boolean {
  return Type === 'tree';
}

export function fileOf({ Path, Size, Sha256, Revision }: RepositoryEntry): RemoteFile {
  const sha256 = (Sha256 ?? '').toLowerCase();
  const known = /^[0-9a-f]{64}$/.test(sha256);
  const version = known ? sha256 : (Revision ?? '');
  return {
    path: Path,
    name: Path,
    ...(typeof Size === 'number' ? { size: Size } : {}),
    ...(version === '' ? {} : { version }),
    ...(known ? { checksums: { sha256 } } : {}),
  };
}
