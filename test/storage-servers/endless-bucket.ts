import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A double of an S3 bucket with more objects than a test could upload: a real server takes minutes for 200,000 of them.
 *
 * Built from the API reference of S3 (ListObjectsV2, GetObject): pages of at most 1,000 keys in the order of their bytes, a continuation
 * token where there are more, keys encoded as asked, elements as S3 has them in their order. Pages are made when they are asked for,
 * so that the double needs no memory for its objects.
 *
 * Limits: one bucket, addressed by path; nobody has to sign; no delimiter, no start-after, no owner; only the last object can be read.
 */
export interface EndlessBucket {
  readonly endpoint: string;
  /** The folder that has all the objects. */
  readonly uri: string;
  /** Name of the last object below the folder, and what is in it. */
  readonly last: { readonly path: string; readonly content: string };
  /** Pages that were asked for. */
  readonly pages: () => number;
  close(): Promise<void>;
}

const bucket = 'endless';
const folder = 'models/large/';
const last = { path: 'weights.bin', content: 'the end' };
const lastETag = `"${createHash('md5').update(last.content).digest('hex')}"`;
const mostKeys = 1000;

/** Starts the bucket on 127.0.0.1. @param keys how many objects it has, the last one included */
export async function startEndlessBucket(keys: number): Promise<EndlessBucket> {
  let pages = 0;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bucket');
    if (pathname === `/${bucket}/${folder}${last.path}`) {
      response.writeHead(200, { 'content-length': last.content.length, etag: lastETag }).end(last.content);
    } else if (pathname === `/${bucket}` || pathname === `/${bucket}/`) {
      pages += 1;
      response.writeHead(200, { 'content-type': 'application/xml' }).end(listing(keys, searchParams));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    uri: `s3://${bucket}/${folder}`,
    last,
    pages: () => pages,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listing(keys: number, asked: URLSearchParams): string {
  const prefix = asked.get('prefix') ?? '';
  const count = folder.startsWith(prefix) ? keys : 0;
  const start = Number(asked.get('continuation-token')?.replace('from-', '') ?? 0);
  const end = Math.min(count, start + Math.min(mostKeys, Number(asked.get('max-keys') ?? mostKeys)));
  const encode = asked.get('encoding-type') === 'url' ? encodedKey : (key: string) => key;
  const contents: string[] = [];
  for (let index = start; index < end; index += 1)
    contents.push(
      index === keys - 1
        ? object(encode(`${folder}${last.path}`), last.content.length, lastETag)
        : object(encode(keyOf(index, keys)), 1_000_000 + index, etagOf(index)),
    );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${bucket}</Name><Prefix>${encode(prefix)}</Prefix><KeyCount>${end - start}</KeyCount><MaxKeys>${mostKeys}</MaxKeys>`,
    asked.get('encoding-type') === 'url' ? '<EncodingType>url</EncodingType>' : '',
    end < count
      ? `<NextContinuationToken>from-${end}</NextContinuationToken><IsTruncated>true</IsTruncated>`
      : '<IsTruncated>false</IsTruncated>',
    ...contents,
    '</ListBucketResult>',
  ].join('');
}

function object(key: string, size: number, etag: string): string {
  return (
    `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>` +
    `<ETag>${etag.replaceAll('"', '&quot;')}</ETag>` +
    '<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>' +
    `<Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  );
}

/** Names with what is encoded in listings, in their order; that of the last object comes after all of them. */
function keyOf(index: number, keys: number): string {
  const number = String(index).padStart(9, '0');
  return `${folder}tokens/part ${number.slice(0, 6)}/shard-${number}-of-${String(keys).padStart(9, '0')}.jsonl+gz`;
}

function encodedKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

function etagOf(index: number): string {
  return `"${index.toString(16).padStart(32, '0')}"`;
}
