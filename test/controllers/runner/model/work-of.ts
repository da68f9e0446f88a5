import { contract, type Contract } from '../../../../definitions/inference/contract';
import {
  executionDefaults,
  resolveExecution,
  type ExecutionSettings,
} from '../../../../definitions/inference/execution';
import type { Endpoint } from '../../../../controllers/runner/endpoint';
import type { ValidItem } from '../../../../controllers/runner/item';
import type { JsonValue } from '../../../../controllers/runner/json';
import type { Work } from '../../../../controllers/runner/work';
import { realClock, type Clock } from '../../../../controllers/runtime/clock';
import { createLogger } from '../../../../controllers/runtime/log';
import { fixedRandom } from '../../runtime/manual-clock';

export interface WorkOptions {
  readonly execution?: ExecutionSettings;
  readonly environment?: Work['environment'];
  readonly clock?: Clock;
  readonly input?: string;
  readonly output?: Contract['output'];
  readonly endpoint?: Endpoint;
}

/** The work of a runner whose model is this; waits between tries take a millisecond unless a test says otherwise. */
export function workOf(kserve: Contract['kserve'], options: WorkOptions = {}): Work {
  const { execution, environment = {}, clock = realClock, input = 'inline', output, endpoint } = options;
  const quick: ExecutionSettings = { retry: { initialBackoff: '1ms' }, readiness: { waitSeconds: 0 } };
  return {
    contract: contract.parse({
      jobName: 'inf-run',
      kserve,
      input: { [input]: {} },
      ...(output === undefined ? {} : { output }),
    }),
    executionId: 'aabbccdd-11223344-0',
    contractHash: '0'.repeat(64),
    shard: 0,
    execution: resolveExecution(input, executionDefaults(input), quick, execution),
    environment,
    openEndpoint: () =>
      endpoint === undefined ? Promise.reject(new Error('no endpoint in this test')) : Promise.resolve(endpoint),
    clock,
    random: fixedRandom(0.5),
    log: createLogger({ level: 'fatal' }),
  };
}

/** Items with these values, in their order from 0. */
export function itemsOf(values: readonly JsonValue[], first = 0): readonly ValidItem[] {
  return values.map((value, position) => ({ index: first + position, id: String(first + position), bytes: 10, value }));
}
