import { displayUri } from '../../display-uri';
import { numberVariable, switchVariable } from '../../general-settings';
import { isTransientStatus } from '../../http/http-client';
import type { ByteRange, FileRequest, ObjectSource, OpenSource, RemoteFile } from '../../source';
import { StorageError } from '../../storage-error';
import { archiveByName, archiveByQuery, fileNameOf } from './file-name';
import { headersFor, headerVariable } from './header-variable';
import { isPage, refusePage } from './media-type';
import { offeredChecksums } from './offered-checksums';
import { percentDecoded } from './percent-decoded';
import { conditionOf, versionOf } from './validators';

/**
 * Opens a file behind a URL: one file, with the header fields of the variable `<hostname>-headers` and the user info of the URL.
 *
 * Guarantees: neither query nor user info nor a header field is in a message.
 */
export const openHttpSource: OpenSource = (uri, { environment, http, log }): ObjectSource => {
  const name = displayUri(uri);
  const url = URL.parse(uri);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new StorageError('other', `Cannot recognize storage type for ${name}`);
  }
  const path = fileNameOf(url);
  const byQuery = archiveByName(path) === undefined ? archiveByQuery(url) : undefined;
  const archive = archiveByName(path) ?? byQuery;
  const file: RemoteFile = { path, name, exact: true, ...(byQuery === undefined ? {} : { archive: byQuery }) };
  const headers = { ...headersFor(url.hostname, environment), ...authorizationOf(url) };
  let pageTold = false;
  return {
    protocol: 'HTTP',
    name,
    fileConcurrency: 1,
    unpacksArchives: true,
    rangeConcurrency: numberVariable(environment, 'STORAGE_RANGE_CONCURRENCY', { otherwise: 4, least: 1, most: 64 }),
    // Otherwise a server in the pod's own network may be meant.
    ...(switchVariable(environment, 'STORAGE_HTTP_DENY_LOCAL') ? { http: http.with({ refuse: 'local' }) } : {}),
    async *files() {
      yield file;
    },
    request: ({ version }, range) => requestOf(urlToSend(url), headers, version, range, !isCompressed(path)),
    facts: (_file, answer) => {
      if (archive !== undefined) refusePage(name, archive, answer);
      else if (isPage(answer) && !/\.html?$/i.test(path) && !pageTold) {
        pageTold = true;
        log.warn(`${name}: the server answers with text/html: is it the model, or a page for people?`);
      }
      const version = versionOf(answer);
      return { ...(version === undefined ? {} : { version }), checksums: offeredChecksums(answer) };
    },
    failure: (_file, status) => failureOf(name, status, Object.keys(headers).length > 0 ? undefined : url.hostname),
  };
};

/** What a status means, in KServe's words. @param unasked the host whose header variable is not set */
function failureOf(name: string, status: number, unasked: string | undefined): StorageError {
  const hint = unasked === undefined ? '' : ` (none were sent, the variable '${headerVariable(unasked)}' is not set)`;
  switch (status) {
    case 401:
      return new StorageError('credentials', `HTTP authentication failed for '${name}'. Verify credentials.${hint}`);
    case 403:
      return new StorageError('denied', `HTTP access denied for '${name}'. Verify permissions.`);
    case 404:
      return new StorageError('not-found', `HTTP resource not found at '${name}'.`);
    // The condition of the request does not hold; the file is shorter than what is there of it.
    case 412:
    case 416:
      return new StorageError('changed', `${name}: was replaced while it was fetched`);
    default:
      return new StorageError(
        isTransientStatus(status) ? 'connection' : 'other',
        `HTTP request to '${name}' failed with status code ${status}.`,
      );
  }
}

function requestOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  version: string | undefined,
  range: ByteRange | undefined,
  decoded: boolean,
): FileRequest {
  return {
    url,
    decoded,
    headers: {
      ...headers,
      // Ranges, lengths and checksums are of what is stored.
      'accept-encoding': 'identity',
      ...(range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` }),
      ...(version === undefined || range === undefined ? {} : conditionOf(version)),
    },
  };
}

/** User info as Basic authentication, which wins over a field of the variable, as it does in Python's requests. */
function authorizationOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const bytes = Buffer.from(`${percentDecoded(username)}:${percentDecoded(password)}`);
  return { authorization: `Basic ${bytes.toString('base64')}` };
}

/** The URL with its query, without what is not for the server or is sent otherwise. */
function urlToSend(url: URL): string {
  return `${url.origin}${url.pathname}${url.search}`;
}

/**
 * Whether a file is compressed by its name: then `Content-Encoding: gzip` is said of the file itself, as Apache does with `.tgz` by
 * default, and is not to be undone.
 */
function isCompressed(path: string): boolean {
  return /\.(gz|tgz|br|zst|z)$/i.test(path);
}
