import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contract } from '../../../definitions/inference/contract';
import { poison, tooMany, unavailable } from '../../doubles/model-server/faults';
import { startModelServer, type ModelServer, type ModelServerOptions } from '../../doubles/model-server/model-server';
import { waitFor } from '../../cluster/wait-for';
import { bundledProgram } from '../../program/bundled-program';
import { runToEnd } from '../registry-sync/controller-process';
import { int64Row, wrongRows } from './int64-rows';
import { indices } from './memory-parts';
import { RunnerPlace } from './runner-process';

/** `slipway runner` as it is in the image, over a volume and a double of a model server. */
let program: string;
let removeProgram: () => Promise<void>;
let place: RunnerPlace;
let models: ModelServer[];

beforeAll(async () => {
  ({ program, remove: removeProgram } = await bundledProgram());
}, 120_000);

afterAll(() => removeProgram?.());

beforeEach(async () => {
  models = [];
  place = await RunnerPlace.make(program);
});

afterEach(async () => {
  await Promise.all(models.map((model) => model.close()));
  await place.remove();
});

async function modelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const server = await startModelServer(options);
  models.push(server);
  return server;
}

/** A run over `count` rows of one number on the volume. */
async function contractOver(count: number, model: ModelServer, more: Partial<Contract> = {}): Promise<Contract> {
  await writeFile(
    join(place.input, 'rows.jsonl'),
    indices(count)
      .map((index) => `[${index}]\n`)
      .join(''),
  );
  return {
    jobName: 'inf-run',
    executionId: 'exec',
    kserve: { modelUrl: `${model.url}/v2/models/identity/infer`, modelInputName: 'INPUT0' },
    input: { pvc: { claimName: 'data', path: 'rows.jsonl' } },
    output: { pvc: { claimName: 'data', path: 'results' } },
    ...more,
  };
}

/** What the identity model makes of rows of one number. */
function identityOf(count: number): object[] {
  return indices(count).map((index) => ({ id: String(index), predictions: [index] }));
}

describe('a run of the program', () => {
  test('leaves the results, in order, and a report of what it did', async () => {
    const model = await modelServer();
    const end = await place.run(await contractOver(1000, model, { execution: { concurrency: 3 } }));
    expect(end.code).toBe('0');
    expect(await place.lines('results/exec')).toEqual(identityOf(1000));
    expect(await readdir(join(place.output, 'results/exec'))).toContain('_SUCCESS');
    expect(end.report).toMatchObject({
      executionId: 'exec',
      items: { total: 1000, succeeded: 1000, failed: 0, skipped: 0 },
      requests: 16,
      retries: 0,
      batches: 16,
      output: { kind: 'pvc' },
      repeatable: true,
    });
    expect(end.log.at(-1)).toMatchObject({ msg: 'done', exitCode: 0, executionId: 'exec', shard: 0 });
  });

  test('keeps whole numbers exact from the Contract to the result (AT-42)', async () => {
    const contract = await contractOver(0, await modelServer(), {
      input: { inline: { data: '[9007199254740993]\n' } },
    });
    const end = await place.run({ ...contract, output: { log: {} } });
    expect(end).toMatchObject({ code: '0' });
    expect(end.stdout).toContain('[9007199254740993]');
  });

  test('tries again what the model is too busy for, and says how often (AT-34)', async () => {
    const model = await modelServer();
    model.inject(...unavailable(2), tooMany('1'));
    const end = await place.run(await contractOver(10, model));
    expect(end.code).toBe('0');
    expect(end.report).toMatchObject({ requests: 4, retries: 3, items: { succeeded: 10 } });
    expect(end.report?.durationMs).toBeGreaterThan(1000);
  });

  test('fills the storage settings with parameters, and the output has them', async () => {
    const contract = await contractOver(10, await modelServer(), {
      parameters: { day: '2026-01-01' },
      output: { pvc: { claimName: 'data', path: 'of/${parameters.day}' } },
    });
    expect((await place.run(contract)).code).toBe('0');
    expect(await place.ids('of/2026-01-01/exec')).toEqual(indices(10));
  });

  test('that is a dry run asks nobody and writes nothing', async () => {
    const model = await modelServer();
    const end = await place.run(await contractOver(100, model, { execution: { dryRun: true } }));
    expect(end).toMatchObject({ code: '0', report: { items: { total: 100, succeeded: 0, failed: 0 }, requests: 0 } });
    expect(model.calls).toEqual([]);
    expect(await place.lines('results/exec')).toEqual([]);
  });
});

