import type { Bytes } from '../../formats/compression';

/** Where the parts of one execution are kept: a folder on a volume, keys below a prefix. Errors are RunnerErrors of the kind. */
export interface PartStore {
  readonly kind: string;
  /** The execution's own place, for the report. */
  readonly location: string;
  /** A folder of this machine for the part that is being written. */
  readonly workFolder: string;
  /**
   * Whether that folder is there after a crash, so that the part in it can be continued; else a part is only durable when it is kept, and
   * a save has to end it.
   */
  readonly continues: boolean;
  /** Names of what the execution has left; empty when there is nothing. */
  names(signal: AbortSignal): Promise<readonly string[]>;
  /** Something that another execution has left, by name; absent: nothing. */
  foreign(signal: AbortSignal): Promise<string | undefined>;
  read(name: string, signal: AbortSignal): Bytes;
  /** Writes a small file as a whole: readers see the old one, none, or the new one. Durable on return. */
  write(name: string, text: string, signal: AbortSignal): Promise<void>;
  /** Takes a file of the work folder, which is gone then. Durable on return, seen as a whole or not at all. */
  keep(file: string, name: string, signal: AbortSignal): Promise<void>;
  /** No error when it is gone already. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
