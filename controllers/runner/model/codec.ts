import type { Prediction } from '../model-client';
import type { ItemError, ValidItem } from '../item';

/** A request that asks about some items of a batch. */
export interface EncodedRequest {
  /** Positions of the items in the batch, in the order of the answer. */
  readonly positions: readonly number[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A batch as the protocol sends it. */
export interface EncodedBatch {
  /** One, except where items of different lengths can't share a tensor; none when no item fits. */
  readonly requests: readonly EncodedRequest[];
  /** Items that are not sent, by their position. */
  readonly refused: ReadonlyMap<number, ItemError>;
}

/** An answer with a status of success. */
export interface ModelAnswer {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** How a protocol writes requests and reads answers. No I/O. */
export interface Codec {
  /** @param id names the request, from its first and last item */
  encode(items: readonly ValidItem[], id: (first: number, last: number) => string): EncodedBatch;
  /**
   * @param count items of the request
   * @throws ItemError MODEL_ERROR for an answer that is none, OUTPUT_MISMATCH for one about other items or outputs
   */
  decode(answer: ModelAnswer, count: number): readonly Prediction[];
}

/** What the output wants to know of an answer beside the predictions; nothing is made that nobody keeps. */
export interface Kept {
  readonly metadata: boolean;
  readonly raw: boolean;
}