describe('one poisoned item among a thousand (AT-38)', () => {
  async function poisoned(maxFailedItems: number, deadLetter: unknown = 'inherit') {
    const contract = await contractOver(1000, await modelServer(), {
      execution: { errors: { mode: 'continue', maxFailedItems, deadLetter } },
    });
    const rows = indices(1000).map((index) => `[${index === 700 ? poison : index}]\n`);
    await writeFile(join(place.input, 'rows.jsonl'), rows.join(''));
    return place.run(contract);
  }

  test('is a dead letter within the limit, and the rest has its results', async () => {
    const end = await poisoned(1);
    expect(end).toMatchObject({
      code: '0',
      report: { items: { succeeded: 999, failed: 1 }, errors: [{ code: 'HTTP_400', firstItem: 700 }] },
    });
    expect(await place.ids('results/exec')).toEqual(indices(1000).filter((index) => index !== 700));
    expect(await place.ids('results/exec', 'errors-')).toEqual([700]);
  });

  test('is kept where dead letters are wanted, and not beside the results', async () => {
    const end = await poisoned(1, { pvc: { claimName: 'data', path: 'letters/${executionId}' } });
    expect(end.code).toBe('0');
    expect(await place.ids('results/exec', 'errors-')).toEqual([]);
    expect(await place.ids('letters/exec/exec', 'errors-')).toEqual([700]);
    expect(await place.ids('results/exec')).toHaveLength(999);
  });

  test('ends the run with 2 when dead letters are wanted in the place of the results', async () => {
    const end = await poisoned(1, { pvc: { claimName: 'data', path: 'results' } });
    expect(end.code).toBe('2');
    expect(end.report?.errors?.[0]?.message).toContain('is where the results go');
  });

  test('ends the run with 6 above the limit', async () => {
    const end = await poisoned(0);
    expect(end.code).toBe('6');
    expect(end.report?.errors?.[0]).toMatchObject({
      code: 'TOO_MANY_FAILED',
      message: expect.stringContaining('maxFailedItems') as string,
    });
    expect(await readdir(join(place.output, 'results/exec'))).not.toContain('_SUCCESS');
  });
});

describe('a Contract that can not be used ends with 2', () => {
  test.each([
    [
      'an unknown output kind (AT-44)',
      { output: { custom: { s3: {} } } },
      'output: unsupported storage kind "custom", supported: krateo, http, log, pvc, s3',
    ],
    [
      'a kind that is not built yet (AT-44)',
      { input: { kafka: {} } },
      'input: unsupported storage kind "kafka", supported: krateo, http, inline, configMap, pvc, s3',
    ],
    [
      'a placeholder for nothing',
      { output: { pvc: { claimName: 'data', path: '${parameters.day}' } } },
      'output.pvc.path: ${parameters.day}',
    ],
    [
      'a checkpoint that is not built yet',
      { execution: { checkpoint: { mode: 'configMap' } } },
      'execution.checkpoint.mode: got "configMap"',
    ],
  ] as const)('%s', async (_name, more, message) => {
    const model = await modelServer();
    const end = await place.run(await contractOver(10, model, more));
    expect(end.code).toBe('2');
    expect(end.report?.errors?.[0]?.message).toContain(message);
    expect(model.calls).toEqual([]);
  });

  test('a file that is not there, and the report says where it looked', async () => {
    const end = await place.run({ jobName: 'a', kserve: {} }, { env: { CONTRACT_PATH: '/nowhere.json' } });
    expect(end).toMatchObject({ code: '2', report: { items: { total: 0 } } });
    expect(end.report?.errors?.[0]?.message).toContain('/nowhere.json');
  });
});

