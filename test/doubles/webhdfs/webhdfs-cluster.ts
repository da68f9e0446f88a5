import { jsonAnswer, textAnswer, type Answer } from '../model-registry/answer';
import { startLoopbackServer, type LoopbackServer } from '../model-registry/loopback-server';
import type { LoggedRequest, ReceivedRequest } from '../model-registry/request-log';

/**
 * A double of an HDFS with WebHDFS: a cluster of Hadoop is more than a test can start. Built from the documentation of the REST API
 * (Hadoop 3.4): `GETFILESTATUS`, `LISTSTATUS`, `LISTSTATUS_BATCH`, `GETHOMEDIRECTORY`, and `OPEN` with its redirect (307) to a datanode
 * on another origin, which sends a part of a file with status 200 and no `Content-Range`; errors are a `RemoteException`. Files are
 * ASCII. It knows nothing of permissions, blocks and writing.
 */
export interface WebHdfsCluster {
  /** Base URLs of the namenodes. */
  readonly namenodes: readonly string[];
  /** Requests by namenode. */
  readonly logs: readonly (readonly LoggedRequest[])[];
  readonly datanodeLog: readonly LoggedRequest[];
  close(): Promise<void>;
}

export interface WebHdfsFile {
  readonly content: string;
  /** Milliseconds since the epoch. @default 1 */
  readonly modified?: number;
}

export interface WebHdfsOptions {
  /** Files by absolute path; `undefined`: an empty directory. May change while it runs. */
  readonly files: Record<string, string | WebHdfsFile | undefined>;
  /** Symbolic links, of which only the names matter. */
  readonly links?: readonly string[];
  /** How many namenodes there are. @default 1 */
  readonly namenodes?: number;
  /** Which of them is active; `undefined`: none. @default the first, always */
  readonly active?: () => number | undefined;
  /** Entries of a part of a directory; 0: the operation is unknown, as before Hadoop 2.9. @default 1000 */
  readonly batchSize?: number;
  /** Files come from the namenode itself, as with HttpFS. @default false */
  readonly gateway?: boolean;
  /** Comes first on namenodes; what it returns is the answer. */
  readonly intercept?: (request: ReceivedRequest) => Answer | undefined;
}

const api = '/webhdfs/v1';

export async function startWebHdfs(options: WebHdfsOptions): Promise<WebHdfsCluster> {
  const datanode = await startLoopbackServer(({ url }) => {
    const path = decodeURIComponent(url.pathname.slice(api.length));
    const file = fileAt(options, path);
    return file === undefined ? notFound(path) : partOf(file.content, url.searchParams);
  });
  const servers: LoopbackServer[] = [];
  for (let index = 0; index < (options.namenodes ?? 1); index += 1) {
    servers.push(
      await startLoopbackServer((request) => {
        const active = options.active === undefined ? 0 : options.active();
        if (active !== index)
          return remote(403, 'StandbyException', 'Operation category READ is not supported in state standby');
        return options.intercept?.(request) ?? namenodeAnswer(options, datanode.url, request);
      }),
    );
  }
  return {
    namenodes: servers.map(({ url }) => url),
    logs: servers.map(({ log }) => log),
    datanodeLog: datanode.log,
    async close() {
      for (const server of [...servers, datanode]) await server.close();
    },
  };
}

function namenodeAnswer(options: WebHdfsOptions, datanode: string, { url }: ReceivedRequest): Answer {
  const operation = url.searchParams.get('op') ?? '';
  if (!url.pathname.startsWith(api)) return textAnswer(404, 'Not Found');
  const path = decodeURIComponent(url.pathname.slice(api.length)) || '/';
  if (operation === 'GETHOMEDIRECTORY') return jsonAnswer(200, { Path: '/user/dr.who' });
  const batchSize = options.batchSize ?? 1000;
  if (operation === 'LISTSTATUS_BATCH' && batchSize === 0) {
    return remote(
      400,
      'IllegalArgumentException',
      `Invalid value for webhdfs parameter "op": No enum constant ${operation}`,
    );
  }
  const file = fileAt(options, path);
  const children = childrenOf(options, path);
  if (file === undefined && children.length === 0 && !(path in options.files) && path !== '/') return notFound(path);
  if (operation === 'OPEN') {
    if (file === undefined) return notFound(path);
    if (options.gateway === true) return partOf(file.content, url.searchParams);
    return {
      status: 307,
      headers: { location: `${datanode}${url.pathname}${url.search}&namenoderpcaddress=nn` },
      body: '',
    };
  }
  const status = (name: string) => statusOf(options, path === '/' ? `/${name}` : `${path}/${name}`, name);
  switch (operation) {
    case 'GETFILESTATUS':
      return jsonAnswer(200, { FileStatus: statusOf(options, path, '') });
    case 'LISTSTATUS':
      return jsonAnswer(200, { FileStatuses: { FileStatus: children.map(status) } });
    case 'LISTSTATUS_BATCH': {
      const left = children.filter((name) => name > (url.searchParams.get('startAfter') ?? ''));
      const part = left.slice(0, batchSize).map(status);
      return jsonAnswer(200, {
        DirectoryListing: {
          partialListing: { FileStatuses: { FileStatus: part } },
          remainingEntries: left.length - part.length,
        },
      });
    }
    default:
      return remote(400, 'UnsupportedOperationException', `${operation} is not supported`);
  }
}

function fileAt({ files }: WebHdfsOptions, path: string): WebHdfsFile | undefined {
  const file = files[path];
  return typeof file === 'string' ? { content: file } : file;
}

function childrenOf({ files, links = [] }: WebHdfsOptions, path: string): string[] {
  const below = path === '/' ? '/' : `${path}/`;
  const names = [...Object.keys(files), ...links]
    .filter((candidate) => candidate.startsWith(below) && candidate !== below)
    .map((candidate) => candidate.slice(below.length).split('/')[0] ?? '');
  return [...new Set(names)].sort();
}

function statusOf(options: WebHdfsOptions, path: string, pathSuffix: string): object {
  const file = fileAt(options, path);
  const isLink = options.links?.includes(path) === true;
  return {
    accessTime: 0,
    blockSize: file === undefined ? 0 : 134_217_728,
    group: 'supergroup',
    length: file?.content.length ?? 0,
    modificationTime: file?.modified ?? 1,
    owner: 'hdfs',
    pathSuffix,
    permission: '644',
    replication: 1,
    type: isLink ? 'SYMLINK' : file === undefined ? 'DIRECTORY' : 'FILE',
  };
}

function partOf(content: string, query: URLSearchParams): Answer {
  const offset = Number(query.get('offset') ?? 0);
  const body = content.slice(offset, offset + Number(query.get('length') ?? content.length));
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(body.length) };
  return { status: 200, headers, body };
}

const notFound = (path: string): Answer => remote(404, 'FileNotFoundException', `File does not exist: ${path}`);

export const remote = (status: number, exception: string, message: string): Answer =>
  jsonAnswer(status, { RemoteException: { exception, javaClassName: `org.apache.hadoop.${exception}`, message } });
