import { numberVariable } from '../../general-settings';
import type { TextAnswer } from '../../http/http-client';
import type { ObjectSource, OpenSource, RemoteFile } from '../../source';
import { StorageError } from '../../storage-error';
import { askHub, notUnderstood } from '../hub/ask-hub';
import { encodedPath, parseHubUri } from '../hub/hub-uri';
import { hubRefusal } from './hub-refusal';
import { modelScopeSettings } from './hub-settings';
import { fileOf, isFolder, listingLimit, listingSchema, type RepositoryEntry } from './repository-files';

const defaultRevision = 'master';

/** Opens a model repository of ModelScope's hub: `modelscope://owner/model[:revision]`, in short `ms://`. */
export const openModelScope: OpenSource = (uri, { environment, http }): ObjectSource => {
  const { id, revision = defaultRevision } = parseHubUri(uri, { brand: 'ModelScope', scheme: 'modelscope' });
  const { endpoint, token } = modelScopeSettings(environment);
  // The API is old enough to know its users by a cookie, and new enough for a header field: its own client sends both.
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}`, cookie: `m_session_id=${token}` };
  const refusal = (name: string, status: number, body: string) =>
    hubRefusal({ name, endpoint, hasToken: token !== undefined }, status, body);
  const repository = `${id}:${revision}`;
  const hub = {
    protocol: 'ModelScope',
    endpoint,
    http,
    headers,
    refusal: ({ status, body }: TextAnswer) => refusal(repository, status, body),
  } as const;
  const api = `${endpoint}/api/v1/models/${encodedPath(id)}/repo`;

  const list = async (folder: string, recursive: boolean, signal: AbortSignal): Promise<RepositoryEntry[]> => {
    const query = new URLSearchParams({ Revision: revision, Recursive: recursive ? 'true' : 'false' });
    if (folder !== '') query.set('Root', folder);
    const { body, answer } = await askHub(hub, `${api}/files?${query.toString()}`, signal);
    const listing = listingSchema.safeParse(body);
    if (!listing.success) throw notUnderstood('ModelScope', endpoint, `it is no list of the files of ${id}`);
    if (listing.data.Success === false) throw refusal(repository, 200, answer.body);
    return listing.data.Data?.Files ?? [];
  };

  /** Files of a folder and below: at once, or folder by folder when there are too many for one listing. */
  const filesBelow = async function* (folder: string, signal: AbortSignal): AsyncGenerator<RemoteFile> {
    const all = await list(folder, true, signal);
    if (all.length < listingLimit) {
      yield* all.filter((entry) => !isFolder(entry)).map(fileOf);
      return;
    }
    const direct = await list(folder, false, signal);
    if (direct.length >= listingLimit) {
      const where = folder === '' ? repository : `${repository}/${folder}`;
      throw new StorageError(
        'other',
        `ModelScope error: ${where}: has ${listingLimit} entries or more, and the hub lists no more: ` +
          'spread them over folders',
      );
    }
    yield* direct.filter((entry) => !isFolder(entry)).map(fileOf);
    for (const { Path } of direct.filter(isFolder)) yield* filesBelow(Path, signal);
  };

  return {
    protocol: 'ModelScope',
    name: `modelscope://${id}${revision === defaultRevision ? '' : `:${revision}`}`,
    // As many as the hub's own client.
    fileConcurrency: 8,
    rangeConcurrency: numberVariable(environment, 'STORAGE_RANGE_CONCURRENCY', { otherwise: 4, least: 1, most: 64 }),
    files: (signal) => filesBelow('', signal),
    request: ({ path }, range) => ({
      url: `${api}?${new URLSearchParams({ Revision: revision, FilePath: path }).toString()}`,
      headers: {
        'accept-encoding': 'identity',
        ...headers,
        ...(range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` }),
      },
    }),
    failure: ({ path }, status, _headers, body) => refusal(`${id}/${path}`, status, body),
  };
};
