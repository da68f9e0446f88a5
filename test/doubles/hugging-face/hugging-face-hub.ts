import { createHash } from 'node:crypto';
import { jsonAnswer, textAnswer, type Answer } from '../model-registry/answer';
import { startLoopbackServer, type LoopbackServer, type Responder } from '../model-registry/loopback-server';
import type { LoggedRequest, ReceivedRequest } from '../model-registry/request-log';
import { servedFile } from './served-file';

/**
 * A double of Hugging Face's hub: nobody can install the real one. Built from the requests of its client library
 * (`huggingface_hub` 2.4) and the documentation of its API: revisions, the tree in pages with a `Link` to the next, `resolve` with its
 * two kinds of redirects (small files on the hub itself, files in LFS on another origin with a signed address), and refusals told by
 * `X-Error-Code`. Files are text. It knows nothing of Xet, datasets, spaces, uploads and rate limits.
 */
export interface HuggingFaceHub {
  readonly url: string;
  /** Where files of LFS are. */
  readonly storeUrl: string;
  readonly log: readonly LoggedRequest[];
  /** Requests of the store of LFS files. */
  readonly storeLog: readonly LoggedRequest[];
  close(): Promise<void>;
}

export interface HubRepositoryContent {
  /** `owner/model` */
  readonly id: string;
  /** Commit by branch, tag or reference. Changes take effect at once. */
  readonly revisions: Record<string, string>;
  /** Files by commit and path. */
  readonly commits: Record<string, Record<string, HubFile>>;
  /** Files only for those who were granted access. The list of files is for everybody. */
  readonly gated?: boolean;
  /** Not there for others than those who were granted access. */
  readonly private?: boolean;
}

/** Content of a file, in git or in LFS. */
export type HubFile = string | { readonly lfs: string; /** What the store has instead. */ readonly stored?: string };

export interface HubOptions {
  readonly repositories: readonly HubRepositoryContent[];
  /** Tokens and whether they were granted access. */
  readonly tokens?: Readonly<Record<string, 'granted' | 'known'>>;
  /** Entries of a page of the tree. @default 1000 */
  readonly pageSize?: number;
  /** Base URL in `Link` fields. @default the hub's own */
  readonly linkBase?: string;
  /** Comes first; what it returns is the answer. */
  readonly intercept?: (request: ReceivedRequest) => Answer | undefined;
  /** The same for the store. */
  readonly interceptStore?: (request: ReceivedRequest) => Answer | undefined;
}

export async function startHuggingFaceHub(options: HubOptions): Promise<HuggingFaceHub> {
  const contents = new Map<string, string>();
  const store = await startLoopbackServer(
    (request) => options.interceptStore?.(request) ?? storeAnswer(contents, request),
  );
  let base = '';
  const respond: Responder = (request) =>
    options.intercept?.(request) ?? hubAnswer(options, store, contents, base, request);
  const hub = await startLoopbackServer(respond);
  base = hub.url;
  return {
    url: hub.url,
    storeUrl: store.url,
    log: hub.log,
    storeLog: store.log,
    async close() {
      await hub.close();
      await store.close();
    },
  };
}

/** The store takes a signature and nothing else: S3 refuses requests that show two credentials. */
function storeAnswer(contents: ReadonlyMap<string, string>, { url, headers }: ReceivedRequest): Answer {
  if (headers.authorization !== undefined) return textAnswer(400, 'only one auth mechanism allowed');
  if (url.searchParams.get('X-Amz-Signature') !== 'signed') return textAnswer(403, 'SignatureDoesNotMatch');
  const content = contents.get(url.pathname);
  // Objects have an ETag that says nothing about the file's.
  return content === undefined ? textAnswer(404, '') : servedFile(content, headers.range, { etag: '"of-the-store"' });
}

function hubAnswer(
  options: HubOptions,
  store: LoopbackServer,
  contents: Map<string, string>,
  base: string,
  { url, headers }: ReceivedRequest,
): Answer {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const access = token === undefined ? 'anonymous' : options.tokens?.[token];
  if (access === undefined) return refused(401, undefined, 'Invalid credentials in Authorization header');
  const parts = url.pathname.split('/').map(decodeURIComponent);
  const isApi = parts[1] === 'api';
  const [owner = '', model = '', operation = '', revision = '', ...path] = parts.slice(isApi ? 3 : 1);
  const repository = options.repositories.find(({ id }) => id === `${owner}/${model}`);
  if (repository === undefined || (repository.private === true && access !== 'granted')) {
    return refused(access === 'anonymous' ? 401 : 404, 'RepoNotFound', 'Repository not found');
  }
  const commit = repository.commits[revision] === undefined ? repository.revisions[revision] : revision;
  const files = commit === undefined ? undefined : repository.commits[commit];
  if (commit === undefined || files === undefined)
    return refused(404, 'RevisionNotFound', `Invalid rev id: ${revision}`);
  if (operation === 'revision') return jsonAnswer(200, { id: repository.id, sha: commit });
  if (operation === 'tree') return treePage(files, url, options.pageSize ?? 1000, options.linkBase ?? base);
  if (repository.gated === true && access !== 'granted') {
    const what = `Access to model ${repository.id} is restricted`;
    if (access === 'anonymous') return refused(401, 'GatedRepo', `${what}. You must be authenticated to access it.`);
    return refused(403, 'GatedRepo', `${what} and you are not in the authorized list.`);
  }
  const file = files[path.join('/')];
  if (file === undefined) return refused(404, 'EntryNotFound', 'Entry not found');
  if (typeof file === 'string') {
    if (url.searchParams.has('cached')) return servedFile(file, headers.range);
    return { status: 307, headers: { location: `${url.pathname}?cached` }, body: 'Temporary Redirect' };
  }
  const address = `/lfs/${sha256(file.lfs)}`;
  contents.set(address, file.stored ?? file.lfs);
  return { status: 302, headers: { location: `${store.url}${address}?X-Amz-Signature=signed` }, body: 'Found' };
}

function treePage(files: Readonly<Record<string, HubFile>>, url: URL, pageSize: number, base: string): Answer {
  const folders = new Set(Object.keys(files).flatMap((path) => parentsOf(path)));
  const entries = [
    ...[...folders].map((path) => ({ type: 'directory', oid: sha1(path), size: 0, path })),
    ...Object.entries(files).map(([path, file]) => {
      if (typeof file === 'string') return { type: 'file', oid: blobId(file), size: Buffer.byteLength(file), path };
      const [oid, size] = [sha256(file.lfs), Buffer.byteLength(file.lfs)];
      return { type: 'file', oid: blobId(oid), size, path, lfs: { oid, size, pointerSize: 134 } };
    }),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const answer = jsonAnswer(200, entries.slice(start, start + pageSize));
  if (start + pageSize >= entries.length) return answer;
  const next = new URL(url.pathname + url.search, base);
  next.searchParams.set('cursor', String(start + pageSize));
  return { ...answer, headers: { ...answer.headers, link: `<${next.href}>; rel="next"` } };
}

function parentsOf(path: string): string[] {
  const components = path.split('/').slice(0, -1);
  return components.map((_, index) => components.slice(0, index + 1).join('/'));
}

function refused(status: number, code: string | undefined, message: string): Answer {
  const { headers, body } = jsonAnswer(status, { error: message });
  return {
    status,
    headers: { ...headers, 'x-error-message': message, ...(code === undefined ? {} : { 'x-error-code': code }) },
    body,
  };
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const blobId = (content: string) => sha1(`blob ${Buffer.byteLength(content)}\0${content}`);
