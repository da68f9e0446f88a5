import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Versitygw } from '../storage-servers/versitygw';
import { startFaultProxy, type FaultProxy } from './fault-proxy';
import { storm } from './storage-weather';

/** What the program is run with. */
export interface StormyFetchOptions {
  readonly server: Versitygw;
  readonly bucket: string;
  /** Path of the bundled program. */
  readonly program: string;
  readonly random: () => number;
  /** Most bytes of an answer until it breaks off. */
  readonly breaksOffWithin: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The storage initializer, fetching `s3://BUCKET/model` through a proxy that does all kinds of harm, run after run into one directory. */
export class StormyFetch {
  private constructor(
    readonly proxy: FaultProxy,
    readonly destination: string,
    private readonly options: StormyFetchOptions,
  ) {}

  static async begin(options: StormyFetchOptions): Promise<StormyFetch> {
    const { server, bucket, random, breaksOffWithin } = options;
    const proxy = await startFaultProxy({ target: server.endpoint, keepHost: true, random });
    // A listing has three tries: it meets two failures, however the dice fall.
    proxy.inject({ matches: ({ query }) => query.has('list-type'), times: 2, fault: { kind: 'status', status: 503 } });
    storm(proxy, {
      probability: 0.05,
      matches: ({ method, path }) => method === 'GET' && path.startsWith(`/${bucket}/model/`),
      afterBytes: () => Math.floor(random() * breaksOffWithin),
    });
    return new StormyFetch(proxy, mkdtempSync(join(tmpdir(), 'slipway-storm-')), options);
  }

  /** Runs the program to its end; `killWhen` says whether it is to be killed now. */
  async run(killWhen: () => boolean = () => false): Promise<{ readonly code: string; readonly output: string }> {
    const { server, bucket, program, env } = this.options;
    const child = spawn(process.execPath, [program, 'storage-initializer', `s3://${bucket}/model`, this.destination], {
      env: {
        HOSTNAME: 'pod-1',
        AWS_ENDPOINT_URL: this.proxy.url,
        AWS_ACCESS_KEY_ID: server.accessKey,
        AWS_SECRET_ACCESS_KEY: server.secretKey,
        AWS_REGION: server.region,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
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

  /** Files that a run has noted as whole. */
  finishedFiles(): number {
    const staging = this.leftovers().at(0);
    if (staging === undefined) return 0;
    const journal = statSync(join(this.destination, staging, 'finished'), { throwIfNoEntry: false });
    return Math.floor((journal?.size ?? 0) / 24);
  }

  /** Staging directories. */
  leftovers(): readonly string[] {
    return readdirSync(this.destination).filter((name) => name.startsWith('.partial-'));
  }

  /** What is there for everybody to see. */
  published(): readonly string[] {
    return readdirSync(this.destination).filter((name) => !name.startsWith('.partial-'));
  }

  /** Requests so far. */
  get requests(): number {
    return this.proxy.requests.length;
  }

  /** Number of files that were asked for since so many requests. */
  filesAsked(since: number): number {
    const keys = this.proxy.requests
      .slice(since)
      .filter(({ method, path }) => method === 'GET' && path.startsWith(`/${this.options.bucket}/model/`))
      .map(({ path }) => path);
    return new Set(keys).size;
  }

  async end(): Promise<void> {
    await this.proxy.close();
    rmSync(this.destination, { recursive: true, force: true });
  }
}
