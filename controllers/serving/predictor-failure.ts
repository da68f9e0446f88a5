import type { ModelFailureReason } from '../../definitions/names/serving-conditions';
import type { ChosenRuntime } from './component-plan';

/**
 * The spec of a predictor can't be served as it is: told in `modelStatus` (transitionStatus InvalidSpec, target FailedToLoad) and in
 * PredictorReady. Waiting helps only when the spec or a runtime changes.
 */
export class PredictorFailure extends Error {
  constructor(
    readonly reason: ModelFailureReason,
    /** For `modelStatus.lastFailureInfo.message`. */
    readonly failure: string,
    /** For the event and the condition: with the names of what is meant. */
    message: string,
    /** The runtime that was meant, as far as it is known. */
    readonly runtime?: ChosenRuntime,
  ) {
    super(message);
    this.name = 'PredictorFailure';
  }
}
