import type { ObjectReference } from '../../../definitions/inference/object-reference';
import { exitCodes } from '../../../definitions/inference/runner-report';
import { errorCodes } from '../error-code';
import { RunnerError } from '../runner-error';

/** An endpoint Secret that can't be used. @param why names keys, never values */
export function unusable({ name, namespace }: ObjectReference, why: string, cause?: unknown): RunnerError {
  const options = cause === undefined ? undefined : { cause };
  return new RunnerError(
    exitCodes.endpoint,
    errorCodes.credentials,
    `endpoint Secret ${namespace}/${name}: ${why}`,
    options,
  );
}
