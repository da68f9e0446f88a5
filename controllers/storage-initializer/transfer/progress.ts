/** What has been fetched of a URI: written by the engine, read by the reporter. */
export class Progress {
  files = 0;
  /** Bytes of the network. */
  bytes = 0;
  /** Files known to the listing so far. */
  listedFiles = 0;
  /** Bytes known to the listing so far. */
  listedBytes = 0;
  /** The listing is at its end: percentages mean something. */
  complete = false;
  /** Files that were there already, after a restart. */
  resumedFiles = 0;
  resumedBytes = 0;
  retries = 0;
}
