import type { Contract } from '../../definitions/inference/contract';
import { exitCodes } from '../../definitions/inference/runner-report';
import { runnerVariables } from '../../definitions/names/inference';
import type { Environment } from '../component';
import { objectDigest } from '../runtime/object-digest';
import { errorCodes } from './error-code';
import { RunnerError } from './runner-error';

/**
 * Identity of the work across pods and attempts: the Contract's; of a scheduled execution its Job's UID; of a Contract of upstream's
 * controller, which has neither, the UID of the run.
 *
 * @throws RunnerError with exit code 2 when there is none of them
 */
export function executionIdOf(contract: Contract, environment: Environment): string {
  const candidates = [contract.executionId, environment[runnerVariables.jobUid], contract.jobId];
  const found = candidates.find((candidate) => candidate !== undefined && candidate !== '');
  if (found !== undefined) return found;
  throw new RunnerError(
    exitCodes.contract,
    errorCodes.contract,
    `the work has no identity: give executionId or jobId in the Contract, or set ${runnerVariables.jobUid}`,
  );
}

/**
 * SHA-256 of a Contract without `attempt` and `executionId`, in hex: the same for each attempt at the same work.
 *
 * @param document the Contract as parsed, with the members that are not ours
 */
export function contractHashOf(document: object): string {
  const { attempt: _attempt, executionId: _executionId, ...rest }: Readonly<Record<string, unknown>> = { ...document };
  return Buffer.from(objectDigest(rest), 'base64url').toString('hex');
}
