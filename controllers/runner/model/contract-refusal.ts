import { exitCodes } from '../../../definitions/inference/runner-report';
import { errorCodes } from '../error-code';
import { RunnerError } from '../runner-error';

/** A setting that no try more will mend: exit code 2, which Kubernetes does not try again. */
export function contractRefusal(message: string): RunnerError {
  return new RunnerError(exitCodes.contract, errorCodes.contract, message);
}
