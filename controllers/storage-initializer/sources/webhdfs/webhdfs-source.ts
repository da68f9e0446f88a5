import { displayUri } from '../../display-uri';
import { numberVariable } from '../../general-settings';
import type { ByteRange, ObjectSource, OpenSource, RemoteFile } from '../../source';
import { StorageError } from '../../storage-error';
import { TransientFailure } from '../../transfer/attempts';
import { changed } from '../../transfer/stretch';
import { versionOf, type FileStatus } from './file-status';
import { hdfsSettings } from './hdfs-settings';
import { Namenode } from './namenode';
import { NamenodeClient } from './namenode-client';

/**
 * Opens a file or directory of HDFS through WebHDFS. All of `hdfs://a/b` is a path, `/a/b`: where the cluster is stands in the secret, and
 * so does how it is trusted.
 */
export const openWebHdfs: OpenSource = (uri, { environment, clock, random }): ObjectSource => {
  const name = displayUri(uri);
  const settings = hdfsSettings(environment);
  const [namenode = '', ...others] = settings.namenodes;
  const client = new NamenodeClient(
    { environment, clock, random, connectTimeoutMs: 15_000, readTimeoutMs: 30_000, attempts: 3, ...settings.tls },
    [namenode, ...others],
  );
  const { headers, proxyUser } = settings;
  const hdfs = new Namenode({ client, namenode, headers, ...(proxyUser === undefined ? {} : { proxyUser }) });
  const below = uri.slice(uri.indexOf('://') + '://'.length);
  /** Of the fetch: requests for ranges ask for the status first. */
  let fetching = new AbortController().signal;

  return {
    protocol: 'HDFS',
    name,
    http: client,
    fileConcurrency: settings.fileConcurrency,
    rangeConcurrency: numberVariable(environment, 'STORAGE_RANGE_CONCURRENCY', { otherwise: 4, least: 1, most: 64 }),
    unpacksArchives: true,
    emptyIsFine: true,
    async *files(signal) {
      fetching = signal;
      const { root } = settings;
      const from = root.startsWith('/') ? root : `${await hdfs.homeDirectory(signal)}/${root}`;
      const path = absolutePath(name, from, below);
      const status = await hdfs.status(path, signal);
      if (status.type === 'DIRECTORY') yield* filesBelow(hdfs, path, '', signal);
      else yield { ...fileOf(path, path.slice(path.lastIndexOf('/') + 1), status), exact: true };
    },
    async request(file, range) {
      if (range !== undefined) await refuseChanged(hdfs, file, fetching);
      return { url: hdfs.url(file.name, 'OPEN', range === undefined ? {} : partOf(range)), headers };
    },
    failure: (file, status, answered, body) => hdfs.refusal(file.name, status, answered, body),
  };
};

/** Files of a directory and below, in the order of their names; empty directories are nothing. */
async function* filesBelow(
  hdfs: Namenode,
  path: string,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<RemoteFile> {
  for await (const status of hdfs.list(path, signal)) {
    const [child, relative] = [`${path === '/' ? '' : path}/${status.pathSuffix}`, `${prefix}${status.pathSuffix}`];
    if (status.type === 'DIRECTORY') yield* filesBelow(hdfs, child, `${relative}/`, signal);
    else yield fileOf(child, relative, status);
  }
}

function fileOf(name: string, path: string, status: FileStatus): RemoteFile {
  if (status.type === 'SYMLINK') {
    throw new StorageError('other', `HDFS error: ${name}: is a symbolic link, and those are not followed`);
  }
  return { path, name, size: status.length, version: versionOf(status) };
}

/**
 * HDFS has no condition for a request, as `If-Match` is: whether the file is the listed one is asked before each range. Files are written
 * once, and an open one is read to its end: what remains is the moment between the two requests.
 */
async function refuseChanged(hdfs: Namenode, file: RemoteFile, signal: AbortSignal): Promise<void> {
  try {
    if (versionOf(await hdfs.status(file.name, signal)) !== file.version) throw changed(file);
  } catch (error) {
    throw error instanceof StorageError && error.transient ? new TransientFailure(error) : error;
  }
}

function partOf({ start, end }: ByteRange): Readonly<Record<string, string>> {
  return { offset: String(start), length: String(end - start) };
}

/** A path below the root. @throws StorageError for one with `..`: the root is a border */
function absolutePath(name: string, root: string, below: string): string {
  const components = `${root}/${below}`.split('/').filter((component) => component !== '' && component !== '.');
  if (components.includes('..')) throw new StorageError('unsafe', `HDFS error: ${name}: '..' is not allowed in a path`);
  return `/${components.join('/')}`;
}
