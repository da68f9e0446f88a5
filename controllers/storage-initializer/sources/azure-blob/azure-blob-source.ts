import { displayUri } from '../../display-uri';
import { numberVariable } from '../../general-settings';
import type { HeaderFields } from '../../http/http-client';
import type { ByteRange, FileFacts, FileRequest, ObjectSource, OpenSource, RemoteFile } from '../../source';
import { type StorageError } from '../../storage-error';
import { AzureAuthorization } from '../azure/azure-authorization';
import { AzureRequests, hexadecimal } from '../azure/azure-requests';
import { azureAddress, azureLocation, type AzureLocation } from '../azure/azure-uri';
import { withoutDirectoryMarkers } from '../directory-markers';
import { parseBlobPage } from './blob-listing';

/** Opens `https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH`: the blobs below the path, or the one that has it as its name. */
export const openAzureBlobSource: OpenSource = (uri, context): ObjectSource => {
  const { environment } = context;
  const location = azureLocation(uri, 'blob', environment);
  const limits = { otherwise: 4, least: 1, most: 64 };
  return new AzureBlobSource(
    location,
    displayUri(uri),
    new AzureRequests(new AzureAuthorization(location, 'blob', context), context),
    numberVariable(environment, 'AZURE_MAX_FILE_CONCURRENCY', limits),
    numberVariable(environment, 'AZURE_MAX_CHUNK_CONCURRENCY', limits),
  );
};

class AzureBlobSource implements ObjectSource {
  readonly protocol = 'Azure';
  readonly unpacksArchives = true;

  constructor(
    private readonly location: AzureLocation,
    readonly name: string,
    private readonly requests: AzureRequests,
    readonly fileConcurrency: number,
    readonly rangeConcurrency: number,
  ) {}

  async *files(signal: AbortSignal): AsyncGenerator<RemoteFile> {
    const { path, isFolder } = this.location;
    if (path !== '' && !isFolder) {
      // Asked for first: its name is the first of those that begin with it. As with S3, a blob of exactly this name is what is meant.
      const [first] = (await this.page(path, undefined, signal, 1)).blobs;
      if (first?.name === path) {
        yield* this.named(first, signal);
        return;
      }
    }
    yield* withoutDirectoryMarkers(this.below(path === '' ? '' : `${path}/`, signal));
  }

  request({ name, version }: RemoteFile, range: ByteRange | undefined): Promise<FileRequest> {
    return this.requests.download(azureAddress(this.location, name), version, range);
  }

  facts(_file: RemoteFile, headers: HeaderFields): FileFacts {
    const etag = headers['etag'];
    // Of an answer with a range, `Content-MD5` would be that of the range.
    const md5 =
      headers['x-ms-blob-content-md5'] ?? (headers['content-range'] === undefined ? headers['content-md5'] : []);
    return {
      ...(typeof etag === 'string' ? { version: etag } : {}),
      ...(typeof md5 === 'string' ? { checksums: { md5: hexadecimal(md5) } } : {}),
    };
  }

  failure({ name }: RemoteFile, status: number, headers: HeaderFields, body: string): StorageError {
    return this.requests.failure(azureAddress(this.location, name), status, headers, body);
  }

  /** The blob that the URI is the name of; what is below it when it only stands for a directory. */
  private async *named(blob: RemoteFile, signal: AbortSignal): AsyncGenerator<RemoteFile> {
    const { path } = this.location;
    let isMarker = false;
    if (blob.size === 0) {
      for await (const file of withoutDirectoryMarkers(this.below(`${path}/`, signal))) {
        isMarker = true;
        yield file;
      }
    }
    if (!isMarker) yield { ...blob, path: path.slice(path.lastIndexOf('/') + 1), exact: true };
  }

  private async *below(prefix: string, signal: AbortSignal): AsyncGenerator<RemoteFile> {
    let marker: string | undefined;
    do {
      const page = await this.page(prefix, marker, signal);
      for (const blob of page.blobs) {
        if (blob.name.startsWith(prefix)) yield { ...blob, path: blob.name.slice(prefix.length) };
      }
      marker = page.next;
    } while (marker !== undefined);
  }

  private async page(prefix: string, marker: string | undefined, signal: AbortSignal, most = 5000) {
    const query = new URLSearchParams({
      restype: 'container',
      comp: 'list',
      include: 'metadata',
      maxresults: String(most),
      ...(prefix === '' ? {} : { prefix }),
      ...(marker === undefined ? {} : { marker }),
    });
    const url = azureAddress(this.location, '', query);
    return parseBlobPage(await this.requests.page(url, {}, signal), this.name);
  }
}
