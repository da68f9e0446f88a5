import { exitCodes, type ExitCode } from '../../definitions/inference/runner-report';
import { causeText } from '../runtime/cause-text';
import { errorCodes } from './error-code';
import { RunnerError } from './runner-error';

/** Parts of the work, by which an error that nobody expected gets its exit code. */
export type Stage = 'contract' | 'input' | 'inference' | 'output';

const meanings: Readonly<Record<Stage, { readonly exitCode: ExitCode; readonly code: string }>> = {
  contract: { exitCode: exitCodes.contract, code: errorCodes.contract },
  input: { exitCode: exitCodes.input, code: errorCodes.storageRead },
  inference: { exitCode: exitCodes.inference, code: errorCodes.modelError },
  output: { exitCode: exitCodes.output, code: errorCodes.storageWrite },
};

/** An error as what ends the run: a RunnerError as it is, any other with the exit code of the stage it came from. */
export function endOf(stage: Stage, error: unknown): RunnerError {
  if (error instanceof RunnerError) return error;
  const { exitCode, code } = meanings[stage];
  return new RunnerError(exitCode, code, causeText(error), { cause: error });
}
