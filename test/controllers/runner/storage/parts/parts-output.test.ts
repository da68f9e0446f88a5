import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { OutputParts } from '../../../../../definitions/inference/storage/output-format';
import type { EarlierWork, Output, Range } from '../../../../../controllers/runner/output';
import { PartsOutput } from '../../../../../controllers/runner/storage/parts/parts-output';
import { partsSettings } from '../../../../../controllers/runner/storage/parts/parts-settings';
import { VolumeStore } from '../../../../../controllers/runner/storage/pvc/volume-store';
import { batchOf, HandClock, never, testWork } from '../test-work';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-parts-'));
});
afterEach(() => rm(folder, { recursive: true }));

const work = testWork();

function outputOf(settings: OutputParts = {}, its = work, store = new VolumeStore(folder)): PartsOutput {
  return new PartsOutput(store, partsSettings('pvc', settings, its), its);
}

/** Batches of ten items, those that are done left out, as a pipeline makes them. */
async function writeAll(output: Output, items: number, fails?: (index: number) => boolean, order = ascending) {
  await writeMissing(output, await output.open(never), items, fails, order);
}

async function writeMissing(
  output: Output,
  { done }: EarlierWork,
  items: number,
  fails?: (index: number) => boolean,
  order = ascending,
) {
  const missing: Range[] = [];
  for (let first = 0; first < items; first += 10) {
    const last = Math.min(first + 9, items - 1);
    if (!done.some((range) => range.first <= first && last <= range.last)) missing.push({ first, last });
  }
  for (const range of order(missing)) {
    await output.write(batchOf(range, fails), never);
    await output.save(never);
  }
}

const ascending = (ranges: Range[]) => ranges;

async function textOf(name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8');
}

async function namesLike(pattern: RegExp): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name));
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** What all files of a kind say, line by line. */
async function linesOf(pattern: RegExp): Promise<Record<string, unknown>[]> {
  const texts = await Promise.all((await namesLike(pattern)).map(textOf));
  return texts.flatMap((text) => text.split('\n').slice(0, -1)).map((line) => JSON.parse(line) as never);
}

async function json(name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await textOf(name)) as Record<string, unknown>;
}

const parts = /^part-/;
const errors = /^errors-/;

/** Ids of `items` items in their order. */
const ids = (items: number) => Array.from({ length: items }, (_, index) => `id-${index}`);

/** Asserts that each item is in the output once: with its result, or among the dead letters. */
async function expectEachOnce(items: number, fails: (index: number) => boolean = () => false): Promise<void> {
  const results = (await linesOf(parts)).map(({ id }) => id);
  const letters = (await linesOf(errors)).map(({ id }) => id);
  const byNumber = (all: unknown[]) => all.sort((a, b) => Number(String(a).slice(3)) - Number(String(b).slice(3)));
  const expected = ids(items);
  expect(byNumber(results)).toEqual(expected.filter((_, index) => !fails(index)));
  expect(byNumber(letters)).toEqual(expected.filter((_, index) => fails(index)));
}

test('parts have their items in their names, results in their order, and a manifest that tells of them', async () => {
  const output = outputOf({ partItems: 30 });
  await writeAll(output, 75, (index) => index === 42);
  await output.commit({ succeeded: 74, failed: 1 }, never);
  await output.close();
  expect((await readdir(folder)).sort()).toEqual([
    '_SUCCESS',
    '_checkpoint-0.json',
    '_manifest-0.json',
    'errors-0-30-59.jsonl',
    'part-0-0-29.jsonl',
    'part-0-30-59.jsonl',
    'part-0-60-74.jsonl',
  ]);
  expect((await linesOf(parts)).map(({ id }) => id)).toEqual(ids(75).filter((id) => id !== 'id-42'));
  expect((await textOf('part-0-0-29.jsonl')).split('\n')[1]).toBe('{"id":"id-1","predictions":[1,2]}');
  expect(await linesOf(errors)).toEqual([
    { index: 42, id: 'id-42', error: { code: 'HTTP_400', message: 'no 42' }, input: { x: 42 } },
  ]);
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  expect(await json('_manifest-0.json')).toMatchObject({
    v: 1,
    executionId: work.executionId,
    contractHash: work.contractHash,
    shard: 0,
    counts: { succeeded: 74, failed: 1 },
    parts: [
      { name: 'part-0-0-29.jsonl', first: 0, last: 29, items: 30, failed: 0 },
      {
        name: 'part-0-30-59.jsonl',
        items: 30,
        failed: 1,
        sha256: sha256(await textOf('part-0-30-59.jsonl')),
        errors: { name: 'errors-0-30-59.jsonl', sha256: sha256(await textOf('errors-0-30-59.jsonl')) },
      },
      { name: 'part-0-60-74.jsonl', items: 15, bytes: (await textOf('part-0-60-74.jsonl')).length },
    ],
  });
  expect(await json('_checkpoint-0.json')).toEqual({
    v: 1,
    executionId: work.executionId,
    contractHash: work.contractHash,
    shard: 0,
    position: 75,
    doneRanges: [[0, 74]],
    counts: { succeeded: 74, failed: 1 },
  });
});

