import { setImmediate, setTimeout as after } from 'node:timers/promises';
import type { Contract } from '../../../definitions/inference/contract';
import { executionDefaults, type ExecutionSettings } from '../../../definitions/inference/execution';
import { exitCodes } from '../../../definitions/inference/runner-report';
import { execute, type Connected } from '../../../controllers/runner/execute';
import { executionOf } from '../../../controllers/runner/execution-of';
import type { Item } from '../../../controllers/runner/item';
import { createRunnerMetrics } from '../../../controllers/runner/metrics';
import { RunnerError } from '../../../controllers/runner/runner-error';
import { Tally } from '../../../controllers/runner/tally';
import { ManualClock, fixedRandom } from '../runtime/manual-clock';
import { logLines } from '../runtime/log-lines';
import {
  indices,
  MemoryInput,
  MemoryModel,
  MemoryOutput,
  MemoryStorage,
  numbered,
  refusedWith,
  unreadable,
} from './memory-parts';

interface RunOptions {
  readonly execution?: ExecutionSettings;
  readonly input?: MemoryInput;
  readonly model?: MemoryModel;
  readonly output?: MemoryOutput;
  readonly clock?: ManualClock;
}

const noSums = { succeeded: 0, failed: 0, skipped: 0, batches: 0, requests: 0, retries: 0, bytesIn: 0, bytesOut: 0 };

/** A run over parts in memory, with its stop in the test's hand. */
function startRun({ execution = {}, input, model, output, clock }: RunOptions) {
  const contract: Contract = { jobName: 'inf-run', kserve: {}, input: { memory: {} }, execution };
  const parts = {
    input: input ?? new MemoryInput(indices(1000).map(numbered)),
    model: model ?? new MemoryModel(),
    output: output ?? new MemoryOutput(),
  };
  const [begun, requests, writes] = [new AbortController(), new AbortController(), new AbortController()];
  const stop = { begun: begun.signal, requests: requests.signal, writes: writes.signal };
  const tally = new Tally();
  const connected: Connected = {};
  const { log, lines } = logLines();
  const ended = (async () => {
    const work = {
      contract,
      executionId: 'id',
      contractHash: 'hash',
      shard: 0,
      execution: executionOf(contract),
      environment: {},
      openEndpoint: () => Promise.reject(new Error('no endpoint here')),
      clock: clock ?? new ManualClock(),
      random: fixedRandom(0.5),
      log,
    };
    const connect = {
      input: async () => parts.input,
      model: async () => parts.model,
      output: async () => parts.output,
    };
    await execute({
      work,
      connect,
      connected,
      stop,
      tally,
      metrics: createRunnerMetrics(() => noSums, { process: false }),
    });
  })();
  const interrupted = new RunnerError(exitCodes.interrupted, 'INTERRUPTED', 'stopped by SIGTERM');
  return {
    ...parts,
    tally,
    lines,
    /** How it ended: 0 or the exit code and the message. */
    ended: ended.then(
      () => ({ exitCode: 0, message: '' }),
      (error: unknown) => {
        if (error instanceof RunnerError) return { exitCode: error.exitCode, message: error.message };
        throw error;
      },
    ),
    stop: () => begun.abort(interrupted),
    giveUpRequests: () => requests.abort(interrupted),
  };
}

function counts({ total, succeeded, failed, skipped }: Tally) {
  return { total, succeeded, failed, skipped };
}

/** Whether an item appears twice. */
function duplicates(values: readonly number[]): number {
  return values.length - new Set(values).size;
}

