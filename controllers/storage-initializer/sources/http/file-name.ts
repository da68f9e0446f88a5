import { StorageError } from '../../storage-error';
import { displayUri } from '../../display-uri';
import { percentDecoded } from './percent-decoded';

/**
 * Name of the file behind a URL: the last segment of its path, decoded. In `.../o/folder%2Fmodel.bin` that is `model.bin`. What the
 * server would call it (`Content-Disposition`) does not count: the user knows the URL.
 *
 * @throws StorageError when there is none
 */
export function fileNameOf(url: URL): string {
  const decoded = percentDecoded(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
  const name = decoded.slice(decoded.lastIndexOf('/') + 1);
  if (name !== '' && name !== '.' && name !== '..') return name;
  throw new StorageError('other', `No filename contained in URI: ${displayUri(url.href)}`);
}

/** Kind of archive by the end of a name. */
export function archiveByName(name: string): 'tar' | 'zip' | undefined {
  if (/\.(tar|tgz|tar\.(gz|bz2|xz))$/i.test(name)) return 'tar';
  return /\.zip$/i.test(name) ? 'zip' : undefined;
}

/** Extensions of programs that answer, not of what they answer with. */
const programs = /\.(php\d?|aspx?|ashx|jspx?|cgi|do|action|pl|py)$/i;

/**
 * Kind of archive that the query of a URL names, as in `download?path=/x/model.zip`; `undefined` when none does, or when the path has an
 * extension that says what the file is.
 */
export function archiveByQuery(url: URL): 'tar' | 'zip' | undefined {
  const name = fileNameOf(url);
  if (/\.[a-z][a-z0-9]*$/i.test(name) && !programs.test(name)) return undefined;
  for (const [, value] of url.searchParams) {
    const archive = archiveByName(value);
    if (archive !== undefined) return archive;
  }
  return undefined;
}