test('an execution without items is whole too', async () => {
  const output = outputOf();
  await output.open(never);
  await output.commit({ succeeded: 0, failed: 0 }, never);
  await output.close();
  expect(await namesLike(parts)).toEqual([]);
  expect(await json('_manifest-0.json')).toMatchObject({ counts: { succeeded: 0, failed: 0 }, parts: [] });
  expect(await readdir(folder)).toContain('_SUCCESS');
});

test('every batch that was written before a SIGKILL is done, within a part too (AT-39)', async () => {
  const killed = outputOf({ partItems: 1000 });
  await writeAll(killed, 40);
  // Nothing is flushed at the end of a process: what counts is what the system has been given.
  await killed.close();
  const next = outputOf({ partItems: 1000 });
  const earlier = await next.open(never);
  expect(earlier).toEqual({ done: [{ first: 0, last: 39 }], failed: 0 });
  await writeMissing(next, earlier, 100);
  await next.commit({ succeeded: 100, failed: 0 }, never);
  await next.close();
  expect(await namesLike(parts)).toEqual(['part-0-0-99.jsonl']);
  await expectEachOnce(100);
});

test.each([
  ['half a line of results', (file: string) => appendFile(`${file}.part`, '{"id":"id-40","predic')],
  ['results that the journal does not know', (file: string) => appendFile(`${file}.part`, '{"id":"id-40"}\n')],
  ['half a line of the journal', (file: string) => appendFile(`${file}.journal`, '{"ranges":[[40')],
  ['dead letters that the journal does not know', (file: string) => appendFile(`${file}.errors`, '{"id":"id-40"}\n')],
])('what a process was in the middle of is cut off: %s (AT-39)', async (_what, leave) => {
  const killed = outputOf();
  await writeAll(killed, 40, isOdd);
  await killed.close();
  await leave(join(folder, '_open-0'));
  const next = outputOf();
  const earlier = await next.open(never);
  expect(earlier).toEqual({ done: [{ first: 0, last: 39 }], failed: 20 });
  await writeMissing(next, earlier, 60, isOdd);
  await next.commit({ succeeded: 30, failed: 30 }, never);
  await next.close();
  await expectEachOnce(60, isOdd);
});

test('what a node took with it, although the journal has it, is done again', async () => {
  const killed = outputOf();
  await writeAll(killed, 40);
  await killed.close();
  const file = join(folder, '_open-0.part');
  const { length } = await readFile(file);
  await truncate(file, length - 15);
  await appendFile(file, '\0'.repeat(15));
  const next = outputOf();
  const earlier = await next.open(never);
  expect(earlier.done).toEqual([{ first: 0, last: 29 }]);
  await writeMissing(next, earlier, 40);
  await next.commit({ succeeded: 40, failed: 0 }, never);
  await next.close();
  await expectEachOnce(40);
});

const isOdd = (index: number) => index % 2 === 1;

/** A volume whose process ends at one of its operations: before it, or when it is done. */
class DeadlyStore extends VolumeStore {
  private operations = 0;

  constructor(
    workFolder: string,
    private readonly deadlyOperation: number,
    private readonly afterwards: boolean,
  ) {
    super(workFolder);
  }

  override async write(name: string, text: string): Promise<void> {
    await this.dying(() => super.write(name, text));
  }

  override async keep(file: string, name: string): Promise<void> {
    await this.dying(() => super.keep(file, name));
  }

  private async dying(operation: () => Promise<void>): Promise<void> {
    this.operations += 1;
    const isDeadly = this.operations === this.deadlyOperation;
    if (isDeadly && !this.afterwards) throw new Error('killed');
    await operation();
    if (isDeadly) throw new Error('killed');
  }
}

describe.each(['preserve', 'any'] as const)('with order %s', (kind) => {
  const order =
    kind === 'any'
      ? (ranges: Range[]) => [...ranges].sort((a, b) => ((a.first * 7) % 31) - ((b.first * 7) % 31))
      : ascending;

  test('each item is in the output once, before and after whatever operation the process ends (AT-39)', async () => {
    let deaths = 0;
    for (let operation = 1; ; operation += 1) {
      let died = false;
      for (const afterwards of [false, true]) {
        await rm(folder, { recursive: true });
        folder = await mkdtemp(join(tmpdir(), 'slipway-parts-'));
        const clock = new HandClock();
        const its = testWork({ clock });
        const attempt = async (output: PartsOutput) => {
          try {
            await writeAll(output, 100, isOdd, (ranges) => {
              clock.pass(2000);
              return order(ranges);
            });
            await output.commit({ succeeded: 50, failed: 50 }, never);
          } finally {
            await output.close();
          }
        };
        try {
          await attempt(outputOf({ partItems: 30 }, its, new DeadlyStore(folder, operation, afterwards)));
        } catch (error) {
          expect(String(error)).toContain('killed');
          died = true;
          deaths += 1;
          await attempt(outputOf({ partItems: 30 }, its));
        }
        await expectEachOnce(100, isOdd);
        expect(await json('_manifest-0.json')).toMatchObject({ counts: { succeeded: 50, failed: 50 } });
        expect(await namesLike(/^_open/)).toEqual([]);
      }
      if (!died) break;
    }
    // Parts, dead letters, checkpoint, manifest, success: otherwise the loop has tried nothing.
    expect(deaths).toBeGreaterThan(2 * 10);
  });
});

