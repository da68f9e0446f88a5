import * as z from 'zod';
import type { HeaderFields } from '../../http/http-client';
import type { RemoteFile } from '../../source';

/** A file or folder as `/api/models/{id}/tree/{commit}` lists it; there is more, which nobody here needs. */
const entrySchema = z.object({
  type: z.string(),
  path: z.string().min(1),
  /** Of a file the git blob's id: of a file in LFS, of its pointer. */
  oid: z.string().min(1),
  size: z.number().int().nonnegative().optional(),
  lfs: z.object({ oid: z.string().min(1), size: z.number().int().nonnegative() }).optional(),
});

export const treePageSchema = z.array(entrySchema);

/** What `/api/models/{id}/revision/{revision}` says: the commit that the revision is at this moment. */
export const revisionSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40,64}$/) });

/** The files of a page. */
export function filesOf(page: z.output<typeof treePageSchema>): RemoteFile[] {
  return page.flatMap(({ type, path, oid, size, lfs }) => {
    if (type !== 'file') return [];
    if (lfs === undefined) return [{ path, name: path, version: oid, ...(size === undefined ? {} : { size }) }];
    const sha256 = lfs.oid.replace(/^sha256:/, '');
    const checksums = /^[0-9a-f]{64}$/.test(sha256) ? { checksums: { sha256 } } : {};
    return [{ path, name: path, version: lfs.oid, size: lfs.size, ...checksums }];
  });
}

/**
 * Query of the next page, by the `Link` field; `undefined` on the last one. Only the query is taken: mirrors pass on the links of the
 * hub, and our token is not for whoever stands there.
 */
export function nextPageQuery(headers: HeaderFields): string | undefined {
  const fields = [headers['link'] ?? []].flat().join(', ');
  const next = /<([^>]*)>\s*;[^<]*\brel="?next\b/i.exec(fields)?.[1];
  return next === undefined ? undefined : URL.parse(next, 'http://hub')?.search;
}
