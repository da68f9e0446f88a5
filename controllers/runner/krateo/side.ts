import { exitCodes } from '../../../definitions/inference/runner-report';
import { errorCodes } from '../error-code';
import { RunnerError } from '../runner-error';

/** Which side of a run a call is made for. */
export type Side = 'input' | 'output';

/** Exit code and error code of failures of each side. */
export const failureOf = {
  input: { exitCode: exitCodes.input, code: errorCodes.storageRead },
  output: { exitCode: exitCodes.output, code: errorCodes.storageWrite },
} as const satisfies Record<Side, object>;

/** What the Contract asks for can't be done, however often it is tried. */
export function refusedContract(message: string): RunnerError {
  return new RunnerError(exitCodes.contract, errorCodes.contract, message);
}
