import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { expectedSharedKey } from '../../storage-servers/azure-signatures';

/** The account of the double. */
export const shareAccount = {
  account: 'models',
  key: Buffer.from('the key of the account').toString('base64'),
} as const;

/** A file share of Azure on this machine. */
export interface AzureFileShare {
  readonly endpoint: string;
  /** Content by path from the root of the share; may be changed while it runs. */
  readonly files: Map<string, string>;
  /** Called before each answer. @default nothing happens */
  before: (path: string, query: URLSearchParams) => void;
  /** Entries of a page. @default 5000 */
  pageSize: number;
  /** Signatures (`sig` of the query) that open the share. */
  readonly signatures: Set<string>;
  close(): Promise<void>;
}

/**
 * A double of the Azure Files REST API, since Azurite has no file shares and nothing else that can be installed does. Made from the
 * published protocol (version 2020-12-06):
 *
 * - List Directories and Files: `GET /SHARE/PATH?restype=directory&comp=list`, one level, `prefix`, `maxresults`, `marker`, `include=Etag`; 404
 *   `ResourceNotFound` for what is missing and for a file, `ParentNotFound` below a missing directory
 * - Get File: `GET /SHARE/PATH` with `x-ms-range`; ETag, `Content-MD5` of whole answers, `x-ms-content-md5` with ranges; no conditions
 * - Shared Key, verified with a text to sign of its own; 403 `AuthenticationFailed` for a wrong one and for a date more than 15 minutes
 *   off; a request without credentials is 401 `NoAuthenticationInformation`
 *
 * Limits: one share; a shared access signature is only compared; empty directories don't exist; names are case-sensitive, where Azure's
 * are not.
 */
export async function startAzureFileShare(
  share: string,
  files: Readonly<Record<string, string>>,
): Promise<AzureFileShare> {
  const state = {
    files: new Map(Object.entries(files)),
    before: (_path: string, _query: URLSearchParams): void => undefined,
    pageSize: 5000,
    signatures: new Set<string>(),
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://share');
    const path = decodeURIComponent(url.pathname).replace(/^\//, '').replace(/\/$/, '');
    const inShare = path.slice(share.length).replace(/^\//, '');
    state.before(inShare, url.searchParams);
    const answer =
      refusal(request, url, state.signatures) ??
      (path !== share && !path.startsWith(`${share}/`)
        ? failure(404, 'ShareNotFound', 'The specified share does not exist.')
        : url.searchParams.get('comp') === 'list'
          ? listing(inShare, url.searchParams, state.files, state.pageSize)
          : content(inShare, request, state.files));
    response
      .writeHead(answer.status, {
        'content-type': 'application/xml',
        'content-length': Buffer.byteLength(answer.body),
        ...answer.headers,
      })
      .end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the share has no port');
  return Object.assign(state, {
    endpoint: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  });
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

function refusal(
  { method = '', headers }: IncomingMessage,
  url: URL,
  signatures: ReadonlySet<string>,
): Answer | undefined {
  const signature = url.searchParams.get('sig');
  if (signature !== null) {
    if (signatures.has(signature)) return undefined;
    return failure(
      403,
      'AuthenticationFailed',
      'Server failed to authenticate the request.',
      'Signature did not match',
    );
  }
  if (headers.authorization === undefined) {
    return failure(401, 'NoAuthenticationInformation', 'Server failed to authenticate the request.');
  }
  const date = String(headers['x-ms-date']);
  if (Math.abs(Date.now() - Date.parse(date)) > 15 * 60_000) {
    const detail = `Request date header too old: '${date}'`;
    return failure(403, 'AuthenticationFailed', 'Server failed to authenticate the request.', detail);
  }
  const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  if (headers.authorization === expectedSharedKey(shareAccount, method, url.pathname, url.searchParams, signed)) {
    return undefined;
  }
  const detail = `The MAC signature found in the HTTP request '${headers.authorization}' is not the same`;
  return failure(403, 'AuthenticationFailed', 'Server failed to authenticate the request.', detail);
}

function failure(status: number, code: string, message: string, detail = ''): Answer {
  const more = detail === '' ? '' : `<AuthenticationErrorDetail>${escaped(detail)}</AuthenticationErrorDetail>`;
  const text = `${message}\nRequestId:00000000-0000-0000-0000-000000000000\nTime:2026-01-01T00:00:00.0000000Z`;
  return {
    status,
    headers: { 'x-ms-error-code': code },
    body: `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${text}</Message>${more}</Error>`,
  };
}

function listing(
  directory: string,
  query: URLSearchParams,
  files: ReadonlyMap<string, string>,
  pageSize: number,
): Answer {
  const prefix = directory === '' ? '' : `${directory}/`;
  const below = [...files.keys()].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  if (below.length === 0 && directory !== '') {
    return failure(404, 'ResourceNotFound', 'The specified resource does not exist.');
  }
  const names = [...new Set(below.map((path) => path.split('/')[0] ?? ''))]
    .filter((name) => name.startsWith(query.get('prefix') ?? ''))
    .sort();
  const begin = Number(query.get('marker') ?? 0);
  const end = begin + Math.min(pageSize, Number(query.get('maxresults') ?? 5000));
  const entries = names.slice(begin, end).map((name) => {
    const file = files.get(`${prefix}${name}`);
    if (file === undefined) return `<Directory><Name>${escaped(name)}</Name><Properties /></Directory>`;
    const length = Buffer.byteLength(file);
    const etag = (query.get('include') ?? '').includes('Etag') ? `<Etag>${escaped(etagOf(file))}</Etag>` : '';
    return `<File><Name>${escaped(name)}</Name><Properties><Content-Length>${length}</Content-Length>${etag}</Properties></File>`;
  });
  const next = end < names.length ? String(end) : '';
  return {
    status: 200,
    body:
      `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults DirectoryPath="${escaped(directory)}">` +
      `<Entries>${entries.join('')}</Entries><NextMarker>${next}</NextMarker></EnumerationResults>`,
  };
}

function content(path: string, { headers }: IncomingMessage, files: ReadonlyMap<string, string>): Answer {
  const text = files.get(path);
  if (text === undefined) return failure(404, 'ResourceNotFound', 'The specified resource does not exist.');
  const md5 = createHash('md5').update(text).digest('base64');
  const common = { etag: etagOf(text), 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
  const range = /^bytes=(\d+)-(\d+)$/.exec(String(headers['x-ms-range'] ?? headers.range ?? ''));
  if (range === null) return { status: 200, headers: { ...common, 'content-md5': md5 }, body: text };
  const [start, last] = [Number(range[1]), Number(range[2])];
  const total = Buffer.byteLength(text);
  const part = Buffer.from(text).subarray(start, last + 1);
  const contentRange = `bytes ${start}-${start + part.length - 1}/${total}`;
  return {
    status: 206,
    headers: { ...common, 'x-ms-content-md5': md5, 'content-range': contentRange },
    body: part.toString(),
  };
}

function etagOf(text: string): string {
  return `"0x${createHash('md5').update(text).digest('hex').slice(0, 16).toUpperCase()}"`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}
