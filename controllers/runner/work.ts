import type { Logger } from '../runtime/log';
import type { Contract } from '../../definitions/inference/contract';
import type { ResolvedExecution } from '../../definitions/inference/execution';
import type { Clock, Random } from '../runtime/clock';
import type { OpenEndpoint } from './endpoint';

/** Everything about the work of this process that storage kinds and protocols may need. */
export interface Work {
  readonly contract: Contract;
  /** Identity across pods and attempts: the Contract's, else the UID of the Job, else that of the run. */
  readonly executionId: string;
  /** SHA-256 of the Contract without attempt and executionId, in hex. */
  readonly contractHash: string;
  /** Part of the work; always 0 until sharding is built. */
  readonly shard: number;
  readonly execution: ResolvedExecution;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly openEndpoint: OpenEndpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}
