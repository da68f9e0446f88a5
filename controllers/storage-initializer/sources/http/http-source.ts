import { displayUri } from '../../display-uri';
import { numberVariable } from '../../general-settings';
import type { ObjectSource, OpenSource, RemoteFile } from '../../source';
import { StorageError, storageFailure } from '../../storage-error';

/** Opens a file behind a URL. */
export const openHttpSource: OpenSource = (uri, { environment }): ObjectSource => {
  const name = displayUri(uri);
  const url = URL.parse(uri);
  if (url === null) throw new StorageError('other', `Cannot recognize storage type for ${name}`);
  const fileName = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
  if (fileName === '') throw new StorageError('other', `No filename contained in URI: ${name}`);
  url.hash = '';
  const file: RemoteFile = { path: fileName, name, exact: true };
  return {
    protocol: 'HTTP',
    name,
    fileConcurrency: 1,
    rangeConcurrency: numberVariable(environment, 'STORAGE_RANGE_CONCURRENCY', { otherwise: 4, least: 1, most: 64 }),
    async *files() {
      yield file;
    },
    request: ({ version }, range) => ({
      url: url.href,
      headers: {
        'accept-encoding': 'identity',
        ...(range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` }),
        ...(version === undefined || range === undefined ? {} : { 'if-match': version }),
      },
    }),
    facts: (_file, headers) => {
      const etag = headers['etag'];
      // Weak ones are equal for bodies that differ.
      return typeof etag === 'string' && !etag.startsWith('W/') ? { version: etag } : {};
    },
    failure: (_file, status) => {
      if (status === 401) {
        return new StorageError('credentials', `HTTP authentication failed for '${name}'. Verify credentials.`);
      }
      if (status === 403) return new StorageError('denied', `HTTP access denied for '${name}'. Verify permissions.`);
      if (status === 404) return new StorageError('not-found', `HTTP resource not found at '${name}'.`);
      if (status === 412) return new StorageError('changed', `${name}: was replaced while it was fetched`);
      return storageFailure('HTTP', 'other', name, `HTTP request to '${name}' failed with status code ${status}.`);
    },
  };
};
