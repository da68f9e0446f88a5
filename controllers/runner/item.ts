import type { JsonValue } from './json';

interface Place {
  /** Position in the input, from 0; the same after a restart where the input is repeatable. */
  readonly index: number;
  /** Identity for people: the id field of the item, else the index. */
  readonly id: string;
  /** About how many bytes the item takes in a request. */
  readonly bytes: number;
}

/** An item to be inferred. */
export interface ValidItem extends Place {
  readonly value: JsonValue;
}

/** An item that can't be read: a line that isn't JSON, a row with too few cells. */
export interface InvalidItem extends Place {
  readonly invalid: string;
  /** What was found instead, for the dead letters. */
  readonly text: string;
}

export type Item = ValidItem | InvalidItem;

/** What the model said about an item. */
export interface ItemResult {
  readonly item: ValidItem;
  readonly predictions: JsonValue;
  /** What the model said beside: name, version, parameters. */
  readonly metadata?: JsonValue;
  /** The slice of the answer as it came. */
  readonly raw?: JsonValue;
}

/** An item without a result, for the dead letters. */
export interface FailedItem {
  readonly item: Item;
  readonly error: ItemError;
}

/** Why an item, or a request with several, failed. */
export class ItemError extends Error {
  /**
   * @param code error code of the report: ITEM_INVALID, HTTP_<status>, TIMEOUT, NETWORK, MODEL_ERROR, OUTPUT_MISMATCH
   * @param itemAtFault whether other items would be served: decides between exit 6 and exit 4
   */
  constructor(
    readonly code: string,
    message: string,
    readonly itemAtFault: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ItemError';
  }
}
