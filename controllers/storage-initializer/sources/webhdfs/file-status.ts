import * as z from 'zod';

/** What WebHDFS says of a file or directory; there is more, which nobody here needs. */
const fileStatus = z.object({
  type: z.enum(['FILE', 'DIRECTORY', 'SYMLINK']),
  length: z.number().int().nonnegative(),
  /** Milliseconds since the epoch. */
  modificationTime: z.number(),
  /** Name in the directory that is listed; empty for the one that was asked for. */
  pathSuffix: z.string(),
});

export type FileStatus = z.output<typeof fileStatus>;

const statuses = z.object({ FileStatuses: z.object({ FileStatus: z.array(fileStatus) }) });

/** Answer of `GETFILESTATUS`. */
export const statusSchema = z.object({ FileStatus: fileStatus });

/** Answer of `LISTSTATUS`: a whole directory. */
export const listingSchema = statuses;

/** Answer of `LISTSTATUS_BATCH`: a part of a directory. */
export const batchSchema = z.object({
  DirectoryListing: z.object({ partialListing: statuses, remainingEntries: z.number().int() }),
});

/** Answer of `GETHOMEDIRECTORY`. */
export const homeSchema = z.object({ Path: z.string() });

/** Equal versions, equal bytes, as far as HDFS tells: it has no ETag. */
export function versionOf({ modificationTime, length }: FileStatus): string {
  return `${modificationTime}-${length}`;
}