test('an input that is not there ends with 3, and a model that is away with 4', async () => {
  const model = await modelServer();
  const contract = await contractOver(10, model);
  const missing = await place.run({ ...contract, input: { pvc: { claimName: 'data', path: 'missing.jsonl' } } });
  expect(missing).toMatchObject({ code: '3', report: { errors: [{ code: 'STORAGE_READ' }] } });
  await model.close();
  const away = await place.run({
    ...contract,
    executionId: 'away',
    execution: { readiness: { waitSeconds: 0 }, retry: { maxAttempts: 1, splitOnFailure: false } },
  });
  expect(away).toMatchObject({ code: '4', report: { errors: [{ code: 'NETWORK' }] } });
});

test('SIGTERM saves what is done and ends with 75; the next pod does the rest, and every item is there once (AT-40)', async () => {
  const model = await modelServer({ delayMs: 100 });
  const contract = await contractOver(2000, model, { execution: { concurrency: 2, batch: { maxItems: 50 } } });
  const { child, ended } = await place.start(contract, { env: { TERMINATION_GRACE_PERIOD_SECONDS: '10' } });
  await waitFor('requests to be in flight', () => (model.calls.length >= 6 ? true : undefined));
  child.kill('SIGTERM');
  const end = await ended;
  expect(end.code).toBe('75');
  expect(end.report?.errors).toBeUndefined();
  const done = end.report?.items.succeeded ?? 0;
  expect(done).toBeGreaterThanOrEqual(200);
  expect(end.report?.checkpoint).toEqual({ position: done });
  // Every batch that was asked about is written: none is asked about again.
  expect(done).toBe(model.calls.length * 50);

  const next = await place.run(contract);
  expect(next).toMatchObject({ code: '0', report: { items: { total: 2000, succeeded: 2000 - done, skipped: done } } });
  expect(await place.ids('results/exec')).toEqual(indices(2000));
  expect(model.calls).toHaveLength(40);
});

test('SIGTERM gives up requests that take longer than the grace period has room for', async () => {
  const model = await modelServer();
  model.inject({ kind: 'silence' });
  const contract = await contractOver(100, model);
  const { child, ended } = await place.start(contract, { env: { TERMINATION_GRACE_PERIOD_SECONDS: '6' } });
  await waitFor('a request to be in flight', () => (model.calls.length > 0 ? true : undefined));
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: '75', report: { items: { succeeded: 0, failed: 0 } } });
});

test('a large input goes through a small heap (AT-41, R-05)', async () => {
  const model = await modelServer();
  const contract = await contractOver(0, model, {
    kserve: { modelUrl: `${model.url}/v1/models/sklearn-iris:predict` },
    execution: { concurrency: 2 },
  });
  // 192 MiB in lines of 48 KiB of white space and four numbers, through a heap of 48 MiB.
  const line = `[1.5,2.5,3.5,4.5${' '.repeat(48 * 1024 - 18)}]\n`;
  const piece = line.repeat(64);
  await mkdir(join(place.input, 'many'));
  for (const index of indices(64)) await writeFile(join(place.input, 'many', `${index}.jsonl`), piece);
  const end = await place.run(
    { ...contract, input: { pvc: { claimName: 'data', path: 'many' } } },
    { nodeFlags: ['--max-old-space-size=48'] },
  );
  expect(end).toMatchObject({ code: '0', report: { items: { total: 64 * 64, succeeded: 64 * 64 } } });
  expect(end.report?.bytes.in).toBe(192 * 2 ** 20);
});

