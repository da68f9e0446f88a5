import type { ResolvedExecution } from '../../definitions/inference/execution';
import { exitCodes } from '../../definitions/inference/runner-report';
import { errorCodes } from './error-code';
import type { FailedItem } from './item';
import { RunnerError } from './runner-error';

type ErrorSettings = ResolvedExecution['errors'];

/** Items so far, earlier attempts included. */
export interface ItemCounts {
  readonly failed: number;
  /** Items with a result or a failure. */
  readonly done: number;
}

/**
 * What ends a run that may not go on after a bad item.
 *
 * @returns exit code 6 when the item is at fault: another attempt would meet it again; 4 when model or network are
 */
export function firstFailure({ item, error }: FailedItem): RunnerError {
  const exitCode = error.itemAtFault ? exitCodes.items : exitCodes.inference;
  const name = item.id === String(item.index) ? `item ${item.index}` : `item ${item.index} (${item.id})`;
  return new RunnerError(exitCode, error.code, `${name}: ${error.message}`, { cause: error });
}

/**
 * What ends a run that goes on after bad items, because there are too many of them.
 *
 * @param atEnd whether there are no more items: the share counts then, however few there were
 * @returns undefined while the limits are kept
 */
export function limitExceeded(settings: ErrorSettings, counts: ItemCounts, atEnd: boolean): RunnerError | undefined {
  const { maxFailedItems, maxFailedRatio, minItems } = settings;
  const { failed, done } = counts;
  const amount = `${failed} of ${done} items failed`;
  if (maxFailedItems >= 0 && failed > maxFailedItems) {
    return tooMany(`${amount}, errors.maxFailedItems allows ${maxFailedItems}`);
  }
  const counted = atEnd ? done > 0 : done >= minItems;
  if (counted && failed / done > maxFailedRatio) {
    return tooMany(`${amount}, errors.maxFailedRatio allows a share of ${maxFailedRatio}`);
  }
  return undefined;
}

function tooMany(message: string): RunnerError {
  return new RunnerError(exitCodes.items, errorCodes.tooManyFailed, message);
}
