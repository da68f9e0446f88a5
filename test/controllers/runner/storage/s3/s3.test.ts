import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Output, Range } from '../../../../../controllers/runner/output';
import { createInput } from '../../../../../controllers/runner/storage/s3/input';
import { createOutput } from '../../../../../controllers/runner/storage/s3/output';
import { buildTimeout, goProgram } from '../../../../tools/go-programs';
import { startVersitygw, type Versitygw } from '../../../../storage-servers/versitygw';
import { fetchedFrom } from '../../../storage-initializer/sources/s3/s3-fetch';
import { startCuttingFront } from '../cutting-front';
import { batchOf, HandClock, never, testWork, valuesOf } from '../test-work';

let server: Versitygw;
let secrets: string;

beforeAll(async () => {
  await goProgram('versitygw');
  server = await startVersitygw();
  secrets = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
}, buildTimeout);
afterAll(async () => {
  await server.stop();
  await rm(secrets, { recursive: true });
});

const connection = () => ({ endpoint: server.endpoint, region: server.region });

/** Work of a pod whose variables have the credentials. */
function work(changes: Parameters<typeof testWork>[0] = {}) {
  return testWork({
    ...changes,
    environment: {
      AWS_ACCESS_KEY_ID: server.accessKey,
      AWS_SECRET_ACCESS_KEY: server.secretKey,
      AWS_EC2_METADATA_DISABLED: 'true',
      INFERENCE_CREDENTIALS_DIR: secrets,
      ...changes.environment,
    },
  });
}

async function secret(name: string, keys: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(secrets, name));
  for (const [key, value] of Object.entries(keys)) await writeFile(join(secrets, name, key), value);
}

/** Everything below a folder of a bucket, as another program reads it. */
async function objects(bucket: string, folder = ''): Promise<Readonly<Record<string, string>>> {
  return (await fetchedFrom(server, `s3://${bucket}/${folder}`)).files;
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `{"x":${from + at}}\n`).join('');
const values = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => ({ x: from + at }));

