import { ItemError, type FailedItem, type ItemResult, type ValidItem } from './item';
import { errorCodes, httpCodePrefix } from './error-code';
import type { Prediction } from './model-client';

/** What became of items: each is in one of the two lists. */
export interface Outcome {
  readonly results: ItemResult[];
  readonly failed: FailedItem[];
}

export interface SplitOptions {
  /** Whether a failed batch is halved to find the bad item. */
  readonly splitOnFailure: boolean;
  /** What is tried again, as `retry.retryOn` has it: after all tries it is halved, too. */
  readonly retryOn: readonly string[];
  /** Whether one bad item is enough to know. */
  readonly stopAtFirst: boolean;
}

/** Asks the model about items in one request: for each its prediction, or why it can't be sent. @throws ItemError */
export type Infer = (items: readonly ValidItem[]) => Promise<readonly (Prediction | ItemError)[]>;

/** Statuses by which a server says that it does not like what it was sent: 400, 413, 422. */
const refusals = [400, 413, 422].map((status) => `${httpCodePrefix}${status}`);
/** Failures that come from what is in the request, or in the answer, whatever the status. */
const aboutContent: readonly string[] = [
  ...refusals,
  errorCodes.itemInvalid,
  errorCodes.modelError,
  errorCodes.outputMismatch,
];

/**
 * Asks about items; where the request fails for good and its error can be that of one item, asks about each half, and so on until the bad
 * items stand alone.
 *
 * @throws what `infer` throws that is no ItemError
 */
export async function inferOrSplit(
  items: readonly ValidItem[],
  infer: Infer,
  options: SplitOptions,
  outcome: Outcome = { results: [], failed: [] },
): Promise<Outcome> {
  if (items.length === 0) return outcome;
  try {
    addAnswers(items, await infer(items), outcome);
  } catch (error) {
    if (!(error instanceof ItemError)) throw error;
    if (items.length === 1 || !options.splitOnFailure || !mayBeOneItem(error.code, options.retryOn)) {
      for (const item of items) outcome.failed.push({ item, error });
      return outcome;
    }
    const middle = Math.ceil(items.length / 2);
    for (const half of [items.slice(0, middle), items.slice(middle)]) {
      await inferOrSplit(half, infer, options, outcome);
      if (options.stopAtFirst && outcome.failed.length > 0) return outcome;
    }
  }
  return outcome;
}

/** @throws ItemError when there is not one answer for each item */
function addAnswers(
  items: readonly ValidItem[],
  answers: readonly (Prediction | ItemError)[],
  { results, failed }: Outcome,
): void {
  if (answers.length !== items.length) {
    const message = `the model answered ${answers.length} predictions for ${items.length} items`;
    throw new ItemError(errorCodes.outputMismatch, message, true);
  }
  items.forEach((item, index) => {
    const answer = answers[index];
    if (answer instanceof ItemError) failed.push({ item, error: answer });
    else if (answer !== undefined) results.push(resultOf(item, answer));
  });
}

/** To copy members one knows takes a tenth of the time of copying whatever is there. */
function resultOf(item: ValidItem, answer: Prediction): ItemResult {
  const { predictions, metadata, raw } = answer;
  return metadata === undefined && raw === undefined ? { item, predictions } : { item, ...answer };
}

function mayBeOneItem(code: string, retryOn: readonly string[]): boolean {
  return aboutContent.includes(code) || retryOn.includes(retryName(code));
}

/** Name that `retryOn` has for a code: `network`, `503`. */
function retryName(code: string): string {
  return code.startsWith(httpCodePrefix) ? code.slice(httpCodePrefix.length) : code.toLowerCase();
}
