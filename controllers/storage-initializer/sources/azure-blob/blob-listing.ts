import * as z from 'zod';
import { once } from '../../http/xml-answer';
import { hexadecimal, quotedETag, unexpectedPage } from '../azure/azure-requests';
import type { RemoteFile } from '../../source';

/** An element without content is read as empty text. */
const emptyOr = <T extends z.ZodType>(schema: T) => z.union([z.literal('').transform(() => undefined), schema]);

const listedBlob = z.object({
  Name: once(z.string()),
  Properties: once(
    z.object({
      'Content-Length': once(z.string().regex(/^\d{1,15}$/)),
      Etag: once(z.string()),
      'Content-MD5': once(z.string()).optional(),
      ResourceType: once(z.string()).optional(),
    }),
  ),
  Metadata: once(emptyOr(z.record(z.string(), z.unknown()))).optional(),
});

const blobPage = z.object({
  EnumerationResults: once(
    z.object({
      Blobs: once(emptyOr(z.object({ Blob: z.array(listedBlob).optional() }))),
      NextMarker: once(z.string()).optional(),
    }),
  ),
});

/** A page of a flat listing. */
export interface BlobPage {
  /** Without the directories of accounts with a hierarchical namespace. Their paths are their names. */
  readonly blobs: readonly RemoteFile[];
  /** Where the next page begins; absent for the last one. */
  readonly next?: string;
}

/** @throws StorageError when it is no page */
export function parseBlobPage(values: unknown, where: string): BlobPage {
  const parsed = blobPage.safeParse(values);
  if (!parsed.success) throw unexpectedPage(where);
  const { Blobs, NextMarker } = parsed.data.EnumerationResults;
  return {
    blobs: (Blobs?.Blob ?? []).filter((blob) => !isDirectory(blob)).map(remoteFile),
    ...(NextMarker === undefined || NextMarker === '' ? {} : { next: NextMarker }),
  };
}

/** Directories of a hierarchical namespace are listed as blobs that say in their metadata what they are. */
function isDirectory({ Properties, Metadata }: z.output<typeof listedBlob>): boolean {
  if (Properties.ResourceType === 'directory') return true;
  const mark = Object.entries(Metadata ?? {}).find(([name]) => name.toLowerCase() === 'hdi_isfolder')?.[1];
  return Array.isArray(mark) && String(mark[0]).toLowerCase() === 'true';
}

function remoteFile({ Name: name, Properties: properties }: z.output<typeof listedBlob>): RemoteFile {
  const md5 = properties['Content-MD5'];
  return {
    path: name,
    name,
    size: Number(properties['Content-Length']),
    version: quotedETag(properties.Etag),
    // Only who uploads a blob in one piece, or says it, leaves one.
    ...(md5 === undefined || md5 === '' ? {} : { checksums: { md5: hexadecimal(md5) } }),
  };
}
