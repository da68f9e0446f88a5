import { lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Environment } from '../../../controllers/component';
import { realClock, type Clock } from '../../../controllers/runtime/clock';
import { fetchSource } from '../../../controllers/storage-initializer/fetch-uri';
import { fileFilters } from '../../../controllers/storage-initializer/general-settings';
import { HttpClient } from '../../../controllers/storage-initializer/http/http-client';
import { initializerLog } from '../../../controllers/storage-initializer/log';
import type { OpenSource } from '../../../controllers/storage-initializer/source';
import { Progress } from '../../../controllers/storage-initializer/transfer/progress';

/** What a URI became, and what was said on the way. */
export interface Fetched {
  /** Content by path below the destination, of links `-> target`; our marker is left out. */
  readonly files: Readonly<Record<string, string>>;
  /** Lines of the log, from DEBUG on. */
  readonly log: readonly string[];
  readonly progress: Progress;
}

export interface FetchOptions {
  readonly environment?: Environment;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** Milliseconds. @default 5000 */
  readonly readTimeoutMs?: number;
}

/**
 * Fetches a URI with a source into a temporary directory, as the program does, and reads what is there then. For files that fit into
 * memory.
 *
 * @throws what the fetch throws, when the destination is as it was: an error that left something there fails the test
 */
export async function fetched(open: OpenSource, uri: string, options: FetchOptions = {}): Promise<Fetched> {
  const destination = await mkdtemp(join(tmpdir(), 'slipway-fetched-'));
  try {
    return await fetchedInto(destination, open, uri, options);
  } catch (error) {
    const left = (await readdir(destination)).filter((name) => !name.startsWith('.partial-'));
    if (left.length > 0) throw new Error(`failed, and published ${left.join(', ')}`, { cause: error });
    throw error;
  } finally {
    await rm(destination, { recursive: true, force: true });
  }
}

/** {@link fetched}, into a directory of the caller's. */
export async function fetchedInto(
  destination: string,
  open: OpenSource,
  uri: string,
  {
    environment = {},
    clock = realClock,
    signal = new AbortController().signal,
    readTimeoutMs = 5000,
  }: FetchOptions = {},
): Promise<Fetched> {
  const log: string[] = [];
  // Waits between tries are as short as they get.
  const random = { next: () => 0 };
  const http = new HttpClient({ environment, clock, random, connectTimeoutMs: 2000, readTimeoutMs, attempts: 3 });
  const context = {
    environment,
    http,
    clock,
    random,
    log: initializerLog((line) => log.push(line.trimEnd()), clock, 'DEBUG'),
    filters: fileFilters(environment),
    owner: { boot: 'boot', pod: 'pod' },
  };
  const progress = new Progress();
  try {
    const source = await open(uri, context);
    await fetchSource(source, { identity: uri, destination }, context, progress, signal);
    return { files: await treeOf(destination), log, progress };
  } finally {
    await http.close();
  }
}

/** Content by path; of links `-> target`. Leaves out our marker. */
export async function treeOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path);
    if (name === '.slipway-fetched.json') continue;
    const kind = await lstat(path);
    if (kind.isSymbolicLink()) files[name] = `-> ${await readlink(path)}`;
    else if (kind.isFile()) files[name] = await readFile(path, 'utf8');
  }
  return files;
}
