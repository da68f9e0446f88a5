import { numberVariable } from '../../general-settings';
import type { TextAnswer } from '../../http/http-client';
import type { ObjectSource, OpenSource, RemoteFile } from '../../source';
import { StorageError } from '../../storage-error';
import { askHub, notUnderstood } from '../hub/ask-hub';
import { encodedPath, parseHubUri } from '../hub/hub-uri';
import { hubRefusal } from './hub-refusal';
import { huggingFaceSettings } from './hub-settings';
import { filesOf, nextPageQuery, revisionSchema, treePageSchema } from './repository-tree';

const defaultRevision = 'main';

/** Opens a model repository of Hugging Face's hub: `hf://owner/model[:revision]`. */
export const openHuggingFace: OpenSource = (uri, { environment, http, log }): ObjectSource => {
  const { id, revision = defaultRevision } = parseHubUri(uri, { brand: 'Hugging Face', scheme: 'hf' });
  const { endpoint, token, offline } = huggingFaceSettings(environment, log);
  if (offline) {
    throw new StorageError('other', `HuggingFace error: HF_HUB_OFFLINE is set, and ${id} has to be fetched: unset it`);
  }
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const refused = { endpoint, revision, hasToken: token !== undefined };
  const hub = {
    protocol: 'HuggingFace',
    endpoint,
    http,
    headers,
    refusal: ({ status, headers, body }: TextAnswer) => hubRefusal({ name: id, ...refused }, status, headers, body),
  } as const;
  const api = `${endpoint}/api/models/${encodedPath(id)}`;
  /** What the revision was when the listing began: every file is of this commit, whatever is pushed meanwhile. */
  let commit = '';

  const currentCommit = async (signal: AbortSignal) => {
    // Without `expand` the answer has every file of the repository in it.
    const { body } = await askHub(hub, `${api}/revision/${encodeURIComponent(revision)}?expand%5B%5D=sha`, signal);
    const parsed = revisionSchema.safeParse(body);
    if (!parsed.success) throw notUnderstood('HuggingFace', endpoint, `it names no commit for ${id}:${revision}`);
    return parsed.data.sha;
  };

  const pages = async function* (signal: AbortSignal): AsyncGenerator<RemoteFile[]> {
    for (let query: string | undefined = '?recursive=true&expand=false'; query !== undefined;) {
      const { body, answer } = await askHub(hub, `${api}/tree/${commit}${query}`, signal);
      const page = treePageSchema.safeParse(body);
      if (!page.success) throw notUnderstood('HuggingFace', endpoint, `it is no list of the files of ${id}`);
      yield filesOf(page.data);
      const next = nextPageQuery(answer.headers);
      if (next === query) throw notUnderstood('HuggingFace', endpoint, 'its next page is the same one');
      query = next;
    }
  };

  return {
    protocol: 'HuggingFace',
    name: `hf://${id}${revision === defaultRevision ? '' : `:${revision}`}`,
    // As many as the hub's own client.
    fileConcurrency: 8,
    rangeConcurrency: numberVariable(environment, 'STORAGE_RANGE_CONCURRENCY', { otherwise: 4, least: 1, most: 64 }),
    async *files(signal) {
      commit = await currentCommit(signal);
      log.debug(`${id}:${revision} is commit ${commit}`);
      for await (const page of pages(signal)) yield* page;
    },
    request: ({ path }, range) => ({
      url: `${endpoint}/${encodedPath(id)}/resolve/${commit}/${encodedPath(path)}`,
      headers: {
        'accept-encoding': 'identity',
        ...headers,
        ...(range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` }),
      },
    }),
    failure: ({ path }, status, headers, body) =>
      hubRefusal({ name: `${id}/${path}`, ...refused }, status, headers, body),
  };
};