describe('input', () => {
  test('objects of a folder are read in the order of their keys, each in its format', async () => {
    await server.makeBucket('folder');
    await server.put('folder', 'in/b.jsonl', lines(2, 4));
    await server.put('folder', 'in/a.jsonl.gz', gzipSync(lines(0, 2)));
    await server.put('folder', 'in/sub/c.csv', 'x\n4\n5\n');
    await server.put('folder', 'in/_SUCCESS', '');
    await server.put('folder', 'in-other/d.jsonl', lines(8, 9));
    const input = await createInput({ ...connection(), bucket: 'folder', prefix: 'in' }, work());
    expect(await valuesOf(input)).toEqual(values(0, 6));
  });

  test('a pattern chooses objects below the prefix, a key is one object', async () => {
    await server.makeBucket('glob');
    for (const [at, key] of ['a.jsonl', 'b.txt', 'deep/c.jsonl'].entries()) {
      await server.put('glob', `in/${key}`, lines(at, at + 1));
    }
    const of = async (settings: object) =>
      valuesOf(await createInput({ ...connection(), bucket: 'glob', ...settings }, work()));
    expect(await of({ prefix: 'in/', glob: '*.jsonl' })).toEqual(values(0, 1));
    expect(await of({ prefix: 'in', glob: '**/*.jsonl' })).toEqual([{ x: 0 }, { x: 2 }]);
    expect(await of({ key: 'in/deep/c.jsonl' })).toEqual(values(2, 3));
  });

  test('an object whose answer breaks again and again is read on from there, no item twice', async () => {
    await server.makeBucket('broken');
    await server.put('broken', 'large.jsonl', lines(0, 200_000));
    const front = await startCuttingFront(server.endpoint, 5, 500_000);
    try {
      const its = work({ clock: new HandClock(Date.now() - Date.UTC(2026, 0, 1)) });
      const settings = { ...connection(), endpoint: front.url, bucket: 'broken', key: 'large.jsonl' };
      const read = await valuesOf(await createInput(settings, its));
      expect(read.length).toBe(200_000);
      expect(JSON.stringify(read)).toBe(JSON.stringify(values(0, 200_000)));
      expect(front.cuts).toBeGreaterThan(3);
    } finally {
      await front.close();
    }
  });

  test.each([
    ['a Secret with AWS names', { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' }],
    ['a Secret with KServe names', { awsAccessKeyID: 'key', awsSecretAccessKey: 'secret\n' }],
  ])('%s opens the bucket, whatever the environment says', async (name, keys) => {
    const bucket = `secret-${Object.keys(keys).length}-${Object.keys(keys)[0]?.toLowerCase().replaceAll('_', '-') ?? ''}`;
    await server.makeBucket(bucket);
    await server.put(bucket, 'a.jsonl', lines(0, 1));
    const real = { key: server.accessKey, secret: server.secretKey, 'secret\n': `${server.secretKey}\n` };
    await secret(bucket, Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, real[value as 'key']])));
    const environment = { AWS_ACCESS_KEY_ID: 'wrong', AWS_SECRET_ACCESS_KEY: 'wrong', AWS_SESSION_TOKEN: 'wrong' };
    const settings = { ...connection(), bucket, prefix: '', credentialsRef: { name: bucket } };
    expect(await valuesOf(await createInput(settings, work({ environment })))).toEqual(values(0, 1));
    expect(name).toContain('Secret');
  });

  test('an anonymous reader needs no credentials', async () => {
    await server.makeBucket('open');
    await server.makePublic('open');
    await server.put('open', 'a.jsonl', lines(0, 1));
    const environment = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const settings = { ...connection(), bucket: 'open', prefix: '', anonymous: true };
    expect(await valuesOf(await createInput(settings, work({ environment })))).toEqual(values(0, 1));
  });

  test.each([
    ['an object that is not there', { key: 'nothing' }, {}, 3, 'listing s3://trouble/nothing: no object'],
    ['a folder without objects', { prefix: 'nothing' }, {}, 3, 'no object, check key, prefix and glob'],
    ['a bucket that is not there', { bucket: 'no-such-bucket', prefix: '' }, {}, 3, "'no-such-bucket' does not exist"],
    ['a wrong secret key', { prefix: '' }, { AWS_SECRET_ACCESS_KEY: 'wrong' }, 7, 'Invalid AWS credentials'],
  ])('%s ends the run', async (_what, settings, environment, exitCode, message) => {
    if (!trouble) await server.makeBucket('trouble');
    trouble = true;
    const input = await createInput({ ...connection(), bucket: 'trouble', ...settings }, work({ environment }));
    await expect(valuesOf(input)).rejects.toMatchObject({
      exitCode,
      message: expect.stringContaining(message) as unknown,
    });
  });
  let trouble = false;

  test.each([
    ['bucket: nothing', {}, 2, 'bucket: got nothing, expected string'],
    ['a key and a prefix', { bucket: 'b', key: 'k', prefix: 'p' }, 2, 'needs key or prefix, and not both'],
    [
      'a bucket that is none',
      { bucket: 'a/../b', key: 'k' },
      2,
      'bucket: got "a/../b", expected a name without slashes',
    ],
    [
      'a Secret that is not there',
      { bucket: 'b', key: 'k', credentialsRef: { name: 'gone' } },
      7,
      'Secret gone is not mounted',
    ],
  ])('settings that can not be used are refused: %s', async (_what, settings, exitCode, message) => {
    await expect(createInput(settings, work())).rejects.toMatchObject({
      exitCode,
      message: expect.stringContaining(message) as unknown,
    });
  });
});

