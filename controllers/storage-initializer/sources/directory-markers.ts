import type { RemoteFile } from '../source';

/**
 * Leaves out what stands for a directory in a flat listing (SD-02): names that end in `/`, and files of zero length that another file has
 * as its parent. Other files of zero length are files.
 *
 * The listing is sorted by name, as object stores have it, so an empty file has to wait only for names that begin with its own: `a`, then
 * `a-b`, then `a/c`, which makes it a directory. At most as many wait as a name has characters.
 */
export async function* withoutDirectoryMarkers(files: AsyncIterable<RemoteFile>): AsyncGenerator<RemoteFile> {
  let waiting: readonly RemoteFile[] = [];
  for await (const file of files) {
    const still: RemoteFile[] = [];
    for (const empty of waiting) {
      const next = file.name.startsWith(empty.name) ? file.name.charAt(empty.name.length) : undefined;
      if (next === '/') continue;
      if (next !== undefined && next < '/') still.push(empty);
      else yield empty;
    }
    waiting = still;
    if (file.name.endsWith('/')) continue;
    if (file.size === 0) waiting = [...waiting, file];
    else yield file;
  }
  yield* waiting;
}