test('without a checkpoint the parts tell what is done', async () => {
  const first = outputOf({ partItems: 20 });
  await writeAll(first, 40, (index) => index === 5);
  await first.close();
  await rm(join(folder, '_checkpoint-0.json'));
  const next = outputOf({ partItems: 20 });
  expect(await next.open(never)).toEqual({ done: [{ first: 0, last: 39 }], failed: 1 });
  await next.close();
});

test.each([
  ['execution', { executionId: 'other-execution' }, 'is of execution 5be07ada-0123abcd-0, this is other-execution'],
  ['contract', { contractHash: 'ffff' }, 'is of another contract'],
])('the checkpoint of another %s is refused with exit code 8', async (_what, changes, message) => {
  const first = outputOf();
  await writeAll(first, 10);
  await first.close();
  const next = outputOf({}, testWork(changes));
  await expect(next.open(never)).rejects.toMatchObject({
    exitCode: 8,
    message: expect.stringContaining(message) as unknown,
  });
  await next.close();
});

test('a checkpoint that is none is refused with exit code 8', async () => {
  await writeFile(join(folder, '_checkpoint-0.json'), '{"v":2}');
  const output = outputOf();
  await expect(output.open(never)).rejects.toMatchObject({ exitCode: 8 });
  await output.close();
});

test('with checkpoint.mode off a process begins anew, and takes away what one before has left', async () => {
  const its = testWork({ execution: { checkpoint: { mode: 'off' } } });
  const first = outputOf({ partItems: 20 }, its);
  await writeAll(first, 50, isOdd);
  await first.close();
  const next = outputOf({ partItems: 30 }, its);
  const earlier = await next.open(never);
  expect(earlier).toEqual({ done: [], failed: 0 });
  await writeMissing(next, earlier, 50, isOdd);
  expect(await next.save(never)).toBeUndefined();
  await next.commit({ succeeded: 25, failed: 25 }, never);
  await next.close();
  await expectEachOnce(50, isOdd);
  expect(await namesLike(/checkpoint|open/)).toEqual([]);
});

test('errors.deadLetter none keeps bad items out of the output, and counts them', async () => {
  const output = outputOf({}, testWork({ execution: { errors: { deadLetter: 'none' } } }));
  await writeAll(output, 20, isOdd);
  await output.commit({ succeeded: 10, failed: 10 }, never);
  await output.close();
  expect(await namesLike(errors)).toEqual([]);
  expect(await json('_manifest-0.json')).toMatchObject({ counts: { succeeded: 10, failed: 10 } });
});

test.each([
  ['gzip', 'jsonl.gz', gunzipSync],
  ['zstd', 'jsonl.zst', zstdDecompressSync],
] as const)('parts are compressed with %s, and continued before that (AT-39)', async (compression, extension, undo) => {
  const killed = outputOf({ compression });
  await writeAll(killed, 40);
  await killed.close();
  const next = outputOf({ compression });
  const earlier = await next.open(never);
  expect(earlier.done).toEqual([{ first: 0, last: 39 }]);
  await writeMissing(next, earlier, 60);
  await next.commit({ succeeded: 60, failed: 0 }, never);
  await next.close();
  const text = undo(await readFile(join(folder, `part-0-0-59.${extension}`))).toString();
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { id: string }).id),
  ).toEqual(ids(60));
});

test('a document of JSON is one, also when it was continued just before its end', async () => {
  const killed = outputOf({ format: 'json' }, work, new DeadlyStore(folder, 2, false));
  await writeAll(killed, 20);
  await expect(killed.commit({ succeeded: 20, failed: 0 }, never)).rejects.toThrow('killed');
  await killed.close();
  const next = outputOf({ format: 'json' });
  await writeAll(next, 30);
  await next.commit({ succeeded: 30, failed: 0 }, never);
  await next.close();
  const [name = ''] = await namesLike(parts);
  expect(JSON.parse(await textOf(name))).toHaveLength(30);
});

test('a volume that is full ends the run with exit code 5 and says what to do', async () => {
  class FullStore extends VolumeStore {
    override async keep(): Promise<void> {
      throw Object.assign(new Error('ENOSPC: no space left on device, rename'), { code: 'ENOSPC' });
    }
  }
  const output = outputOf({ partItems: 10 }, work, new FullStore(folder));
  await expect(writeAll(output, 10)).rejects.toMatchObject({ exitCode: 5, code: 'STORAGE_WRITE' });
  await output.close();
});
