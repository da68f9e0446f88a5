import { Agent } from 'undici';
import { executionDefaults } from '../../../../definitions/inference/execution';
import type { OpenEndpoint } from '../../../../controllers/runner/endpoint';
import type { Item } from '../../../../controllers/runner/item';
import type { Input } from '../../../../controllers/runner/input';
import type { Work } from '../../../../controllers/runner/work';
import type { JsonValue } from '../../../../controllers/runner/json';
import type { FinishedBatch } from '../../../../controllers/runner/output';
import { RunnerError } from '../../../../controllers/runner/runner-error';
import { logLines, type LogLine } from '../../runtime/log-lines';
import { hurriedClock } from '../../storage-initializer/hurried-clock';

export const runUid = '5be07ada-5fe0-4c9e-a8bc-aaae67d8d344';
export const endpointRef = { name: 'finops-database-handler-endpoint', namespace: 'kserve-controller-system' };

/** A call of the database handler, as upstream's samples write it. */
export function api(path: string) {
  const headers = ['Accept: application/json', 'Content-Type: application/json'];
  return { endpointRef, path, verb: 'POST', headers };
}

/** Work of a run against a server that knows system/secret; what is logged is kept. */
export function krateoWork(
  url: string,
  parameters: Readonly<Record<string, string>>,
  environment: Work['environment'] = {},
): Work & { readonly lines: readonly LogLine[] } {
  const { log, lines } = logLines();
  return {
    contract: { jobId: runUid, jobName: 'inf-example-5be07ada', kserve: {}, parameters },
    executionId: '5be07ada-0123abcd-0',
    contractHash: '0123abcd',
    shard: 0,
    execution: executionDefaults('krateo'),
    environment,
    openEndpoint: plainEndpoint(url),
    clock: hurriedClock,
    random: { next: () => 0.5 },
    log,
    lines,
  };
}

/** An endpoint without a Secret. */
function plainEndpoint(url: string): OpenEndpoint {
  return async () => {
    const dispatcher = new Agent();
    const authorization = `Basic ${Buffer.from('system:secret').toString('base64')}`;
    return { url, headers: { authorization }, dispatcher, close: () => dispatcher.destroy() };
  };
}

export async function allItems(input: Input): Promise<readonly Item[]> {
  try {
    return (await Array.fromAsync(input.groups(new AbortController().signal))).flat();
  } finally {
    await input.close();
  }
}

/** A finished batch with one result for each value, the first of them of this item. */
export function finished(first: number, predictions: readonly JsonValue[]): FinishedBatch {
  const results = predictions.map((each, position) => ({
    item: { index: first + position, id: String(first + position), bytes: 1, value: [] },
    predictions: each,
  }));
  return { first, last: first + predictions.length - 1, results, failed: [] };
}

/** What a piece of work fails with. @throws when it does not, or otherwise than the runner's parts do */
export async function failure(work: Promise<unknown>): Promise<RunnerError> {
  const outcome = await work.then(
    () => 'success',
    (error: unknown) => error,
  );
  if (outcome instanceof RunnerError) return outcome;
  throw new Error(`expected a RunnerError: ${String(outcome)}`, { cause: outcome });
}
