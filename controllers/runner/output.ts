import type { FailedItem, ItemResult } from './item';

/** Items from `first` to `last`, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Finished items of one range: each is in `results` or in `failed`, in the order of the items. */
export interface FinishedBatch extends Range {
  readonly results: readonly ItemResult[];
  readonly failed: readonly FailedItem[];
}

/** What an earlier attempt left behind. */
export interface EarlierWork {
  /** Ranges whose results (or dead letters) are durable, ascending, without overlap. */
  readonly done: readonly Range[];
  /** How many items of them failed. */
  readonly failed: number;
}

/** Where results and dead letters go. */
export interface Output {
  readonly kind: string;
  /** For the report, without secrets. */
  readonly location: string;
  /**
   * Whether what was written is done for the next attempt, however this process ends: the model is then asked again about no more than
   * one batch for each worker. @default false
   */
  readonly keepsWrites?: boolean;
  /**
   * Looks for what an earlier attempt left, before anything else is asked of the output.
   *
   * @throws RunnerError with exit code 8 when it belongs to other work, 5 when it can't be reached
   */
  open(signal: AbortSignal): Promise<EarlierWork>;
  /**
   * Takes a batch. With `order: preserve` batches come in the order of their ranges.
   *
   * @throws RunnerError with exit code 5
   */
  write(batch: FinishedBatch, signal: AbortSignal): Promise<void>;
  /**
   * Makes durable what was written, as far as the kind can in the middle of its work, and remembers it for the next attempt.
   *
   * @param last the process ends after it: everything written is durable on return, also where that takes a part of its own
   * @returns how many items are durable without a gap from the first; undefined for kinds that remember nothing
   */
  save(signal: AbortSignal, last?: boolean): Promise<number | undefined>;
  /** Makes everything durable and marks the output as whole. */
  commit(totals: { readonly succeeded: number; readonly failed: number }, signal: AbortSignal): Promise<void>;
  /** Bytes written so far. */
  bytesWritten(): number;
  /** Lets connections and files go; leaves what is durable. */
  close(): Promise<void>;
}
