import type { JsonValue } from './json';
import type { ItemError, ValidItem } from './item';

/** What the model said about one item of a request. */
export interface Prediction {
  readonly predictions: JsonValue;
  readonly metadata?: JsonValue;
  readonly raw?: JsonValue;
}

/** A model behind one of the protocols. */
export interface ModelClient {
  /**
   * Waits until the model is ready and reads what it says about its tensors.
   *
   * @throws RunnerError with exit code 4 when it does not get ready in time, 7 when credentials are unusable
   */
  prepare(signal: AbortSignal): Promise<void>;
  /**
   * Asks about several items in one request, tried again as `execution.retry` says, at the pace of `requestsPerSecond`.
   *
   * @returns for each item, in their order, its prediction, or why it can't be sent (ITEM_INVALID): such items are left out of the
   *   request, and none is sent when no item is left
   * @throws ItemError when the request failed for good; with one item in it, it is the item's error. RunnerError with exit code 7 when
   *   the model refuses our credentials. The signal's reason once it has aborted
   */
  infer(items: readonly ValidItem[], signal: AbortSignal): Promise<readonly (Prediction | ItemError)[]>;
  readonly statistics: RequestStatistics;
  close(): Promise<void>;
}

/** What the report says about requests. */
export interface RequestStatistics {
  /** Every try counts. */
  readonly requests: number;
  readonly retries: number;
  /** Milliseconds of each answered request, as quantiles. */
  latency(): { readonly p50: number; readonly p95: number; readonly max: number } | undefined;
}
