import { displayUri } from '../../display-uri';
import { numberVariable, switchVariable } from '../../general-settings';
import type { HeaderFields } from '../../http/http-client';
import type { ByteRange, FileFacts, FileRequest, ObjectSource, OpenSource, RemoteFile } from '../../source';
import { StorageError } from '../../storage-error';
import { AzureAuthorization } from '../azure/azure-authorization';
import { AzureRequests, hexadecimal } from '../azure/azure-requests';
import { azureAddress, azureLocation, type AzureLocation } from '../azure/azure-uri';
import { parseDirectoryPage } from './share-listing';

/**
 * Opens `https://ACCOUNT.file.core.windows.net/SHARE/PATH`: the files of a directory of a share, however deep, or the one file of that
 * name.
 *
 * Files keep their path from the root of the share, as with KServe; with `STORAGE_AZURE_FILE_RELATIVE_PATHS=true` they are below the
 * destination as they are below the path, as from every other storage.
 */
export const openAzureFileSource: OpenSource = (uri, context): ObjectSource => {
  const { environment } = context;
  const location = azureLocation(uri, 'file', environment);
  const limits = { otherwise: 4, least: 1, most: 64 };
  return new AzureFileSource(
    location,
    displayUri(uri),
    switchVariable(environment, 'STORAGE_AZURE_FILE_RELATIVE_PATHS'),
    new AzureRequests(new AzureAuthorization(location, 'file', context), context),
    numberVariable(environment, 'AZURE_MAX_FILE_CONCURRENCY', limits),
    numberVariable(environment, 'AZURE_MAX_CHUNK_CONCURRENCY', limits),
  );
};

class AzureFileSource implements ObjectSource {
  readonly protocol = 'Azure';
  readonly unpacksArchives = true;

  constructor(
    private readonly location: AzureLocation,
    readonly name: string,
    private readonly isRelative: boolean,
    private readonly requests: AzureRequests,
    readonly fileConcurrency: number,
    readonly rangeConcurrency: number,
  ) {}

  async *files(signal: AbortSignal): AsyncGenerator<RemoteFile> {
    const { path, isFolder } = this.location;
    try {
      yield* this.below(path, signal);
    } catch (error) {
      // A file has no entries, and what is no directory is not found: then its directory tells.
      if (isFolder || !(error instanceof StorageError) || error.failure !== 'not-found') throw error;
      const file = await this.single(path, signal);
      if (file === undefined) throw error;
      yield file;
    }
  }

  /** Without a condition: the service knows none. The ETag of the answer tells whether the file is still the same. */
  request({ name }: RemoteFile, range: ByteRange | undefined): Promise<FileRequest> {
    return this.requests.download(azureAddress(this.location, name), undefined, range);
  }

  facts(_file: RemoteFile, headers: HeaderFields): FileFacts {
    const etag = headers['etag'];
    // Of an answer with a range, `Content-MD5` would be that of the range.
    const md5 = headers['x-ms-content-md5'] ?? (headers['content-range'] === undefined ? headers['content-md5'] : []);
    return {
      ...(typeof etag === 'string' ? { version: etag } : {}),
      ...(typeof md5 === 'string' ? { checksums: { md5: hexadecimal(md5) } } : {}),
    };
  }

  failure({ name }: RemoteFile, status: number, headers: HeaderFields, body: string): StorageError {
    return this.requests.failure(azureAddress(this.location, name), status, headers, body);
  }

  /** Every file below a directory. Directories wait by their paths, of one branch of the tree at a time. */
  private async *below(top: string, signal: AbortSignal): AsyncGenerator<RemoteFile> {
    const waiting = [top];
    for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
      const found: string[] = [];
      for await (const page of this.pages(directory, '', signal)) {
        for (const { name, ...known } of page.files) yield this.file(joined(directory, name), known);
        for (const name of page.directories) found.push(joined(directory, name));
      }
      waiting.push(...found.reverse());
    }
  }

  /** The file of exactly this path, from the listing of its directory. */
  private async single(path: string, signal: AbortSignal): Promise<RemoteFile | undefined> {
    const slash = path.lastIndexOf('/');
    const [directory, base] = [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
    for await (const page of this.pages(directory, base, signal)) {
      const found = page.files.find(({ name }) => name === base);
      if (found === undefined) continue;
      return { ...this.file(path, found), path: this.isRelative ? base : path, exact: true };
    }
    return undefined;
  }

  private async *pages(directory: string, prefix: string, signal: AbortSignal) {
    let marker: string | undefined;
    do {
      const query = new URLSearchParams({
        restype: 'directory',
        comp: 'list',
        maxresults: '5000',
        include: 'Etag',
        ...(prefix === '' ? {} : { prefix }),
        ...(marker === undefined ? {} : { marker }),
      });
      const url = azureAddress(this.location, directory, query);
      const page = parseDirectoryPage(
        await this.requests.page(url, { 'x-ms-file-extended-info': 'true' }, signal),
        this.name,
      );
      yield page;
      marker = page.next;
    } while (marker !== undefined);
  }

  /** Sizes and ETags are of the listing, which can lag behind a file that is being written: the engine then fetches it anew. */
  private file(name: string, { size, version }: { readonly size: number; readonly version?: string }): RemoteFile {
    const { path } = this.location;
    return {
      path: this.isRelative && path !== '' ? name.slice(path.length + 1) : name,
      name,
      size,
      ...(version === undefined ? {} : { version }),
    };
  }
}

function joined(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
