import { pino } from 'pino';
import { contract } from '../../../../definitions/inference/contract';
import { resolveExecution, type ExecutionSettings } from '../../../../definitions/inference/execution';
import { ItemError, type FailedItem, type Item, type ItemResult } from '../../../../controllers/runner/item';
import type { Input } from '../../../../controllers/runner/input';
import type { JsonValue } from '../../../../controllers/runner/json';
import type { FinishedBatch, Range } from '../../../../controllers/runner/output';
import type { Work } from '../../../../controllers/runner/work';
import { realClock, type Clock } from '../../../../controllers/runtime/clock';

/** Work as a runner has it, with what a test says. */
export function testWork(
  changes: Partial<Omit<Work, 'execution'>> & { readonly execution?: ExecutionSettings } = {},
): Work {
  const { execution = {}, ...others } = changes;
  return {
    contract: contract.parse({ jobName: 'inf-test', kserve: {} }),
    executionId: '5be07ada-0123abcd-0',
    contractHash: '0123abcd',
    shard: 0,
    execution: resolveExecution(undefined, execution),
    environment: {},
    openEndpoint: async () => {
      throw new Error('there is no endpoint');
    },
    clock: realClock,
    random: { next: () => 0.5 },
    log: pino({ enabled: false }),
    ...others,
  };
}

/** A clock that a test moves. Timers fire at once. */
export class HandClock implements Clock {
  constructor(private ms = 0) {}

  now(): number {
    return Date.UTC(2026, 0, 1) + this.ms;
  }

  monotonic(): number {
    return this.ms;
  }

  pass(ms: number): void {
    this.ms += ms;
  }

  setTimer(_ms: number, callback: () => void) {
    const timer = setImmediate(callback);
    return { cancel: () => clearImmediate(timer) };
  }
}

export const never = new AbortController().signal;

export async function allItems(input: Input): Promise<Item[]> {
  try {
    return (await Array.fromAsync(input.groups(never))).flat();
  } finally {
    await input.close();
  }
}

/** Values of the items; of invalid ones why. */
export async function valuesOf(input: Input): Promise<JsonValue[]> {
  return (await allItems(input)).map((item) => ('value' in item ? item.value : `invalid: ${item.invalid}`));
}

/** A batch with a result for each item, but for those that fail. */
export function batchOf({ first, last }: Range, fails: (index: number) => boolean = () => false): FinishedBatch {
  const results: ItemResult[] = [];
  const failed: FailedItem[] = [];
  for (let index = first; index <= last; index += 1) {
    const item = { index, id: `id-${index}`, bytes: 10, value: { x: index } };
    if (fails(index)) failed.push({ item, error: new ItemError('HTTP_400', `no ${index}`, true) });
    else results.push({ item, predictions: [index, index * 2] });
  }
  return { first, last, results, failed };
}
