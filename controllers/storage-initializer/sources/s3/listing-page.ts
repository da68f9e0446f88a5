import { z } from 'zod';
import { once, xmlValues } from '../../http/xml-answer';
import { StorageError } from '../../storage-error';

/** An object as a listing has it. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag?: string;
}

export interface ListingPage {
  readonly objects: readonly ListedObject[];
  /** What the next page is asked with; absent on the last. */
  readonly next?: string;
}

const size = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

const schema = z.object({
  ListBucketResult: once(
    z.object({
      IsTruncated: once(z.enum(['true', 'false'])).optional(),
      NextContinuationToken: once(z.string().min(1)).optional(),
      EncodingType: once(z.string()).optional(),
      Contents: z
        .array(z.object({ Key: once(z.string()), Size: once(size), ETag: once(z.string()).optional() }))
        .optional(),
    }),
  ),
});

/** Reads a page of ListObjectsV2. @param name what messages call the place. @throws StorageError for anything else */
export function parseListingPage(xml: string, name: string): ListingPage {
  const parsed = schema.safeParse(elements(xml, name));
  if (!parsed.success) {
    const { path = [], message = '' } = parsed.error.issues[0] ?? {};
    throw new StorageError(
      'other',
      `S3 error: listing ${name}: the answer is no listing: ${path.join('.')}: ${message}`,
    );
  }
  const { IsTruncated, NextContinuationToken, EncodingType, Contents = [] } = parsed.data.ListBucketResult;
  if (IsTruncated === 'true' && NextContinuationToken === undefined) {
    throw new StorageError(
      'other',
      `S3 error: listing ${name}: there is more, and the answer does not say how to get it`,
    );
  }
  const decode = EncodingType === 'url' ? (key: string) => decodeKey(key, name) : (key: string) => key;
  return {
    objects: Contents.map(({ Key, Size, ETag }) => ({
      key: decode(Key),
      size: Size,
      ...(ETag === undefined || ETag === '' ? {} : { etag: quoted(ETag) }),
    })),
    ...(IsTruncated === 'true' && NextContinuationToken !== undefined ? { next: NextContinuationToken } : {}),
  };
}

function elements(xml: string, name: string): unknown {
  try {
    return xmlValues(xml);
  } catch {
    throw new StorageError('other', `S3 error: listing ${name}: the answer is no XML, is the endpoint an S3 server?`);
  }
}

/** As forms are encoded: S3 writes a space as `+`, and `+` as `%2B`. */
function decodeKey(key: string, name: string): string {
  if (!/[%+]/.test(key)) return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw new StorageError('unsafe', `${name}: the name of object ${key} is not UTF-8, rename it`);
  }
}

/** Some servers leave the quotes out here that they write in the header. */
function quoted(etag: string): string {
  return etag.startsWith('"') || etag.startsWith('W/') ? etag : `"${etag}"`;
}
