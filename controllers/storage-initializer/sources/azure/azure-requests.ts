import { displayUri } from '../../display-uri';
import { TokenRefused } from '../../http/access-token';
import { askStorage } from '../../http/ask-storage';
import { isSuccess, type HeaderFields } from '../../http/http-client';
import { xmlValues } from '../../http/xml-answer';
import type { ByteRange, FileRequest, SourceContext } from '../../source';
import { StorageError } from '../../storage-error';
import type { AzureAuthorization } from './azure-authorization';
import { azureFailure } from './azure-failure';

/** Requests of a source in an Azure account: pages of listings, downloads, and what refusals mean. */
export class AzureRequests {
  /** Of the listing, which everything else follows: requests for tokens end with it. */
  private signal = new AbortController().signal;

  constructor(
    private readonly authorization: AzureAuthorization,
    private readonly context: SourceContext,
  ) {}

  /**
   * A page of a listing as plain values, for a schema to judge. A token that is refused is renewed once.
   *
   * @throws StorageError
   */
  async page(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
    this.signal = signal;
    const shown = displayUri(url);
    for (let renewed = false; ; renewed = true) {
      const request = await this.authorization.signed(url, headers, signal);
      const answer = await askStorage(this.context.http, 'Azure', request, signal);
      if (isSuccess(answer.status)) return pageOf(answer.body, shown);
      const failure = this.failure(shown, answer.status, answer.headers, answer.body);
      if (!(failure instanceof TokenRefused)) throw failure;
      if (renewed) throw failure.refusal;
    }
  }

  /** The GET of a file or of a range of it. @param version ETag that it must have */
  download(url: string, version: string | undefined, range: ByteRange | undefined): Promise<FileRequest> {
    return this.authorization.signed(
      url,
      {
        'accept-encoding': 'identity',
        ...(range === undefined ? {} : { 'x-ms-range': `bytes=${range.start}-${range.end - 1}` }),
        ...(version === undefined ? {} : { 'if-match': version }),
      },
      this.signal,
    );
  }

  failure(shown: string, status: number, headers: HeaderFields, body: string): StorageError {
    const failure = azureFailure(
      shown,
      { status, headers, body },
      this.authorization.isAnonymous,
      this.context.clock.now(),
    );
    return status === 401 && this.authorization.refused() ? new TokenRefused(failure) : failure;
  }
}

/** Text of a page; some services begin it with a byte order mark. */
function pageOf(body: string, shown: string): unknown {
  try {
    return xmlValues(body.replace(/^\uFEFF/, ''));
  } catch {
    throw unexpectedPage(shown);
  }
}

/** What is no page of a listing: a login page, a proxy's. */
export function unexpectedPage(shown: string): StorageError {
  return new StorageError('other', `Azure error: ${shown}: the answer is not a listing of Azure storage`);
}

/** An ETag as conditions want it. Listings have it without quotes. */
export function quotedETag(etag: string): string {
  return /^(W\/)?"/.test(etag) ? etag : `"${etag}"`;
}

/** Base64, as headers and listings have it, as hexadecimal. */
export function hexadecimal(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}
