import { displayUri } from '../../display-uri';
import { numberVariable } from '../../general-settings';
import { askStorage } from '../../http/ask-storage';
import { TokenRefused } from '../../http/access-token';
import { isSuccess } from '../../http/http-client';
import type { ObjectSource, OpenSource, RemoteFile, SourceContext } from '../../source';
import { StorageError } from '../../storage-error';
import { withoutDirectoryMarkers } from '../directory-markers';
import { gcsEndpoint, gcsLocation, listAddress, mediaAddress, objectAddress, type GcsLocation } from './gcs-address';
import { GcsAuthorization } from './gcs-authorization';
import { gcsFailure } from './gcs-failure';
import { downloadFacts, isTranscoded, parseObject, parsePage, remoteFile, type GcsObject } from './gcs-object';

/** Opens `gs://BUCKET/PATH`: the objects below the path, or the one that has it as its name. */
export const openGcsSource: OpenSource = (uri, context): ObjectSource => {
  const { environment } = context;
  return new GcsSource(
    gcsLocation(uri),
    displayUri(uri),
    gcsEndpoint(environment).url,
    new GcsAuthorization(context),
    context,
    numberVariable(environment, 'STORAGE_FILE_CONCURRENCY', { otherwise: 4, least: 1, most: 64 }),
    numberVariable(environment, 'STORAGE_RANGE_CONCURRENCY', { otherwise: 4, least: 1, most: 64 }),
  );
};

class GcsSource implements ObjectSource {
  readonly protocol = 'GCS';
  readonly unpacksArchives = true;
  /** Of the listing, which everything else follows: requests for tokens end with it. */
  private signal = new AbortController().signal;

  constructor(
    private readonly location: GcsLocation,
    readonly name: string,
    private readonly endpoint: string,
    private readonly authorization: GcsAuthorization,
    private readonly context: SourceContext,
    readonly fileConcurrency: number,
    readonly rangeConcurrency: number,
  ) {}

  async *files(signal: AbortSignal): AsyncGenerator<RemoteFile> {
    this.signal = signal;
    const { path, isFolder } = this.location;
    let found = false;
    for await (const file of withoutDirectoryMarkers(this.below(path === '' ? '' : `${path}/`, signal))) {
      found = true;
      yield file;
    }
    // Asked for last, as KServe does: a name that is both an object and a prefix is a folder that somebody has made by hand.
    if (!found && !isFolder) yield* this.single(path, signal);
  }

  async request({ name, version }: RemoteFile, range?: { readonly start: number; readonly end: number }) {
    return {
      url: mediaAddress(this.endpoint, this.location.bucket, name, version),
      headers: {
        // Nothing is compressed on the way, so that ranges and checksums are those of the object.
        'accept-encoding': 'identity',
        ...(range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` }),
        ...(await this.authorization.headers(this.signal)),
      },
    };
  }

  facts(_file: RemoteFile, headers: Parameters<typeof downloadFacts>[0]) {
    return downloadFacts(headers);
  }

  failure({ name, version }: RemoteFile, status: number, _headers: unknown, body: string): StorageError {
    const shown = this.shown(name);
    // The generation that was listed is gone: replaced or deleted, which asking for the newest one tells.
    if (status === 404 && version !== undefined) {
      return new StorageError('changed', `${shown}: was replaced or deleted while it was fetched`);
    }
    return this.refusal(shown, status, body);
  }

  /** Objects whose names begin with a prefix, as they are listed. */
  private async *below(prefix: string, signal: AbortSignal): AsyncGenerator<RemoteFile> {
    let pageToken: string | undefined;
    do {
      const url = listAddress(this.endpoint, this.location.bucket, prefix, pageToken);
      const page = parsePage(await this.ask(url, this.shown(''), signal), this.name);
      for (const object of page.items ?? []) {
        if (!object.name.startsWith(prefix)) continue;
        this.tellCompressed(object);
        yield remoteFile(object, object.name.slice(prefix.length));
      }
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined && pageToken !== '');
  }

  /** The object that the URI is the name of, if there is one. */
  private async *single(name: string, signal: AbortSignal): AsyncGenerator<RemoteFile> {
    const url = objectAddress(this.endpoint, this.location.bucket, name);
    let object: GcsObject;
    try {
      object = parseObject(await this.ask(url, this.shown(name), signal), this.name);
    } catch (error) {
      // Neither below nor there: what the engine says of an empty listing is KServe's message.
      if (error instanceof StorageError && error.failure === 'not-found') return;
      throw error;
    }
    this.tellCompressed(object);
    yield { ...remoteFile(object, name.slice(name.lastIndexOf('/') + 1)), exact: true };
  }

  /** Body of a 2xx answer. A token that is refused is renewed once. @throws StorageError */
  private async ask(url: string, shown: string, signal: AbortSignal): Promise<string> {
    for (let renewed = false; ; renewed = true) {
      const headers = await this.authorization.headers(signal);
      const answer = await askStorage(this.context.http, 'GCS', { url, headers }, signal);
      if (isSuccess(answer.status)) return answer.body;
      const failure = this.refusal(shown, answer.status, answer.body);
      if (!(failure instanceof TokenRefused)) throw failure;
      if (renewed) throw failure.refusal;
    }
  }

  private refusal(shown: string, status: number, body: string): StorageError {
    const failure = gcsFailure(shown, status, body);
    return status === 401 && this.authorization.refused() ? new TokenRefused(failure) : failure;
  }

  /** An object that only its owner's settings keep from being decompressed: the model server gets it as it is stored. */
  private tellCompressed(object: GcsObject): void {
    if (object.contentEncoding !== 'gzip' || isTranscoded(object)) return;
    this.context.log.warn(`${this.shown(object.name)}: kept compressed, since it is stored as gzip with no-transform`);
  }

  private shown(name: string): string {
    return `gs://${this.location.bucket}${name === '' ? '' : `/${name}`}`;
  }
}
