import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFaultProxy, type FaultProxy } from '../../faults/fault-proxy';
import { seededRandom } from '../../faults/seeded-random';
import { modelFiles, upload, wrongFiles, type ModelFile } from '../../faults/stormy-model';
import { storm } from '../../faults/storage-weather';
import { startVersitygw, type Versitygw } from '../../storage-servers/versitygw';
import { buildTimeout } from '../../tools/go-programs';
import { bundledProgram } from '../registry-sync/controller-process';

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
  let proxy: FaultProxy;
  let destination: string;
  let random: () => number;

  beforeEach(async () => {
    random = seededRandom(20261121);
    proxy = await startFaultProxy({ target: server.endpoint, keepHost: true, random });
    destination = mkdtempSync(join(tmpdir(), 'slipway-storm-'));
    // A listing has three tries: it meets two failures, however the dice fall.
    proxy.inject({ matches: ({ query }) => query.has('list-type'), times: 2, fault: { kind: 'status', status: 503 } });
    storm(proxy, {
      probability: 0.05,
      matches: ({ method, path }) => method === 'GET' && path.startsWith(`/${bucket}/model/`),
      afterBytes: () => Math.floor(random() * MB),
    });
  });
  afterEach(async () => {
    await proxy.close();
    rmSync(destination, { recursive: true, force: true });
  });

  /** Runs the program; `killWhen` says whether it is to be killed now. */
  async function run(killWhen: () => boolean = () => false): Promise<{ code: string; output: string }> {
    const child = spawn(
      process.execPath,
      [bundle.program, 'storage-initializer', `s3://${bucket}/model`, destination],
      {
        env: {
          HOSTNAME: 'pod-1',
          AWS_ENDPOINT_URL: proxy.url,
          AWS_ACCESS_KEY_ID: server.accessKey,
          AWS_SECRET_ACCESS_KEY: server.secretKey,
          AWS_REGION: server.region,
          S3_READ_TIMEOUT: '1',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    let code: string | undefined;
    child.once('exit', (status, signal) => (code = signal ?? String(status)));
    while (code === undefined) {
      if (killWhen()) child.kill('SIGKILL');
      await sleep(10);
    }
    return { code, output };
  }

  /** Files of the staging directory that are noted as whole. */
  function finishedFiles(): number {
    const staging = readdirSync(destination).find((name) => name.startsWith('.partial-'));
    if (staging === undefined) return 0;
    const journal = statSync(join(destination, staging, 'finished'), { throwIfNoEntry: false });
    return Math.floor((journal?.size ?? 0) / 24);
  }

  const keysAsked = (from: number) =>
    new Set(
      proxy.requests
        .slice(from)
        .filter(({ method, path }) => method === 'GET' && path.startsWith(`/${bucket}/model/`))
        .map(({ path }) => path),
    );

  it('200 MB in 64 files arrive byte for byte, and nothing is left beside them', async () => {
    const { code, output } = await run();
    expect(output).toMatch(/64 files, 200\.0 MB in .*; \d+ requests were repeated/);
    expect(code).toBe('0');
    expect(await wrongFiles(destination, files)).toEqual([]);
    expect(readdirSync(destination).filter((name) => name.startsWith('.partial-'))).toEqual([]);
    expect(proxy.requests.filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(10);
  }, 120_000);

  it('they arrive when the process is killed five times, and what was whole is not fetched again (SD-06)', async () => {
    for (let kill = 1; kill <= 5; kill += 1) {
      const [before, from] = [finishedFiles(), proxy.requests.length];
      const { code, output } = await run(() => finishedFiles() >= before + 8);
      expect([code, output]).toEqual(['SIGKILL', expect.any(String)]);
      expect(keysAsked(from).size).toBeLessThanOrEqual(files.length - before);
      expect(readdirSync(destination).filter((name) => !name.startsWith('.partial-'))).toEqual([]);
    }
    const [before, from] = [finishedFiles(), proxy.requests.length];
    expect(before).toBeGreaterThanOrEqual(40);
    const { code, output } = await run();
    expect(output).toMatch(/MB were there from a run before/);
    expect(code).toBe('0');
    expect(keysAsked(from).size).toBeLessThanOrEqual(files.length - before);
    expect(await wrongFiles(destination, files)).toEqual([]);
  }, 180_000);

  it('an object that is replaced between its ranges is noticed and never mixed', async () => {
    const [large] = files;
    if (large === undefined) throw new Error('there is a large file');
    const other: ModelFile = { ...large, seed: 999 };
    // Slow enough that the other one is there before the last range.
    proxy.inject({ matches: ({ path }) => path.endsWith('/weights.bin'), fault: { kind: 'slow', delayMs: 5 } });
    let replaced: Promise<void> | undefined;
    const rangesAsked = () => proxy.requests.filter(({ path }) => path.endsWith('/weights.bin')).length;
    try {
      const { code, output } = await run(() => {
        if (rangesAsked() >= 4) replaced ??= upload(server, bucket, other);
        return false;
      });
      await replaced;
      expect(output).toMatch(/weights\.bin: .*replaced.*fetching it anew/);
      expect(code).toBe('0');
      expect(await wrongFiles(destination, [other, ...files.slice(1)])).toEqual([]);
    } finally {
      await upload(server, bucket, large);
    }
  }, 180_000);
});
