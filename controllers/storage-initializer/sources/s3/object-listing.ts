import type { RemoteFile } from '../../source';
import type { BucketRequests } from './bucket-requests';
import { parseListingPage, readListingPage, type ListedObject, type ListingPage } from './listing-page';
import { objectFacts } from './object-facts';
import { withoutPlaceholders } from './placeholder-objects';
import { contentLength } from '../../transfer/content-range';
import type { S3Location } from './s3-location';

/**
 * The objects that an S3 URI means: the one with exactly that key, else those below it. One request when there are less than a thousand
 * keys that begin so; siblings are never listed further than one page (SD-01).
 */
export async function* listedFiles(
  location: S3Location,
  requests: BucketRequests,
  signal: AbortSignal,
): AsyncGenerator<RemoteFile> {
  const { prefix, versionId } = location;
  const listing = new ObjectListing(location, requests, signal);
  if (prefix === '' || prefix.endsWith('/')) {
    yield* filesBelow(prefix, listing.objects(prefix));
    return;
  }
  if (versionId !== undefined) {
    yield exactFile(await listing.named(prefix));
    return;
  }
  const first = await listing.firstPage(prefix);
  const exact = first.objects.find(({ key }) => key === prefix);
  const folder = `${prefix}/`;
  // Children of the key come after all of `prefix-x` and `prefix.x`: a page that is full of those says nothing about them.
  const objects = first.next === undefined ? below(folder, first) : listing.objects(folder);
  if (exact !== undefined && exact.size > 0) yield exactFile(exact);
  else yield* orExact(exact, filesBelow(folder, objects));
}

/** An empty object is what the URI means when there is nothing below it. */
async function* orExact(exact: ListedObject | undefined, files: AsyncIterable<RemoteFile>): AsyncGenerator<RemoteFile> {
  let found = false;
  for await (const file of files) {
    found = true;
    yield file;
  }
  if (!found && exact !== undefined) yield exactFile(exact);
}

async function* below(folder: string, { objects }: ListingPage): AsyncGenerator<ListedObject> {
  for (const object of objects) if (object.key.startsWith(folder)) yield object;
}

async function* filesBelow(folder: string, objects: AsyncIterable<ListedObject>): AsyncGenerator<RemoteFile> {
  for await (const object of withoutPlaceholders(objects)) {
    // A server that does not know prefixes must not bring the whole bucket.
    if (object.key.startsWith(folder)) yield file(object, object.key.slice(folder.length).replace(/^\/+/, ''));
  }
}

function exactFile(object: ListedObject): RemoteFile {
  return { ...file(object, object.key.slice(object.key.lastIndexOf('/') + 1)), exact: true };
}

function file({ key, size, etag }: ListedObject, path: string): RemoteFile {
  return { path, name: key, size, ...(etag === undefined ? {} : { version: etag }) };
}

/** Asks for the pages of a listing, and reads one after the other. */
class ObjectListing {
  private pageBytes = Buffer.alloc(0);

  constructor(
    private readonly location: S3Location,
    private readonly requests: BucketRequests,
    private readonly signal: AbortSignal,
  ) {}

  async *objects(prefix: string): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do token = yield* readListingPage(await this.page(prefix, token), this.location.name);
    while (token !== undefined);
  }

  /** The first page; where listing is denied, the one object with that key as if it had been listed. */
  async firstPage(prefix: string): Promise<ListingPage> {
    const answer = await this.ask(prefix);
    if ('body' in answer) return parseListingPage(this.bytesOf(answer.body), this.location.name);
    if (answer.code !== 'AccessDenied') throw this.requests.refused(answer, prefix);
    const object = await this.head(prefix);
    if ('code' in object) throw this.requests.refused(answer, prefix);
    return { objects: [object] };
  }

  /** One object, asked by name. */
  async named(key: string): Promise<ListedObject> {
    const object = await this.head(key);
    if ('code' in object) throw this.requests.refused(object, key);
    return object;
  }

  private async page(prefix: string, token: string | undefined): Promise<Buffer> {
    const answer = await this.ask(prefix, token);
    if ('body' in answer) return this.bytesOf(answer.body);
    throw this.requests.refused(answer, prefix);
  }

  /**
   * A page as bytes, until the next one: these are outside of the heap, where the text of a page would count as something that stays. In
   * one place, because a buffer for each page would wait for the rare collection of all that is old.
   */
  private bytesOf(text: string): Buffer {
    const size = Buffer.byteLength(text);
    if (this.pageBytes.length < size) this.pageBytes = Buffer.alloc(size * 2);
    return this.pageBytes.subarray(0, this.pageBytes.write(text));
  }

  private ask(prefix: string, token?: string) {
    const parameters = {
      'list-type': '2',
      'encoding-type': 'url',
      prefix,
      ...(token === undefined ? {} : { 'continuation-token': token }),
    };
    return this.requests.send({ method: 'GET', key: '', parameters }, this.signal);
  }

  private async head(key: string) {
    const { versionId } = this.location;
    const parameters = versionId === undefined ? {} : { versionId };
    const answer = await this.requests.send({ method: 'HEAD', key, parameters }, this.signal);
    if (!('body' in answer)) return answer;
    const { version } = objectFacts(answer.headers);
    return { key, size: contentLength(answer.headers) ?? 0, ...(version === undefined ? {} : { etag: version }) };
  }
}
