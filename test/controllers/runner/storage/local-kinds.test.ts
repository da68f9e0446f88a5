import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createInput as configMapInput } from '../../../../controllers/runner/storage/config-map/input';
import { createInput as inlineInput } from '../../../../controllers/runner/storage/inline/input';
import { createOutput as logOutput } from '../../../../controllers/runner/storage/log/output';
import { createInput as pvcInput } from '../../../../controllers/runner/storage/pvc/input';
import { createOutput as pvcOutput } from '../../../../controllers/runner/storage/pvc/output';
import { allItems, batchOf, never, testWork, valuesOf } from './test-work';

let volume: string;

beforeEach(async () => {
  volume = await mkdtemp(join(tmpdir(), 'slipway-volume-'));
});
afterEach(() => rm(volume, { recursive: true }));

function work(changes: Parameters<typeof testWork>[0] = {}) {
  const environment = {
    INFERENCE_INPUT_DIR: volume,
    INFERENCE_OUTPUT_DIR: volume,
    INFERENCE_CONFIG_MAP_INPUT_DIR: volume,
  };
  return testWork({ environment, ...changes });
}

async function file(path: string, content: string | Buffer): Promise<void> {
  await mkdir(join(volume, path, '..'), { recursive: true });
  await writeFile(join(volume, path), content);
}

describe('input inline', () => {
  test('items are given as themselves or as a text in a format', async () => {
    expect(await valuesOf(await inlineInput({ items: [{ x: 1 }, 2n ** 53n + 1n, 'a'] }, work()))).toEqual([
      { x: 1 },
      9007199254740993n,
      'a',
    ]);
    expect(await valuesOf(await inlineInput({ data: 'a,b\n1,2\n', format: 'csv' }, work()))).toEqual([{ a: 1, b: 2 }]);
    const nested = { data: '{"rows":[1,2]}', format: 'json', items: '$.rows' };
    expect(await valuesOf(await inlineInput(nested, work()))).toEqual([1, 2]);
  });

  test.each([
    [{}, 'needs data or items, and not both'],
    [{ data: '1', items: [1] }, 'needs data or items, and not both'],
    [{ data: 'x'.repeat(256 * 1024 + 1) }, 'got 262145 bytes, at most 256 KiB may stand in a config'],
    [{ data: '1', path: 'x' }, 'unknown key path'],
  ])('settings that can not be used are refused with exit code 2: %#', async (settings, message) => {
    await expect(inlineInput(settings, work())).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message) as unknown,
    });
  });
});

describe('input pvc', () => {
  const read = async (path?: string) =>
    valuesOf(await pvcInput({ claimName: 'data', ...(path === undefined ? {} : { path }) }, work()));

  beforeEach(async () => {
    await file('in/b.jsonl', '3\n');
    await file('in/a.csv', 'x\n1\n2\n');
    await file('in/sub/c.txt.gz', gzipSync('4\n'));
    await file('in/_SUCCESS', '');
    await file('in/.hidden.jsonl', '9\n');
    await file('other.jsonl', '9\n');
  });

  test.each([
    ['a file', 'in/b.jsonl', [3]],
    ['a folder, in the order of paths, without notes', '/in/', [{ x: 1 }, { x: 2 }, 3, '4']],
    ['a pattern', 'in/*.csv', [{ x: 1 }, { x: 2 }]],
    ['a pattern over folders', '**/*.{csv,txt.gz}', [{ x: 1 }, { x: 2 }, '4']],
    ['a pattern of hidden names', 'in/.*', [9]],
    ['nothing: all there is', undefined, [{ x: 1 }, { x: 2 }, 3, '4', 9]],
  ])('the path may name %s', async (_what, path, items) => {
    expect(await read(path)).toEqual(items);
  });

  test('items are numbered over all files', async () => {
    const items = await allItems(await pvcInput({ claimName: 'data', path: 'in' }, work()));
    expect(items.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  test('bytes are counted as they are read', async () => {
    const input = await pvcInput({ claimName: 'data', path: 'in/a.csv' }, work());
    await allItems(input);
    expect(input.bytesRead()).toBe(6);
  });

  test.each([
    ['../etc', 2, 'path: "../etc" leaves the volume'],
    ['in/../../etc/passwd', 2, 'leaves the volume'],
    ['nothing.jsonl', 3, 'nothing.jsonl of claim data: ENOENT'],
    ['*.parquet', 3, 'no file matches'],
    ['out/secret', 3, 'leaves the volume'],
    ['out-file', 3, 'leaves the volume'],
  ])('%s ends the run with exit code %i', async (path, exitCode, message) => {
    const outside = await mkdtemp(join(tmpdir(), 'slipway-outside-'));
    try {
      await writeFile(join(outside, 'secret'), '1\n');
      await symlink(outside, join(volume, 'out'));
      await symlink(join(outside, 'secret'), join(volume, 'out-file'));
      await expect(read(path)).rejects.toMatchObject({
        exitCode,
        message: expect.stringContaining(message) as unknown,
      });
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  test('a file that is not what its name says ends the run with exit code 3', async () => {
    await file('bad.jsonl.gz', '1\n2\n');
    await expect(read('bad.jsonl.gz')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining("reading pvc input bad.jsonl.gz: can't be decompressed") as unknown,
    });
  });
});

test('input configMap reads its key through the links that the kubelet makes', async () => {
  await file('..2026_01_01/items.jsonl', '1\n2\n');
  await symlink('..2026_01_01', join(volume, '..data'));
  await symlink('..data/items.jsonl', join(volume, 'items.jsonl'));
  expect(await valuesOf(await configMapInput({ name: 'items', key: 'items.jsonl' }, work()))).toEqual([1, 2]);
  const missing = await configMapInput({ name: 'items', key: 'other' }, work());
  await expect(valuesOf(missing)).rejects.toMatchObject({ exitCode: 3, message: /key other of items/ });
});

describe('output pvc', () => {
  test('an execution has a folder of its own below the path', async () => {
    const output = await pvcOutput({ claimName: 'data', path: '/results/today' }, work());
    await output.open(never);
    await output.write(batchOf({ first: 0, last: 9 }), never);
    await output.commit({ succeeded: 10, failed: 0 }, never);
    await output.close();
    const folder = join(volume, 'results/today/5be07ada-0123abcd-0');
    expect(output.location).toBe(folder);
    expect((await readdir(folder)).sort()).toEqual([
      '_SUCCESS',
      '_checkpoint-0.json',
      '_manifest-0.json',
      'part-0-0-9.jsonl',
    ]);
    expect(output.bytesWritten()).toBeGreaterThan((await readFile(join(folder, 'part-0-0-9.jsonl'))).length);
  });

  test('with errorIfExists what another execution has left is refused with exit code 8, what is our own is not', async () => {
    const settings = { claimName: 'data', path: 'out', mode: 'errorIfExists' };
    const first = await pvcOutput(settings, work());
    await first.open(never);
    await first.write(batchOf({ first: 0, last: 9 }), never);
    await first.close();
    const again = await pvcOutput(settings, work());
    expect(await again.open(never)).toEqual({ done: [{ first: 0, last: 9 }], failed: 0 });
    await again.close();
    const other = await pvcOutput(settings, work({ executionId: 'other' }));
    await expect(other.open(never)).rejects.toMatchObject({ exitCode: 8 });
    await other.close();
  });

  test.each([
    [{ claimName: 'data', path: '../x' }, 'path: "../x" leaves the volume'],
    [{ claimName: 'data', format: 'parquet' }, 'format: got "parquet", allowed: jsonl, json, csv, text'],
    [{ claimName: 'data', include: [] }, 'include: got [], must be at least 1'],
    [{}, 'claimName: got nothing, expected string'],
  ])('settings that can not be used are refused with exit code 2: %j', async (settings, message) => {
    await expect(pvcOutput(settings, work())).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message) as unknown,
    });
  });

  test('a checkpoint that this output does not know is refused with exit code 2', async () => {
    const its = work({ execution: { checkpoint: { mode: 'configMap' } } });
    await expect(pvcOutput({ claimName: 'data' }, its)).rejects.toMatchObject({ exitCode: 2 });
  });

  test('a link that leads out of the volume is not written through', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'slipway-outside-'));
    await symlink(outside, join(volume, 'out'));
    await expect(pvcOutput({ claimName: 'data', path: 'out/deep' }, work())).rejects.toMatchObject({ exitCode: 2 });
    expect(await readdir(outside)).toEqual([]);
    await rm(outside, { recursive: true });
  });
});