describe('a run', () => {
  test('asks about every item once and writes the results in order', async () => {
    const run = startRun({ execution: { concurrency: 4 } });
    expect(await run.ended).toEqual({ exitCode: 0, message: '' });
    expect(run.output.storage.results).toEqual(indices(1000));
    expect(run.output.storage.committed).toEqual({ succeeded: 1000, failed: 0 });
    expect(run.model.asked).toHaveLength(Math.ceil(1000 / 64));
    expect([run.input.closed, run.model.closed, run.output.closed]).toEqual([true, true, true]);
  });

  test.each([1, 5])('has %i requests in flight, and one writer', async (concurrency) => {
    const run = startRun({
      execution: { concurrency, batch: { maxItems: 10 } },
      model: new MemoryModel(async () => void (await after(1))),
    });
    expect((await run.ended).exitCode).toBe(0);
    expect(run.model.mostInFlight).toBe(concurrency);
    expect(run.output.overlaps).toBe(0);
  });

  test.each([
    ['preserve', (results: number[]) => expect(results).toEqual(indices(1000))],
    ['any', (results: number[]) => expect(results.slice(0, 10)).not.toEqual(indices(10))],
  ] as const)('writes in order or not, as order: %s says, when the first request is slow', async (order, expected) => {
    const run = startRun({
      execution: { concurrency: 3, order, batch: { maxItems: 10 } },
      model: new MemoryModel(async ([first]) => void (first === 0 && (await after(30)))),
    });
    expect((await run.ended).exitCode).toBe(0);
    expected(run.output.storage.results);
    expect(run.output.storage.results.sort((a, b) => a - b)).toEqual(indices(1000));
  });

  test.each([
    ['the model', { model: new MemoryModel(() => new Promise<void>(() => undefined)) }],
    ['the output', { output: new MemoryOutput(undefined, () => new Promise<void>(() => undefined)) }],
  ])('reads no further than the room for batches while %s is slow (R-05)', async (_name, slow) => {
    const run = startRun({ execution: { concurrency: 3, prefetchBatches: 2, batch: { maxItems: 10 } }, ...slow });
    for (let turn = 0; turn < 200; turn += 1) await setImmediate();
    // The last batch that is being made is one of them.
    expect(run.input.taken).toBe((3 + 2) * 10);
  });

  test('writes what has waited for a slow write in one piece, and counts every batch of it', async () => {
    let writes = 0;
    const output = new MemoryOutput(undefined, async () => {
      writes += 1;
      if (writes === 1) while (run.model.asked.length < 6) await setImmediate();
    });
    const run = startRun({ output, execution: { prefetchBatches: 10, batch: { maxItems: 10 } } });
    expect((await run.ended).exitCode).toBe(0);
    expect(output.storage.ranges[1]).toMatchObject({ first: 10 });
    expect(output.storage.ranges[1]?.last).toBeGreaterThanOrEqual(39);
    expect(output.storage.results).toEqual(indices(1000));
    expect(run.tally.batches).toBe(100);
  });

  test.each(['preserve', 'any'] as const)(
    'has asked about no more than one batch for each worker that an output has not yet kept, order: %s (AT-39)',
    async (order) => {
      let most = 0;
      const output = new MemoryOutput(undefined, () => after(1));
      output.keepsWrites = true;
      const look = async ([first = 0]: readonly number[]) => {
        const kept = [...output.written, ...output.storage.saved].flatMap(({ results }) => results);
        most = Math.max(most, run.model.asked.flat().length - kept.length);
        // Every third batch holds up those behind it.
        if (first % 30 === 0) await after(5);
      };
      const run = startRun({
        output,
        model: new MemoryModel(look),
        execution: { concurrency: 3, prefetchBatches: 4, order, batch: { maxItems: 10 } },
      });
      expect((await run.ended).exitCode).toBe(0);
      expect(most).toBe(3 * 10);
      expect(output.storage.results.sort((a, b) => a - b)).toEqual(indices(1000));
    },
  );

  test('ends at once when requests are given up while workers wait for a write', async () => {
    const output = new MemoryOutput();
    output.keepsWrites = true;
    const stuck = ([first]: readonly number[], signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (first !== 0) resolve();
        else signal.addEventListener('abort', () => reject(new Error('given up')));
      });
    const run = startRun({
      output,
      model: new MemoryModel(stuck),
      execution: { concurrency: 3, batch: { maxItems: 10 } },
    });
    while (run.model.asked.length < 3) await setImmediate();
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
    // The two others have finished, and wait: their batches come after the first one.
    expect(run.model.asked).toHaveLength(3);
    run.stop();
    run.giveUpRequests();
    expect((await run.ended).exitCode).toBe(exitCodes.interrupted);
    expect(output.storage.results).toEqual([]);
  });

  test('without items succeeds, or fails where that is wanted (AT-36, R-03)', async () => {
    const succeeds = startRun({ input: new MemoryInput([]) });
    expect(await succeeds.ended).toEqual({ exitCode: 0, message: '' });
    expect(succeeds.output.storage.committed).toEqual({ succeeded: 0, failed: 0 });
    const fails = startRun({ input: new MemoryInput([]), execution: { emptyInput: 'fail' } });
    expect(await fails.ended).toMatchObject({ exitCode: exitCodes.input });
    expect(fails.output.storage.committed).toBeUndefined();
  });

  test('stops after maxInputItems and counts no more', async () => {
    const run = startRun({ execution: { maxInputItems: 100 } });
    expect((await run.ended).exitCode).toBe(0);
    expect(counts(run.tally)).toEqual({ total: 100, succeeded: 100, failed: 0, skipped: 0 });
  });

  test('that is a dry run counts, and writes nothing', async () => {
    const items: Item[] = [...indices(10).map(numbered), unreadable(10)];
    const run = startRun({ execution: { dryRun: true }, input: new MemoryInput(items) });
    expect((await run.ended).exitCode).toBe(0);
    expect(counts(run.tally)).toEqual({ total: 11, succeeded: 0, failed: 1, skipped: 0 });
    // Its client builds the requests, and sends none in a dry run.
    expect(run.model.asked).toEqual([indices(10)]);
    expect([run.output.opened, run.output.written, run.output.saves]).toEqual([false, [], 0]);
    expect(run.output.storage.committed).toBeUndefined();
  });
});