test.each(['off', 'on'] as const)(
  '200,000 INT64 values come out as they went in, binary tensors %s (AT-42, R-04)',
  async (binary) => {
    const [rows, values] = [2000, 100];
    const model = await modelServer();
    await writeFile(
      join(place.input, 'rows.jsonl'),
      indices(rows)
        .map((row) => `${int64Row(row, values)}\n`)
        .join(''),
    );
    const end = await place.run({
      jobName: 'inf-run',
      executionId: 'exec',
      kserve: { modelUrl: `${model.url}/v2/models/identity/infer`, v2: { binary } },
      input: { pvc: { claimName: 'data', path: 'rows.jsonl' } },
      output: { pvc: { claimName: 'data', path: 'results' } },
      execution: { concurrency: 2 },
    });
    expect(end).toMatchObject({ code: '0', report: { items: { total: rows, succeeded: rows } } });
    expect(await wrongRows(join(place.output, 'results/exec'), rows, values)).toBe(0);
    const isBinary = model.calls.map(({ headers }) => headers['inference-header-content-length'] !== undefined);
    expect(new Set(isBinary)).toEqual(new Set([binary === 'on']));
  },
);

describe('what others see of a run', () => {
  test('are its metrics and its liveness', async () => {
    const model = await modelServer({ delayMs: 300 });
    const contract = await contractOver(300, model);
    const { child, ended, log } = await place.start(contract, { args: ['--metrics-addr=127.0.0.1:0'] });
    const address = await waitFor(
      'metrics to be served',
      () => log.find(({ msg }) => msg === 'metrics listening')?.['address'],
    );
    const text = async (path: string) => (await fetch(`http://${String(address)}${path}`)).text();
    expect(await text('/healthz')).toBe('ok\n');
    await waitFor('results to be counted', async () =>
      /slipway_runner_items_total\{outcome="succeeded"\} [1-9]/.test(await text('/metrics')) ? true : undefined,
    );
    const metrics = await text('/metrics');
    expect(metrics).toMatch(/slipway_runner_items_total\{outcome="failed"\} 0/);
    expect(metrics).toMatch(/slipway_runner_requests_total [1-9]/);
    expect(metrics).toMatch(/slipway_runner_bytes_total\{direction="in"\} [1-9]/);
    child.kill('SIGTERM');
    expect((await ended).code).toBe('75');
  });

  test('is nothing where the port is taken, and the run does its work', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const end = await place.run(await contractOver(10, await modelServer()), {
      args: [`--metrics-addr=127.0.0.1:${port}`],
    });
    await new Promise((resolve) => other.close(resolve));
    expect(end.code).toBe('0');
    expect(end.log.map(({ msg }) => msg)).toContain('no metrics are served');
  });

  test('is the Contract at debug level only, without secrets (R-10)', async () => {
    const parameters = { table: 'iris', api_token: 'nobody-may-see' };
    const contract = await contractOver(10, await modelServer(), { parameters });
    const quiet = await place.run(contract);
    expect(quiet.log.some(({ msg }) => msg === 'Contract')).toBe(false);
    const loud = await place.run({ ...contract, executionId: 'other' }, { env: { LOG_LEVEL: 'debug' } });
    expect(loud.log.find(({ msg }) => msg === 'Contract')).toMatchObject({
      contract: { parameters: { table: 'iris' } },
    });
    expect(JSON.stringify([...quiet.log, ...loud.log])).not.toContain('nobody-may-see');
  });
});

describe('the command line', () => {
  test.each([
    [['--metrics=1'], "slipway: Unknown option '--metrics', allowed are --metrics-addr, --termination-log"],
    [['--metrics-addr=here'], '--metrics-addr: "here" is no address'],
  ])('that is wrong ends with 2: %j', async (args, message) => {
    const { code, output } = await runToEnd(program, ['runner', ...args]);
    expect(code).toBe('2');
    expect(output).toContain(message);
  });

  test('is explained by --help', async () => {
    const { code, output } = await runToEnd(program, ['runner', '--help']);
    expect(code).toBe('0');
    expect(output).toContain('75 interrupted with progress saved');
  });
});