test('output log writes the first results and dead letters, and no more', async () => {
  let text = '';
  const write = async (more: string) => void (text += more);
  const output = await logOutput({ maxItems: 2, include: ['id'] }, work(), write);
  await output.open(never);
  const isOdd = (index: number) => index % 2 === 1;
  await output.write(batchOf({ first: 0, last: 9 }, isOdd), never);
  await output.write(batchOf({ first: 10, last: 19 }, isOdd), never);
  await output.commit({ succeeded: 10, failed: 10 }, never);
  await output.close();
  const error = (index: number) => ({ code: 'HTTP_400', message: `no ${index}` });
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { id: 'id-0' },
    { id: 'id-2' },
    { index: 1, id: 'id-1', error: error(1), input: { x: 1 } },
    { index: 3, id: 'id-3', error: error(3), input: { x: 3 } },
  ]);
});

describe('output formats', () => {
  const written = async (settings: object) => {
    let text = '';
    const output = await logOutput(settings, work(), async (more) => void (text += more));
    await output.write(batchOf({ first: 0, last: 1 }), never);
    await output.write(batchOf({ first: 2, last: 2 }), never);
    await output.commit({ succeeded: 3, failed: 0 }, never);
    return text;
  };

  test.each([
    [
      'jsonl',
      ['id', 'input', 'predictions', 'metadata'],
      '{"id":"id-0","input":{"x":0},"predictions":[0,0]}\n{"id":"id-1","input":{"x":1},"predictions":[1,2]}\n{"id":"id-2","input":{"x":2},"predictions":[2,4]}\n',
    ],
    ['json', ['predictions'], '[\n{"predictions":[0,0]},\n{"predictions":[1,2]},\n{"predictions":[2,4]}\n]\n'],
    ['csv', ['id', 'predictions'], 'id,predictions\nid-0,"[0,0]"\nid-1,"[1,2]"\nid-2,"[2,4]"\n'],
    ['text', ['id', 'predictions'], '[0,0]\n[1,2]\n[2,4]\n'],
  ])('results are written as %s', async (format, include, text) => {
    expect(await written({ format, include })).toBe(text);
  });

  test('what is written keeps every digit (AT-42)', async () => {
    let text = '';
    const output = await logOutput({ include: ['input', 'predictions'] }, work(), async (more) => void (text += more));
    const item = { index: 0, id: '0', bytes: 1, value: { label: 9007199254740993n } };
    await output.write(
      { first: 0, last: 0, results: [{ item, predictions: [-9223372036854775808n] }], failed: [] },
      never,
    );
    expect(text).toBe('{"input":{"label":9007199254740993},"predictions":[-9223372036854775808]}\n');
  });
});
