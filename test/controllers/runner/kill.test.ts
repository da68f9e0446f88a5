import { watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contract } from '../../../definitions/inference/contract';
import { startModelServer, type ModelServer } from '../../doubles/model-server/model-server';
import { waitFor } from '../../cluster/wait-for';
import { bundledProgram } from '../../program/bundled-program';
import { startVersitygw, type Versitygw } from '../../storage-servers/versitygw';
import { buildTimeout, goProgram } from '../../tools/go-programs';
import { fetchedFrom } from '../storage-initializer/sources/s3/s3-fetch';
import { indices } from './memory-parts';
import { RunnerPlace, type RunnerEnd, type RunningRunner } from './runner-process';

/** SIGKILL at any point: the node is gone, the container ran out of memory. */
let program: string;
let removeProgram: () => Promise<void>;
let place: RunnerPlace;
let model: ModelServer;

const items = 10_000;
const batchItems = 50;
const concurrency = 4;
const prefetchBatches = 2;
const batches = items / batchItems;

beforeAll(async () => {
  ({ program, remove: removeProgram } = await bundledProgram());
}, 120_000);

afterAll(() => removeProgram?.());

beforeEach(async () => {
  place = await RunnerPlace.make(program);
  model = await startModelServer({ delayMs: 10 });
  await writeFile(
    join(place.input, 'rows.jsonl'),
    indices(items)
      .map((index) => `[${index}]\n`)
      .join(''),
  );
});

afterEach(async () => {
  await model.close();
  await place.remove();
});

function volumeContract(order: 'preserve' | 'any'): Contract {
  return {
    jobName: 'inf-run',
    executionId: 'exec',
    kserve: { modelUrl: `${model.url}/v2/models/identity/infer`, modelInputName: 'INPUT0' },
    input: { pvc: { claimName: 'data', path: 'rows.jsonl' } },
    output: { pvc: { claimName: 'data', path: 'results', partItems: 3000 } },
    execution: {
      concurrency,
      prefetchBatches,
      order,
      batch: { maxItems: batchItems },
      checkpoint: { everyItems: 500 },
    },
  };
}

/** Starts runners one after the other; each is killed as `kill` says, but the one that comes to its end. */
async function runsToTheEnd(
  contract: Contract,
  most: number,
  kill: (runner: RunningRunner) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly end: RunnerEnd; readonly kills: number }> {
  for (let kills = 0; ; kills += 1) {
    const runner = await place.start(contract, { env });
    if (kills < most) await Promise.race([kill(runner).then(() => runner.child.kill('SIGKILL')), runner.ended]);
    const end = await runner.ended;
    if (end.code !== 'SIGKILL') return { end, kills };
  }
}

/** Waits for a point in the work of a runner: after some requests, and some milliseconds. */
async function afterSomeCalls({ child }: RunningRunner, random: (below: number) => number): Promise<void> {
  const calls = model.calls.length + 1 + random(12);
  const reached = () => (model.calls.length >= calls || child.exitCode !== null ? true : undefined);
  await waitFor('so many calls', reached, { interval: 2 });
  await new Promise((resolve) => setTimeout(resolve, random(15)));
}

/** Every item has one result, its own. */
function expectEveryItemOnce(found: readonly unknown[]): void {
  const lines = found as readonly { readonly id: string; readonly predictions: readonly number[] }[];
  expect(lines.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(indices(items));
  expect(lines.filter(({ id, predictions }) => Number(id) !== predictions[0])).toEqual([]);
}

/** Numbers from 0 to `below` - 1, from a seed that is printed: with it in the place of the time a failure comes again. */
function seededRandom(name: string): (below: number) => number {
  const seed = Date.now() % 2 ** 31;
  process.stdout.write(`kill test, ${name}: seed ${seed}\n`);
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

test.each(['preserve', 'any'] as const)(
  'killed at twenty points and started again, with order: %s, each item is in the output once (AT-39)',
  async (order) => {
    const random = seededRandom(`order ${order}`);
    const { end, kills } = await runsToTheEnd(volumeContract(order), 20, (runner) => afterSomeCalls(runner, random));
    expect({ code: end.code, kills }).toEqual({ code: '0', kills: 20 });
    expect(end.report?.items).toMatchObject({ total: items, failed: 0 });
    expectEveryItemOnce(await place.lines('results/exec'));
    // One batch for each worker: what was in flight, or waited to be written, is asked about again, and nothing else.
    expect(model.calls.length).toBeLessThanOrEqual(batches + kills * concurrency);
  },
  180_000,
);

test.each([
  ['as soon as a checkpoint is written', (file: string) => file.includes('_checkpoint'), 2],
  ['as soon as results are written, before their checkpoint', (file: string) => !file.includes('_checkpoint'), 20],
])(
  'killed %s, each item is in the output once (AT-39)',
  async (_name, isBoundary, boundaries) => {
    const random = seededRandom('at a boundary');
    const { end, kills } = await runsToTheEnd(volumeContract('preserve'), 8, async ({ child }) => {
      // Not always the first one: that belongs to the start.
      let passed = random(boundaries);
      await new Promise<void>((resolve) => {
        const watcher = watch(place.output, { recursive: true }, (_event, file) => {
          if (file === null || !isBoundary(file) || !file.includes('exec/')) return;
          if (passed-- === 0) done();
        });
        const done = () => {
          watcher.close();
          resolve();
        };
        child.once('exit', done);
      });
    });
    expect(end.code).toBe('0');
    // The last ones may come to their end before they come to that boundary again.
    expect(kills).toBeGreaterThanOrEqual(3);
    expectEveryItemOnce(await place.lines('results/exec'));
  },
  180_000,
);

describe('over buckets', () => {
  let server: Versitygw;

  beforeAll(async () => {
    await goProgram('versitygw');
    server = await startVersitygw();
    await server.makeBucket('runs');
    await server.put(
      'runs',
      'rows.jsonl',
      indices(items)
        .map((index) => `[${index}]\n`)
        .join(''),
    );
  }, buildTimeout);

  afterAll(() => server.stop());

  test('killed at eight points and started again, each item is in the output once (AT-39)', async () => {
    const random = seededRandom('over buckets');
    const connection = { bucket: 'runs', endpoint: server.endpoint, region: server.region };
    const contract: Contract = {
      ...volumeContract('preserve'),
      input: { s3: { ...connection, key: 'rows.jsonl' } },
      output: { s3: { ...connection, prefix: 'results', partItems: 300 } },
    };
    const env = { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey };
    const { end, kills } = await runsToTheEnd(contract, 8, (runner) => afterSomeCalls(runner, random), env);
    expect({ code: end.code, kills }).toEqual({ code: '0', kills: 8 });
    const { files } = await fetchedFrom(server, 's3://runs/results/exec');
    const parts = Object.entries(files).filter(([name]) => name.startsWith('part-'));
    const lines = parts.flatMap(([, text]) => text.trimEnd().split('\n'));
    expectEveryItemOnce(lines.map((line) => JSON.parse(line) as unknown));
    expect(Object.keys(files)).toContain('_SUCCESS');
  }, 180_000);
});
