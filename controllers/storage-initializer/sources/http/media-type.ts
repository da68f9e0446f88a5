import type { HeaderFields } from '../../http/http-client';
import { StorageError } from '../../storage-error';

/** Types that archives are served with, as KServe lists them in its message. */
const archiveTypes = {
  zip: ['application/x-zip-compressed', 'application/zip', 'application/zip-compressed'],
  tar: ['application/x-tar', 'application/x-gtar', 'application/x-gzip', 'application/gzip'],
};

/** Whether an answer is a page for people: a login form, an error with status 200. */
export function isPage(headers: HeaderFields): boolean {
  const type = headers['content-type'];
  return typeof type === 'string' && /^\s*text\/html\b/i.test(type);
}

/**
 * Refuses a page where an archive was asked for. Every other type is taken: servers say what they like, and the archive itself says what
 * it is.
 *
 * @throws StorageError in KServe's words
 */
export function refusePage(name: string, archive: 'tar' | 'zip', headers: HeaderFields): void {
  if (!isPage(headers)) return;
  const types = archiveTypes[archive].join(', ');
  throw new StorageError(
    'other',
    `URI: ${name} did not respond with any of following 'Content-Type': ${types} (but with text/html)`,
  );
}
