import * as z from 'zod';
import { once } from '../../http/xml-answer';
import { quotedETag, unexpectedPage } from '../azure/azure-requests';

const directoryPage = z.object({
  EnumerationResults: once(
    z.object({
      Entries: once(
        z.union([
          // An element without content is read as empty text.
          z.literal('').transform(() => ({ File: undefined, Directory: undefined })),
          z.object({
            File: z
              .array(
                z.object({
                  Name: once(z.string()),
                  Properties: once(
                    z.object({
                      'Content-Length': once(z.string().regex(/^\d{1,15}$/)),
                      Etag: once(z.string()).optional(),
                    }),
                  ),
                }),
              )
              .optional(),
            Directory: z.array(z.object({ Name: once(z.string()) })).optional(),
          }),
        ]),
      ),
      NextMarker: once(z.string()).optional(),
    }),
  ),
});

interface ListedFile {
  readonly name: string;
  readonly size: number;
  /** ETag. */
  readonly version?: string;
}

/** A page of the entries of one directory, by their names in it. */
export interface DirectoryPage {
  readonly files: readonly ListedFile[];
  readonly directories: readonly string[];
  /** Where the next page begins; absent for the last one. */
  readonly next?: string;
}

/** @throws StorageError when it is no page */
export function parseDirectoryPage(values: unknown, where: string): DirectoryPage {
  const parsed = directoryPage.safeParse(values);
  if (!parsed.success) throw unexpectedPage(where);
  const { Entries, NextMarker } = parsed.data.EnumerationResults;
  return {
    files: (Entries.File ?? []).map(({ Name, Properties }) => ({
      name: Name,
      size: Number(Properties['Content-Length']),
      ...(Properties.Etag === undefined ? {} : { version: quotedETag(Properties.Etag) }),
    })),
    directories: (Entries.Directory ?? []).map(({ Name }) => Name),
    ...(NextMarker === undefined || NextMarker === '' ? {} : { next: NextMarker }),
  };
}
