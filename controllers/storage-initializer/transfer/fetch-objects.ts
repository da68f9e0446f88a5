import { isWanted, type FileFilters } from '../filters';
import type { FetchedAmount, RemoteFile } from '../source';
import { noModelFound } from '../storage-error';
import { fetchFile } from './fetch-file';
import type { TransferContext } from './transfer-context';

/**
 * Fetches what a source lists, several files at a time, while the listing goes on. The first failure ends it; nothing is under way
 * afterwards.
 *
 * @throws StorageError; of several the first
 */
export async function fetchObjects(context: TransferContext, filters: FileFilters): Promise<FetchedAmount> {
  const { source, signal, progress } = context;
  const failed = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([signal, failed.signal]) };
  const files = wanted(source.files(inner.signal), filters);
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
      bytes += await fetchFile(inner, next.value);
      count += 1;
      progress.files += 1;
    }
  };
  const workers = Array.from({ length: source.fileConcurrency }, () =>
    worker().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  // All of them have ended before an error is told: nobody writes into a tree that is being removed.
  const results = await Promise.allSettled(workers);
  if (failed.signal.aborted) throw failed.signal.reason;
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  context.finished.flush();
  if (count === 0) throw noModelFound(source.name);
  return { files: count, bytes };
}

/** The files that the filters leave. A generator: several workers may ask it at a time, it answers them in turn. */
async function* wanted(files: AsyncIterable<RemoteFile>, filters: FileFilters): AsyncGenerator<RemoteFile> {
  for await (const file of files) if (file.exact === true || isWanted(file.path, filters)) yield file;
}
