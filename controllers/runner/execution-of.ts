import type { Contract } from '../../definitions/inference/contract';
import { resolveExecution, type ResolvedExecution } from '../../definitions/inference/execution';
import { exitCodes } from '../../definitions/inference/runner-report';
import type { BatchLimits } from './batcher';
import { byteCount } from './byte-count';
import { errorCodes } from './error-code';
import { RunnerError } from './runner-error';

/** Where progress can be kept today. */
const checkpointModes = ['auto', 'off', 'output'];

/**
 * How to work: what the Contract says, with the defaults where it says nothing, as Contracts of upstream's controller do.
 *
 * @throws RunnerError with exit code 2 for what is not supported
 */
export function executionOf(contract: Contract): ResolvedExecution {
  const [inputKind] = Object.keys(contract.input ?? {});
  const execution = resolveExecution(inputKind, contract.execution);
  const { mode } = execution.checkpoint;
  if (!checkpointModes.includes(mode)) {
    throw refused(
      `execution.checkpoint.mode: got "${mode}", which is not supported yet, give ${checkpointModes.join(', ')}`,
    );
  }
  return execution;
}

/** How batches are made. @throws RunnerError with exit code 2 for an amount of bytes that is none */
export function batchLimitsOf({ batch, maxInputItems = Infinity }: ResolvedExecution): BatchLimits {
  const maxBytes = byteCount(batch.maxBytes);
  if (maxBytes !== undefined) return { maxItems: batch.maxItems, maxBytes, maxInputItems };
  throw refused(
    `execution.batch.maxBytes: got ${JSON.stringify(batch.maxBytes)}, expected a quantity of at least one byte such as 4Mi`,
  );
}

function refused(message: string): RunnerError {
  return new RunnerError(exitCodes.contract, errorCodes.contract, message);
}
