import { createHash } from 'node:crypto';
import { jsonAnswer, textAnswer, type Answer } from '../model-registry/answer';
import { startLoopbackServer } from '../model-registry/loopback-server';
import type { LoggedRequest, ReceivedRequest } from '../model-registry/request-log';
import { servedFile } from '../hugging-face/served-file';

/**
 * A double of ModelScope's hub: nobody can install the real one. Built from the requests of its client library (`modelscope_hub` 0.5):
 * `repo/files` without pages, cut off without a word at a number of entries, `repo?FilePath=` with a redirect of large files to a store,
 * answers in an envelope of `Code`, `Data`, `Message`, `Success`. Files are text. Codes other than 200 are made up: nobody documents them.
 */
export interface ModelScopeHub {
  readonly url: string;
  readonly log: readonly LoggedRequest[];
  /** Requests of the store of large files. */
  readonly storeLog: readonly LoggedRequest[];
  close(): Promise<void>;
}

export interface ModelScopeOptions {
  /** `owner/model` */
  readonly id: string;
  /** Files by revision and path. */
  readonly revisions: Record<string, Record<string, ModelScopeFile>>;
  /** The token that is needed. @default none */
  readonly token?: string;
  /** Entries after which a listing is cut off. @default 3000 */
  readonly listingLimit?: number;
  /** Comes first; what it returns is the answer. */
  readonly intercept?: (request: ReceivedRequest) => Answer | undefined;
}

/** Content of a file, on the hub or in the store of large files. */
export type ModelScopeFile =
  string | { readonly large: string; /** What the store has instead. */ readonly stored?: string };

export async function startModelScopeHub(options: ModelScopeOptions): Promise<ModelScopeHub> {
  const stored = new Map<string, string>();
  const store = await startLoopbackServer(({ url, headers }) => {
    if (headers.authorization !== undefined || headers.cookie !== undefined) return textAnswer(400, 'credentials');
    const content = stored.get(url.pathname);
    return content === undefined ? textAnswer(404, '') : servedFile(content, headers.range, { etag: '"of-the-store"' });
  });
  const hub = await startLoopbackServer(
    (request) => options.intercept?.(request) ?? hubAnswer(options, store.url, stored, request),
  );
  return {
    url: hub.url,
    log: hub.log,
    storeLog: store.log,
    async close() {
      await hub.close();
      await store.close();
    },
  };
}

function hubAnswer(
  { id, revisions, token, listingLimit = 3000 }: ModelScopeOptions,
  storeUrl: string,
  stored: Map<string, string>,
  { url, headers }: ReceivedRequest,
): Answer {
  const api = `/api/v1/models/${id}/repo`;
  const missing = failed(404, 10010205001, '获取模型信息失败，信息不存在');
  if (url.pathname !== api && url.pathname !== `${api}/files`) return missing;
  const shown = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token !== undefined && shown === undefined) return missing;
  if (token !== undefined && (shown !== token || headers.cookie !== `m_session_id=${token}`)) {
    return failed(401, 10990101004, 'access token is invalid');
  }
  const files = revisions[url.searchParams.get('Revision') ?? ''];
  if (files === undefined) return failed(404, 10010201007, 'revision does not exist');
  if (url.pathname !== api) return listing(files, url.searchParams, listingLimit);
  const path = url.searchParams.get('FilePath') ?? '';
  const file = files[path];
  if (file === undefined) return failed(404, 10010201008, 'file does not exist');
  if (typeof file === 'string') return servedFile(file, headers.range);
  const address = `/large/${sha256(file.large)}`;
  stored.set(address, file.stored ?? file.large);
  return { status: 302, headers: { location: `${storeUrl}${address}?Signature=signed` }, body: '' };
}

function listing(files: Readonly<Record<string, ModelScopeFile>>, query: URLSearchParams, limit: number): Answer {
  const root = query.get('Root') ?? '';
  const below = root === '' ? '' : `${root}/`;
  const recursive = query.get('Recursive')?.toLowerCase() === 'true';
  const folders = new Set(Object.keys(files).flatMap((path) => parentsOf(path)));
  const entries = [
    ...[...folders].map((path) => ({ Path: path, Type: 'tree', Size: 0, Sha256: '', Revision: 'c' })),
    ...Object.entries(files).map(([path, file]) => {
      const content = typeof file === 'string' ? file : file.large;
      return { Path: path, Type: 'blob', Size: Buffer.byteLength(content), Sha256: sha256(content), Revision: 'c' };
    }),
  ].filter(({ Path }) => Path.startsWith(below) && (recursive || !Path.slice(below.length).includes('/')));
  return jsonAnswer(200, { Code: 200, Data: { Files: entries.slice(0, limit) }, Message: 'success', Success: true });
}

function parentsOf(path: string): string[] {
  const components = path.split('/').slice(0, -1);
  return components.map((_, index) => components.slice(0, index + 1).join('/'));
}

const failed = (status: number, code: number, message: string): Answer =>
  jsonAnswer(status, { Code: code, Data: null, Message: message, Success: false });

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
