import { UsageError } from '../runtime/usage-error';

/** What goes where. */
export interface FetchPair {
  readonly uri: string;
  /** Directory, made when it is not there. */
  readonly destination: string;
}

export const storageInitializerUsage =
  'Usage: slipway storage-initializer src_uri_0 dest_path_0 ... src_uri_n dest_path_n';

/** Pairs of URI and directory. @throws UsageError when there is none or one has no directory */
export function parsePairs(args: readonly string[]): readonly FetchPair[] {
  if (args.length === 0 || args.length % 2 !== 0 || args.includes('')) throw new UsageError(storageInitializerUsage);
  return Array.from({ length: args.length / 2 }, (_, index) => ({
    uri: args[2 * index] ?? '',
    destination: args[2 * index + 1] ?? '',
  }));
}
