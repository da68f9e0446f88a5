import { isWanted, type FileFilters } from '../filters';
import type { FetchedAmount, RemoteFile } from '../source';
import { noModelFound } from '../storage-error';
import { archiveOf, fetchArchive, type UnpackContext } from './fetch-archive';
import { fetchFile } from './fetch-file';
import type { TransferContext } from './transfer-context';

/** How what a source lists becomes a tree. */
export interface FetchObjectsOptions extends UnpackContext {
  readonly filters: FileFilters;
}

/**
 * Fetches what a source lists, several files at a time, while the listing goes on. A single file that is an archive is unpacked, where the
 * source does that. The first failure ends it; nothing is under way afterwards.
 *
 * @throws StorageError; of several the first
 */
export async function fetchObjects(context: TransferContext, options: FetchObjectsOptions): Promise<FetchedAmount> {
  const { source, progress } = context;
  const failed = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, failed.signal]) };
  const files = wanted(source.files(inner.signal), options.filters);
  const beginning = source.unpacksArchives === true ? await firstTwo(files) : [];
  const [only] = beginning;
  const kind = only === undefined || beginning.length > 1 ? undefined : archiveOf(only);
  const amount =
    only !== undefined && kind !== undefined
      ? await fetchOnly(inner, only, () => fetchArchive(inner, only, kind, options))
      : await fetchAll(inner, startingWith(beginning, files), failed);
  context.finished.flush();
  if (amount.files === 0 && kind === undefined && source.emptyIsFine !== true) throw noModelFound(source.name);
  progress.complete = true;
  return amount;
}

async function fetchOnly(
  { progress }: TransferContext,
  file: RemoteFile,
  fetch: () => Promise<FetchedAmount>,
): Promise<FetchedAmount> {
  progress.listedFiles = 1;
  progress.listedBytes = file.size ?? 0;
  progress.complete = true;
  const amount = await fetch();
  progress.files = 1;
  return amount;
}

async function fetchAll(
  context: TransferContext,
  files: AsyncGenerator<RemoteFile>,
  failed: AbortController,
): Promise<FetchedAmount> {
  const { source, progress } = context;
  let [count, bytes] = [0, 0];
  const worker = async () => {
    for (;;) {
      const next = await files.next();
      if (next.done === true) {
        progress.complete = true;
        return;
      }
      progress.listedFiles += 1;
      progress.listedBytes += next.value.size ?? 0;
      const size = await fetchFile(context, next.value);
      bytes += size;
      count += 1;
      progress.files += 1;
    }
  };
  const workers = Array.from({ length: source.fileConcurrency }, () =>
    worker().catch((error: unknown) => failed.abort(error)),
  );
  // All of them have ended before an error is told: nobody writes into a tree that is being removed.
  await Promise.all(workers);
  if (failed.signal.aborted) throw failed.signal.reason;
  context.signal.throwIfAborted();
  return { files: count, bytes };
}

/** The files that the filters leave. A generator: several workers may ask it at a time, it answers them in turn. */
async function* wanted(files: AsyncIterable<RemoteFile>, filters: FileFilters): AsyncGenerator<RemoteFile> {
  for await (const file of files) if (file.exact === true || isWanted(file.path, filters)) yield file;
}

/** The first two files, or as many as there are: whether there is more than one decides what an archive means. */
async function firstTwo(files: AsyncGenerator<RemoteFile>): Promise<readonly RemoteFile[]> {
  const found: RemoteFile[] = [];
  while (found.length < 2) {
    const next = await files.next();
    if (next.done === true) break;
    found.push(next.value);
  }
  return found;
}

async function* startingWith(
  beginning: readonly RemoteFile[],
  rest: AsyncGenerator<RemoteFile>,
): AsyncGenerator<RemoteFile> {
  yield* beginning;
  yield* rest;
}
