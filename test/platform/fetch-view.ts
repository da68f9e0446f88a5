/** How far the files of a model are fetched, as the table shows it. */
export interface FetchView {
  /** A container that has failed is started again. */
  readonly state: 'starting' | 'resolving' | 'fetching' | 'fetched' | 'failed, to be started again';
  /** `1`, and `1 of 2` on the way. */
  readonly files?: string;
  /** `3.4 kB`, and `3.4 kB of 7.1 MB` on the way. */
  readonly bytes?: string;
  /** `3.4 MB/s` */
  readonly rate?: string;
  /** URI that the registry has the model at. */
  readonly resolvedTo?: string;
}

const amount = String.raw`[\d.]+ [kMGT]?B`;
const progress = new RegExp(
  String.raw`INFO (?:\d+ %, )?(${amount}(?: of ${amount})?)(?: listed so far)?, (${amount}/s), (\d+ of \d+) files`,
);
const summary = new RegExp(String.raw`INFO (\d+) files?, (${amount}) in [\d.]+ s, (${amount}/s)`);
const resolved = /INFO Model Registry at \S+: model '.* is at (\S+)$/;
const begun = /INFO Copying contents of \S+ to local$/;

/** What a line of the storage initializer's log tells of the fetch: all that a person who reads the pod's log knows. */
export function afterLine(view: FetchView, line: string): FetchView {
  if (begun.test(line)) return { ...view, state: 'resolving' };
  const [, resolvedTo] = resolved.exec(line) ?? [];
  if (resolvedTo !== undefined) return { ...view, state: 'fetching', resolvedTo };
  const [, bytesSoFar, rateSoFar, filesSoFar] = progress.exec(line) ?? [];
  if (bytesSoFar !== undefined && rateSoFar !== undefined && filesSoFar !== undefined)
    return { ...view, bytes: bytesSoFar, rate: rateSoFar, files: filesSoFar };
  const [, files, bytes, rate] = summary.exec(line) ?? [];
  if (files !== undefined && bytes !== undefined && rate !== undefined) return { ...view, files, bytes, rate };
  return view;
}
