import * as z from 'zod';
import { parsedJson } from '../../http/parsed-json';
import type { HeaderFields } from '../../http/http-client';
import type { Checksums, FileFacts, RemoteFile } from '../../source';
import { StorageError } from '../../storage-error';

const gcsObject = z.object({
  name: z.string(),
  size: z.string().regex(/^\d{1,15}$/),
  generation: z.string().regex(/^\d+$/),
  md5Hash: z.string().optional(),
  crc32c: z.string().optional(),
  contentEncoding: z.string().optional(),
  cacheControl: z.string().optional(),
});

const gcsPage = z.object({ items: z.array(gcsObject).optional(), nextPageToken: z.string().optional() });

/** An object as the API describes it. */
export type GcsObject = z.output<typeof gcsObject>;

/** A page of a listing. @throws StorageError when it is none */
export function parsePage(body: string, where: string): z.output<typeof gcsPage> {
  return judged(gcsPage.safeParse(parsedJson(body)), where);
}

/** What is known about one object. @throws StorageError when the answer is something else */
export function parseObject(body: string, where: string): GcsObject {
  return judged(gcsObject.safeParse(parsedJson(body)), where);
}

function judged<T>(result: z.ZodSafeParseResult<T>, where: string): T {
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue === undefined ? '' : ` (${issue.path.join('.')}: ${issue.message})`;
  throw new StorageError('other', `GCS error: ${where}: the answer is not one of Cloud Storage${at}`);
}

/**
 * The file that an object becomes.
 *
 * Objects that are stored with gzip and served without (`isTranscoded`) have neither the length nor the checksum that Google stored: the
 * model server gets the content, as it does from KServe's initializer, and its length is only watched by the connection.
 */
export function remoteFile(object: GcsObject, path: string): RemoteFile {
  const { name, generation } = object;
  if (isTranscoded(object)) return { path, name, version: generation };
  return { path, name, version: generation, size: Number(object.size), checksums: checksumsOf(object) };
}

/** Whether Google decompresses an object for who does not ask for gzip: unless its owner forbids it. */
export function isTranscoded({ contentEncoding, cacheControl }: GcsObject): boolean {
  return contentEncoding === 'gzip' && !(cacheControl ?? '').includes('no-transform');
}

/** What the head of a download says. Also of objects that were replaced since the listing, of which nothing else is known. */
export function downloadFacts(headers: HeaderFields): FileFacts {
  const field = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined);
  // Decompressed on the way: no ranges, no length, no checksum, so nothing that a later request could be held against.
  if (field('x-goog-stored-content-encoding') === 'gzip' && field('content-encoding') === undefined) return {};
  const hashes = new Map(
    (field('x-goog-hash') ?? '').split(',').map((entry) => {
      const [algorithm = '', ...value] = entry.trim().split('=');
      return [algorithm, value.join('=')] as const;
    }),
  );
  const version = field('x-goog-generation');
  return {
    ...(version === undefined ? {} : { version }),
    checksums: checksumsOf({ crc32c: hashes.get('crc32c'), md5Hash: hashes.get('md5') }),
  };
}

function checksumsOf({ crc32c, md5Hash }: { crc32c?: string | undefined; md5Hash?: string | undefined }): Checksums {
  return {
    ...(crc32c === undefined ? {} : { crc32c: hexadecimal(crc32c) }),
    // Objects that were composed of others have none.
    ...(md5Hash === undefined ? {} : { md5: hexadecimal(md5Hash) }),
  };
}

function hexadecimal(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}
