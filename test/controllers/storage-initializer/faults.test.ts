import type { ProxiedRequest } from '../../faults/fault-proxy';
import { seededRandom } from '../../faults/seeded-random';
import { StormyFetch } from '../../faults/stormy-fetch';
import { modelFiles, upload, wrongFiles, type ModelFile } from '../../faults/stormy-model';
import { startVersitygw, type Versitygw } from '../../storage-servers/versitygw';
import { buildTimeout } from '../../tools/go-programs';
import { bundledProgram } from '../../program/bundled-program';

const MB = 1_000_000;
const bucket = 'models';
/** 200 MB in 64 files, one of them large enough for ranges. */
const files = modelFiles(64, 200 * MB, 72 * MB);

let server: Versitygw;
let bundle: { program: string; remove: () => Promise<void> };

beforeAll(async () => {
  [server, bundle] = await Promise.all([startVersitygw(), bundledProgram()]);
  await server.makeBucket(bucket);
  for (const file of files) await upload(server, bucket, file);
}, buildTimeout);
afterAll(async () => {
  await server.stop();
  await bundle.remove();
});

describe('against a storm of resets, 503, short bodies, silence and wrong lengths (SD-07)', () => {
  let fetch: StormyFetch;

  beforeEach(async () => {
    fetch = await StormyFetch.begin({
      server,
      bucket,
      program: bundle.program,
      random: seededRandom(20261121),
      breaksOffWithin: MB,
      env: { S3_READ_TIMEOUT: '1' },
    });
  });
  afterEach(async () => fetch.end());

  it('200 MB in 64 files arrive byte for byte, and nothing is left beside them', async () => {
    const { code, output } = await fetch.run();
    expect(output).toMatch(/64 files, 200\.0 MB in .*; \d+ requests were repeated/);
    expect(code).toBe('0');
    expect(await wrongFiles(fetch.destination, files)).toEqual([]);
    expect(fetch.leftovers()).toEqual([]);
    expect(fetch.proxy.requests.filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(10);
  }, 120_000);

  it('they arrive when the process is killed five times, and what was whole is not fetched again (SD-06)', async () => {
    for (let kill = 1; kill <= 5; kill += 1) {
      const [before, from] = [fetch.finishedFiles(), fetch.requests];
      const { code, output } = await fetch.run(() => fetch.finishedFiles() >= before + 8);
      expect([code, output]).toEqual(['SIGKILL', expect.any(String)]);
      expect(fetch.filesAsked(from)).toBeLessThanOrEqual(files.length - before);
      expect(fetch.published()).toEqual([]);
    }
    const [before, from] = [fetch.finishedFiles(), fetch.requests];
    expect(before).toBeGreaterThanOrEqual(40);
    const { code, output } = await fetch.run();
    expect(output).toMatch(/MB were there from a run before/);
    expect(code).toBe('0');
    expect(fetch.filesAsked(from)).toBeLessThanOrEqual(files.length - before);
    expect(await wrongFiles(fetch.destination, files)).toEqual([]);
  }, 180_000);

  it('an object that is replaced between its ranges is noticed and never mixed', async () => {
    const [large] = files;
    if (large === undefined) throw new Error('there is a large file');
    const other: ModelFile = { ...large, seed: 999 };
    // After two ranges nobody answers until the other one is there.
    let [asked, there] = [0, false];
    let replaced: Promise<void> | undefined;
    const matches = ({ method, path }: ProxiedRequest) => {
      if (method !== 'GET' || !path.endsWith('/weights.bin')) return false;
      asked += 1;
      if (asked > 2) replaced ??= upload(server, bucket, other).then(() => void (there = true));
      return asked > 2 && !there;
    };
    fetch.proxy.inject({ matches, fault: { kind: 'hold' } });
    try {
      const { code, output } = await fetch.run();
      await replaced;
      expect(output).toMatch(/weights\.bin: .*replaced.*fetching it anew/);
      expect(code).toBe('0');
      expect(await wrongFiles(fetch.destination, [other, ...files.slice(1)])).toEqual([]);
    } finally {
      await upload(server, bucket, large);
    }
  }, 180_000);
});