describe('bad items (AT-38)', () => {
  const bad = 500;
  const model = () =>
    new MemoryModel((asked) => {
      if (asked.includes(bad)) throw refusedWith(422);
    });

  test('within the limits are dead letters, and every other item has its result', async () => {
    const run = startRun({ model: model(), execution: { errors: { mode: 'continue', maxFailedItems: 1 } } });
    expect(await run.ended).toEqual({ exitCode: 0, message: '' });
    expect(run.output.storage.results).toEqual(indices(1000).filter((index) => index !== bad));
    expect(run.output.storage.deadLetters).toEqual([bad]);
    expect(run.output.storage.committed).toEqual({ succeeded: 999, failed: 1 });
  });

  test('above the limit end the run with 6, and what was written is saved', async () => {
    const run = startRun({ model: model(), execution: { errors: { mode: 'continue', maxFailedItems: 0 } } });
    expect(await run.ended).toEqual({
      exitCode: exitCodes.items,
      message: '1 of 512 items failed, errors.maxFailedItems allows 0',
    });
    expect(run.output.storage.deadLetters).toEqual([bad]);
    expect(run.output.storage.committed).toBeUndefined();
  });

  test('end the run at once by default: with 6 when an item is at fault, and no dead letters', async () => {
    const run = startRun({ model: model() });
    expect(await run.ended).toEqual({ exitCode: exitCodes.items, message: 'item 500: the model answered 422' });
    expect(run.output.storage.results).toEqual(indices(448));
    expect(run.output.storage.deadLetters).toEqual([]);
  });

  test('end the run with 4 when the model is at fault', async () => {
    const unavailable = new MemoryModel((asked) => {
      if (asked.includes(bad)) throw refusedWith(503);
    });
    expect(await startRun({ model: unavailable }).ended).toMatchObject({ exitCode: exitCodes.inference });
  });

  test('that can not be read count, too', async () => {
    const items = indices(1000).map((index) => (index === bad ? unreadable(index) : numbered(index)));
    const fails = startRun({ input: new MemoryInput(items) });
    expect(await fails.ended).toEqual({ exitCode: exitCodes.items, message: 'item 500: line 501 is no JSON' });
    const goesOn = startRun({ input: new MemoryInput(items), execution: { errors: { mode: 'continue' } } });
    expect((await goesOn.ended).exitCode).toBe(0);
    expect(goesOn.output.storage.deadLetters).toEqual([bad]);
  });

  test.each([
    ['above the share', 0.0005, exitCodes.items],
    ['of the share or below', 0.001, exitCodes.success],
  ])('%s are judged at the end', async (_name, maxFailedRatio, exitCode) => {
    const errors = { mode: 'continue', maxFailedRatio, minItems: 100_000 } as const;
    expect(await startRun({ model: model(), execution: { errors } }).ended).toMatchObject({ exitCode });
  });

  test('of a share too large end the run as soon as so many were tried', async () => {
    const refusing = new MemoryModel(() => {
      throw refusedWith(400);
    });
    const errors = { mode: 'continue', maxFailedRatio: 0.5, minItems: 200 } as const;
    const run = startRun({ model: refusing, execution: { errors, batch: { maxItems: 50 } } });
    expect((await run.ended).exitCode).toBe(exitCodes.items);
    expect(run.output.storage.deadLetters).toHaveLength(200);
  });
});

