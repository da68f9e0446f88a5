import * as z from 'zod';
import { once, xmlRows, type XmlElements, type XmlValue } from '../../http/xml-answer';
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

const rowSchema = z.object({ Key: once(z.string()), Size: once(size), ETag: once(z.string()).optional() });

const pageSchema = z.object({
  ListBucketResult: once(
    z.object({
      IsTruncated: once(z.enum(['true', 'false'])).optional(),
      NextContinuationToken: once(z.string().min(1)).optional(),
    }),
  ),
});

/**
 * Reads a page of ListObjectsV2 object by object: a page needs megabytes while it is read whole.
 *
 * @param xml UTF-8
 * @param name what messages call the place
 * @returns what the next page is asked with; `undefined` on the last
 * @throws StorageError for anything else, when it is reached
 */
export function* readListingPage(xml: Buffer, name: string): Generator<ListedObject, string | undefined, undefined> {
  const rows = xmlRows(xml, 'Contents');
  // May be said after the keys. Raw text has no `<`, so this is the element.
  const isEncoded = xml.includes('EncodingType>url<');
  for (let count = 0; ; count += 1) {
    const read = nextOf(rows, name);
    if (read.done === true) return continuation(read.value, name);
    const row = rowSchema.safeParse(read.value);
    if (!row.success) throw noListing(name, row.error, ['ListBucketResult', 'Contents', count]);
    const { Key, Size, ETag } = row.data;
    yield {
      key: isEncoded ? decodeKey(Key, name) : Key,
      size: Size,
      ...(ETag === undefined || ETag === '' ? {} : { etag: quoted(ETag) }),
    };
  }
}

/** {@link readListingPage}, the whole page. */
export function parseListingPage(xml: Buffer, name: string): ListingPage {
  const objects: ListedObject[] = [];
  const reading = readListingPage(xml, name);
  for (;;) {
    const read = reading.next();
    if (read.done === true) return { objects, ...(read.value === undefined ? {} : { next: read.value }) };
    objects.push(read.value);
  }
}

function nextOf(rows: Generator<XmlValue, XmlElements>, name: string): IteratorResult<XmlValue, XmlElements> {
  try {
    return rows.next();
  } catch {
    throw new StorageError('other', `S3 error: listing ${name}: the answer is no XML, is the endpoint an S3 server?`);
  }
}

function continuation(rest: XmlElements, name: string): string | undefined {
  const page = pageSchema.safeParse(rest);
  if (!page.success) throw noListing(name, page.error);
  const { IsTruncated, NextContinuationToken } = page.data.ListBucketResult;
  if (IsTruncated !== 'true') return undefined;
  if (NextContinuationToken !== undefined) return NextContinuationToken;
  throw new StorageError(
    'other',
    `S3 error: listing ${name}: there is more, and the answer does not say how to get it`,
  );
}

function noListing(name: string, { issues: [issue] }: z.ZodError, above: readonly PropertyKey[] = []): StorageError {
  const place = [...above, ...(issue?.path ?? [])].join('.');
  return new StorageError(
    'other',
    `S3 error: listing ${name}: the answer is no listing: ${place}: ${issue?.message ?? ''}`,
  );
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
