import type { FinishedFiles } from '../destination/finished-files';
import type { StagedTree } from '../destination/staged-tree';
import type { HttpClient } from '../http/http-client';
import type { ObjectSource } from '../source';
import type { AttemptContext } from './attempts';

/** What the files of one URI are fetched with. */
export interface TransferContext extends AttemptContext {
  readonly source: ObjectSource;
  readonly http: HttpClient;
  readonly tree: StagedTree;
  /** Files that a run before this one has finished. */
  readonly finished: FinishedFiles;
  /** Path of the notes about the ranges of a file. */
  rangesFileOf(path: string): string;
}
