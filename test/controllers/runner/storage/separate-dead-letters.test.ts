import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Output } from '../../../../controllers/runner/output';
import { createOutput as httpOutput } from '../../../../controllers/runner/storage/http/output';
import { createOutput as pvcOutput } from '../../../../controllers/runner/storage/pvc/output';
import { withDeadLetters } from '../../../../controllers/runner/storage/separate-dead-letters';
import { batchOf, never, testWork } from './test-work';

let volume: string;

beforeEach(async () => {
  volume = await mkdtemp(join(tmpdir(), 'slipway-letters-'));
});
afterEach(() => rm(volume, { recursive: true }));

const isOdd = (index: number) => index % 2 === 1;

async function outputs(): Promise<{ readonly both: Output; readonly results: Output; readonly letters: Output }> {
  const environment = { INFERENCE_OUTPUT_DIR: volume };
  const deadLetter = { pvc: { claimName: 'data', path: 'letters' } };
  const work = testWork({ environment, execution: { errors: { deadLetter } } });
  const results = await pvcOutput({ claimName: 'data', path: 'results', partItems: 20 }, work);
  const letters = await pvcOutput(deadLetter.pvc, testWork({ environment }));
  return { results, letters, both: withDeadLetters(results, letters) };
}

async function ids(folder: string, like: RegExp): Promise<string[]> {
  const path = join(volume, folder, testWork().executionId);
  const names = (await readdir(path)).filter((name) => like.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(path, name), 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n').slice(0, -1));
  const all = lines.map((line) => Number((JSON.parse(line) as { id: string }).id.slice(3)));
  return all.sort((a, b) => a - b).map((index) => `id-${index}`);
}

const idsOf = (items: number, wanted: (index: number) => boolean) =>
  Array.from({ length: items }, (_, index) => index)
    .filter(wanted)
    .map((index) => `id-${index}`);

test('bad items go to an output of their own, each once, also when the process ends between the two (AT-39)', async () => {
  const killed = await outputs();
  await killed.both.open(never);
  await killed.both.write(batchOf({ first: 0, last: 9 }, isOdd), never);
  // The end came when the dead letters were written, and the results were not.
  await killed.letters.write({ ...batchOf({ first: 10, last: 19 }, isOdd), results: [] }, never);
  await killed.both.close();
  const { both } = await outputs();
  expect((await both.open(never)).done).toEqual([{ first: 0, last: 9 }]);
  for (const first of [10, 20]) await both.write(batchOf({ first, last: first + 9 }, isOdd), never);
  await both.commit({ succeeded: 15, failed: 15 }, never);
  await both.close();
  expect(await ids('results', /^part-/)).toEqual(idsOf(30, (index) => !isOdd(index)));
  expect(await ids('results', /^errors-/)).toEqual([]);
  expect(await ids('letters', /^errors-/)).toEqual(idsOf(30, isOdd));
  expect(await ids('letters', /^part-/)).toEqual([]);
});

test('dead letters where the results are, or where they can not be, are refused with exit code 2', async () => {
  const { both, results } = await outputs();
  expect(() => withDeadLetters(results, results)).toThrow(
    'the results are there already, use inherit or another folder',
  );
  const http = await httpOutput({ url: 'http://127.0.0.1:1' }, testWork());
  expect(() => withDeadLetters(results, http)).toThrow('got http, allowed: inherit, none, pvc, s3, log');
  await http.close();
  await both.close();
});