describe('a stage that fails', () => {
  test('is the input: exit 3, and what is done is saved', async () => {
    const input = new MemoryInput(indices(1000).map(numbered), (index) => {
      if (index === 640) throw new Error('connection lost');
    });
    const run = startRun({ input, execution: { batch: { maxItems: 10 } } });
    expect(await run.ended).toEqual({ exitCode: exitCodes.input, message: 'connection lost' });
    expect(run.output.storage.results).toEqual(indices(run.output.storage.results.length));
    expect(run.output.storage.results.length).toBeGreaterThan(500);
    expect(run.output.storage.committed).toBeUndefined();
  });

  test('is the output: exit 5, requests in flight are given up', async () => {
    const output = new MemoryOutput(undefined, () => Promise.reject(new Error('disk full')));
    const model = new MemoryModel(
      ([first], signal) =>
        new Promise((resolve, reject) => {
          if (first === 0) resolve();
          else signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    const run = startRun({ output, model, execution: { concurrency: 4 } });
    expect(await run.ended).toEqual({ exitCode: exitCodes.output, message: 'disk full' });
    expect(run.model.inFlight).toBe(0);
  });

  test('with an exit code of its own keeps it', async () => {
    const refused = new RunnerError(exitCodes.endpoint, 'CREDENTIALS', 'the model answered 401');
    const run = startRun({ model: new MemoryModel(() => Promise.reject(refused)) });
    expect(await run.ended).toEqual({ exitCode: exitCodes.endpoint, message: 'the model answered 401' });
  });

  test('by a request that is given up makes no dead letters', async () => {
    const input = new MemoryInput(indices(1000).map(numbered), (index) => {
      if (index === 200) throw new Error('connection lost');
    });
    const model = new MemoryModel(async ([first], signal) => {
      if (first === 0) return;
      await after(10_000, undefined, { signal }).catch(() => undefined);
      throw refusedWith(503);
    });
    const execution = { concurrency: 2, errors: { mode: 'continue' } } as const;
    const run = startRun({ input, model, execution });
    expect((await run.ended).exitCode).toBe(exitCodes.input);
    expect(run.output.storage.deadLetters).toEqual([]);
  });
});

describe('a run that is stopped (AT-40)', () => {
  test('lets requests in flight finish, saves them and ends with 75; the next attempt does the rest, each item once', async () => {
    const storage = new MemoryStorage();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let waiting = 0;
    const model: MemoryModel = new MemoryModel(async ([first = 0]) => {
      if (first < 320) return;
      waiting += 1;
      if (waiting === 3) {
        run.stop();
        release();
      }
      await held;
    });
    const run = startRun({ model, output: new MemoryOutput(storage), execution: { concurrency: 3 } });
    expect(await run.ended).toEqual({ exitCode: exitCodes.interrupted, message: 'stopped by SIGTERM' });
    expect(storage.results).toEqual(indices(512));
    expect(storage.committed).toBeUndefined();

    const next = startRun({ output: new MemoryOutput(storage) });
    expect((await next.ended).exitCode).toBe(0);
    expect(storage.results).toEqual(indices(1000));
    expect(counts(next.tally)).toEqual({ total: 1000, succeeded: 488, failed: 0, skipped: 512 });
    expect(storage.committed).toEqual({ succeeded: 1000, failed: 0 });
    expect(next.lines.some(({ msg }) => msg.startsWith('earlier work found'))).toBe(true);
  });

  test('gives up requests that take too long, and makes no dead letters of them', async () => {
    const model = new MemoryModel(async ([first = 0], signal) => {
      if (first < 64) return;
      await after(60_000, undefined, { signal }).catch(() => undefined);
      throw refusedWith(503);
    });
    const run = startRun({ model, execution: { concurrency: 2, errors: { mode: 'continue' } } });
    while (run.model.inFlight < 2 || run.output.written.length < 1) await setImmediate();
    run.stop();
    await setImmediate();
    run.giveUpRequests();
    expect((await run.ended).exitCode).toBe(exitCodes.interrupted);
    expect(run.output.storage.results).toEqual(indices(64));
    expect(run.output.storage.deadLetters).toEqual([]);
  });

  test('ends although the input does not listen', async () => {
    const input = new MemoryInput(indices(100).map(numbered), (index) =>
      index === 70 ? new Promise<void>(() => undefined) : undefined,
    );
    const run = startRun({ input });
    while (run.output.written.length < 1) await setImmediate();
    run.stop();
    expect((await run.ended).exitCode).toBe(exitCodes.interrupted);
    expect(run.output.storage.results).toEqual(indices(64));
  });

  test('after the last item was read still ends well', async () => {
    const input = new MemoryInput(indices(100).map(numbered));
    const model = new MemoryModel(([first]) => {
      if (first === 64) run.stop();
    });
    const run = startRun({ input, model });
    expect((await run.ended).exitCode).toBe(0);
    expect(run.output.storage.committed).toEqual({ succeeded: 100, failed: 0 });
  });

  test('before the model is ready asks nothing', async () => {
    const run = startRun({});
    run.stop();
    expect((await run.ended).exitCode).toBe(exitCodes.interrupted);
    expect(run.model.asked).toEqual([]);
  });
});

describe('progress is saved', () => {
  test('every so many items', async () => {
    const run = startRun({ execution: { batch: { maxItems: 10 }, checkpoint: { everyItems: 100 } } });
    expect((await run.ended).exitCode).toBe(0);
    // Ten times before the commit, which saves the rest.
    expect(run.output.saves).toBe(11);
    expect(run.tally.position).toBe(1000);
  });

  test('every so many seconds, though no further batch is finished', async () => {
    const clock = new ManualClock();
    const model = new MemoryModel(([first]) => (first === 0 ? undefined : new Promise<void>(() => undefined)));
    const run = startRun({ model, clock, execution: { checkpoint: { everySeconds: 30 } } });
    while (run.output.written.length < 1) await setImmediate();
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    expect(run.output.saves).toBe(0);
    await clock.advance(30_000);
    while (run.output.saves < 1) await setImmediate();
    expect(run.output.storage.results).toEqual(indices(64));
  });
});

test('killed at any item and started again, every item has one result and no batch is asked about twice but those in flight', async () => {
  const seed = 20_261_121;
  let state = seed;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % below;
  };
  for (let round = 0; round < 20; round += 1) {
    const storage = new MemoryStorage();
    const concurrency = 1 + random(4);
    const execution = {
      concurrency,
      order: random(2) === 0 ? 'preserve' : 'any',
      batch: { maxItems: 1 + random(20) },
      checkpoint: { everyItems: 1 + random(50) },
    } as const;
    const asked: number[] = [];
    for (let ended = false; !ended;) {
      const diesAt = asked.length + random(200);
      // What is not saved is lost, as with SIGKILL: an output that takes nothing any more.
      const model = new MemoryModel((batch) => {
        asked.push(...batch);
        return asked.length > diesAt && asked.length < 2000 ? new Promise<void>(() => undefined) : undefined;
      });
      const run = startRun({
        model,
        execution,
        output: new MemoryOutput(storage),
        input: new MemoryInput(indices(300).map(numbered)),
      });
      let over = false;
      void run.ended.then(() => (over = true));
      const quiet = async () => {
        while (asked.length <= diesAt && !over) await setImmediate();
        for (let turn = 0; turn < 30; turn += 1) await setImmediate();
      };
      await quiet();
      ended = over;
    }
    expect(`seed ${seed}, round ${round}: ${duplicates(storage.results)} twice`).toBe(
      `seed ${seed}, round ${round}: 0 twice`,
    );
    expect(storage.results.sort((a, b) => a - b)).toEqual(indices(300));
  }
});

test('defaults are those of the input kind where the Contract says nothing', () => {
  expect(executionOf({ jobName: 'a', kserve: {}, input: { krateo: {} } })).toEqual(executionDefaults('krateo'));
  expect(executionOf({ jobName: 'a', kserve: {}, input: { s3: {} } })).toEqual(executionDefaults('s3'));
});
