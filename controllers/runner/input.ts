import type { Item } from './item';

/** Where items come from. */
export interface Input {
  readonly kind: string;
  /** Whether the same items come in the same order again, so that a restart may skip what is done. */
  readonly repeatable: boolean;
  /**
   * The items in their order, read as they are taken: nothing buffers the whole input. They come in groups of any size, none of them
   * empty: to wait for each item alone takes longer than to read it. Items of `done` ranges may be left out (their indices are passed
   * over) where that saves reading.
   *
   * @throws RunnerError with exit code 3
   */
  groups(signal: AbortSignal): AsyncIterable<readonly Item[]>;
  /** Bytes read so far. */
  bytesRead(): number;
  /** How many items there are, where that is cheap to know. */
  estimate?(): Promise<number | undefined>;
  close(): Promise<void>;
}