describe('output', () => {
  const ids = (items: number) => Array.from({ length: items }, (_, index) => `id-${index}`);
  const isOdd = (index: number) => index % 2 === 1;

  async function run(output: Output, items: number, clock: HandClock, fails = isOdd): Promise<void> {
    try {
      const { done } = await output.open(never);
      const missing: Range[] = [];
      for (let first = 0; first < items; first += 10) {
        const last = first + 9;
        if (!done.some((range) => range.first <= first && last <= range.last)) missing.push({ first, last });
      }
      for (const range of missing) {
        await output.write(batchOf(range, fails), never);
        clock.pass(7000);
        await output.save(never);
      }
      await output.commit({ succeeded: 0, failed: 0 }, never);
    } finally {
      await output.close();
    }
  }

  function idsIn(files: Readonly<Record<string, string>>, like: RegExp): string[] {
    return Object.keys(files)
      .filter((name) => like.test(name))
      .flatMap((name) => (files[name] ?? '').split('\n').slice(0, -1))
      .map((line) => (JSON.parse(line) as { id: string }).id)
      .sort((a, b) => Number(a.slice(3)) - Number(b.slice(3)));
  }

  test('parts end with partItems, or when there was nothing durable for everySeconds', async () => {
    await server.makeBucket('parts');
    const clock = new HandClock(Date.now() - Date.UTC(2026, 0, 1));
    const its = work({ clock, execution: { checkpoint: { everySeconds: 20 } } });
    const settings = { ...connection(), bucket: 'parts', prefix: '/results/', partItems: 1000 };
    const output = await createOutput(settings, its);
    expect(output.location).toBe(`s3://parts/results/${its.executionId}`);
    await run(output, 60, clock, () => false);
    const files = await objects('parts', `results/${its.executionId}`);
    expect(Object.keys(files).sort()).toEqual([
      '_SUCCESS',
      '_checkpoint-0.json',
      '_manifest-0.json',
      'part-0-0-29.jsonl',
      'part-0-30-59.jsonl',
    ]);
    expect(idsIn(files, /^part/)).toEqual(ids(60));
    const manifest = JSON.parse(files['_manifest-0.json'] ?? '') as { parts: { name: string; sha256: string }[] };
    for (const { name, sha256 } of manifest.parts) {
      expect(
        createHash('sha256')
          .update(files[name] ?? '')
          .digest('hex'),
      ).toBe(sha256);
    }
  });

  test('the last save leaves nothing that is not durable', async () => {
    await server.makeBucket('last');
    const output = await createOutput({ ...connection(), bucket: 'last' }, work());
    await output.open(never);
    await output.write(batchOf({ first: 0, last: 9 }), never);
    expect(await output.save(never)).toBe(0);
    expect(await output.save(never, true)).toBe(10);
    await output.close();
    const next = await createOutput({ ...connection(), bucket: 'last' }, work());
    expect(await next.open(never)).toEqual({ done: [{ first: 0, last: 9 }], failed: 0 });
    await next.close();
  });

  test('each item is in the bucket once, after whatever request the process ends (AT-39)', async () => {
    let deaths = 0;
    for (let request = 1; ; request += 1) {
      const bucket = `deadly-${request}`;
      await server.makeBucket(bucket);
      const clock = new HandClock(Date.now() - Date.UTC(2026, 0, 1));
      const settings = { ...connection(), bucket, partItems: 30 };
      const dying = new AbortController();
      let writes = 0;
      const deadly = work({ clock });
      const output = await createOutput(settings, deadly);
      const store = Reflect.get(output, 'store') as Record<'write' | 'keep', (...args: unknown[]) => Promise<void>>;
      for (const name of ['write', 'keep'] as const) {
        const real = store[name].bind(store);
        store[name] = async (...args) => {
          await real(...args);
          writes += 1;
          if (writes === request) dying.abort(new Error('killed'));
          dying.signal.throwIfAborted();
        };
      }
      let died = false;
      await run(output, 100, clock).catch(() => (died = true));
      if (died) {
        deaths += 1;
        await run(await createOutput(settings, work({ clock })), 100, clock);
      }
      const files = await objects(bucket);
      expect(idsIn(files, /part-/)).toEqual(ids(100).filter((_, index) => !isOdd(index)));
      expect(idsIn(files, /errors-/)).toEqual(ids(100).filter((_, index) => isOdd(index)));
      if (!died) break;
    }
    expect(deaths).toBeGreaterThan(8);
  }, 60_000);

  test('a large part goes in pieces', async () => {
    await server.makeBucket('pieces');
    const its = work();
    const settings = { ...connection(), bucket: 'pieces', uploadPartMiB: 5, compression: 'none', include: ['input'] };
    const output = await createOutput(settings, its);
    await output.open(never);
    const value = 'x'.repeat(1024 * 1024);
    for (let first = 0; first < 12; first += 4) {
      const batch = batchOf({ first, last: first + 3 });
      const results = batch.results.map((result) => ({ ...result, item: { ...result.item, value } }));
      await output.write({ ...batch, results }, never);
    }
    await output.commit({ succeeded: 12, failed: 0 }, never);
    await output.close();
    const files = await objects('pieces', its.executionId);
    expect(files['part-0-0-11.jsonl']).toBe(`{"input":"${value}"}\n`.repeat(12));
  }, 60_000);

  test('what another execution has left is refused with errorIfExists, and kept otherwise', async () => {
    await server.makeBucket('exists');
    await server.put('exists', 'out/other-execution/part-0-0-9.jsonl', 'x');
    const clock = new HandClock(Date.now() - Date.UTC(2026, 0, 1));
    const settings = { ...connection(), bucket: 'exists', prefix: 'out' };
    const refused = await createOutput({ ...settings, mode: 'errorIfExists' }, work({ clock }));
    await expect(run(refused, 10, clock)).rejects.toMatchObject({
      exitCode: 8,
      message: expect.stringContaining('other-execution') as unknown,
    });
    await run(await createOutput(settings, work({ clock })), 10, clock);
    expect(Object.keys(await objects('exists', 'out'))).toContain('other-execution/part-0-0-9.jsonl');
  });

  test.each([
    ['a bucket that is not there', { bucket: 'no-such-bucket' }, {}, 5],
    ['a wrong secret key', { bucket: 'parts' }, { AWS_SECRET_ACCESS_KEY: 'wrong' }, 7],
  ])('%s ends the run before an item is asked for', async (_what, settings, environment, exitCode) => {
    const output = await createOutput({ ...connection(), ...settings }, work({ environment }));
    await expect(output.open(never)).rejects.toMatchObject({ exitCode });
    await output.close();
  });
});
