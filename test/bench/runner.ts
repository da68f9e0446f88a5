import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { build } from 'esbuild';
import * as z from 'zod';
import type { Contract } from '../../definitions/inference/contract';
import { runnerNodeFlags } from '../../definitions/inference/runner-node-flags';
import { bundledProgram } from '../program/bundled-program';
import { median, report, type Figure } from './measure';
import { measured } from './storage/processes';
import { int64Row, wrongRows } from '../controllers/runner/int64-rows';

const rangesSchema = z.object({
  ofPlainLoop: z.object({ min: z.number() }),
  residentMegabytes: z.object({ max: z.number() }),
  wrongRows: z.object({ max: z.number() }),
});

const batch = 64;
const concurrency = 4;
const rows = 400_000;
/** Rows of the second figure have about 4 KiB: an embedding. */
const wideRow = `[${Array.from({ length: 440 }, (_, cell) => `0.${1_000_000 + cell}`).join(',')}]\n`;
const gibibyte = 2 ** 30;
/** Ten million INT64 values: the third figure, over tensors as JSON and in binary form. */
const int64 = { rows: 100_000, values: 100 };
/** Heap of the runner while it reads 1 GiB. */
const heapMegabytes = 256;

const say = (line: string) => process.stdout.write(`${line}\n`);

interface Bench {
  /** The program as it is in the image. */
  readonly program: string;
  readonly plainLoop: string;
  readonly url: string;
  /** A model that answers what it is asked, INT64. */
  readonly identityUrl: string;
  readonly directory: string;
}

/**
 * `slipway runner` beside a loop over undici written by hand, with the same batches, the same concurrency, and a model that answers at once;
 * rounds alternate, both from the spawn of their process to its end. Then the memory that 1 GiB of input takes, and whether ten million
 * INT64 values come out of a model that answers what it is asked as they went in.
 *
 * @returns whether all figures are in range
 */
export async function benchRunner([count]: readonly string[]): Promise<boolean> {
  const ranges = rangesSchema.parse(JSON.parse(await readFile(join(__dirname, 'ranges/runner.json'), 'utf8')));
  const directory = await mkdtemp(join(tmpdir(), 'slipway-bench-runner-'));
  const bundle = await bundledProgram();
  const models: ModelProcess[] = [];
  const model = async (source: string) => {
    const started = await startModel(await bundled(source, directory));
    models.push(started);
    return started.url;
  };
  try {
    for (const name of ['input', 'output']) await mkdir(join(directory, name));
    const bench: Bench = {
      program: bundle.program,
      plainLoop: await bundled('runner/plain-loop', directory),
      url: `${await model('runner/instant-model')}/v2/models/instant/infer`,
      identityUrl: `${await model('../doubles/model-server/main')}/v2/models/identity/infer`,
      directory,
    };
    await writeRows(join(directory, 'input/rows.jsonl'), rows, () => '[5.1,3.5,1.4,0.2]\n');
    const seconds = { plain: [] as number[], ours: [] as number[] };
    const rounds = Number(count ?? 5);
    for (let round = 1; round <= rounds; round += 1) {
      seconds.plain.push(await plainSeconds(bench));
      seconds.ours.push((await ours(bench, 'rows.jsonl')).seconds);
      say(
        `round ${round} of ${rounds}: plain loop ${seconds.plain.at(-1)?.toFixed(2)} s, ours ${seconds.ours.at(-1)?.toFixed(2)} s`,
      );
    }
    const [plain, own] = [median(seconds.plain), median(seconds.ours)];
    const rate = (time: number) => `${Math.round(rows / time)} items/s`;
    await writeRows(join(directory, 'input/wide.jsonl'), Math.ceil(gibibyte / wideRow.length), () => wideRow);
    const wide = await ours(bench, 'wide.jsonl', { nodeFlags: [`--max-old-space-size=${heapMegabytes}`] });
    await rm(join(directory, 'input/wide.jsonl'));
    await writeRows(join(directory, 'input/int64.jsonl'), int64.rows, (row) => `${int64Row(row, int64.values)}\n`);
    const rateOfWide = `${(gibibyte / wide.seconds / 1e6).toFixed(0)} MB/s`;
    return report([
      {
        name: 'speed, of a plain loop over undici',
        value: plain / own,
        beside: `ours ${rate(own)}, plain ${rate(plain)}`,
        ...ranges.ofPlainLoop,
      },
      {
        name: 'highest resident memory for 1 GiB, MB',
        value: wide.peakMegabytes,
        beside: rateOfWide,
        ...ranges.residentMegabytes,
      },
      await lostValues(bench, 'off', ranges.wrongRows),
      await lostValues(bench, 'on', ranges.wrongRows),
    ]);
  } finally {
    for (const each of models) await each.stop();
    await bundle.remove();
    await rm(directory, { recursive: true, force: true });
  }
}

async function plainSeconds({ plainLoop, url, directory }: Bench): Promise<number> {
  const [input, output] = [join(directory, 'input/rows.jsonl'), join(directory, 'plain.jsonl')];
  const settings = JSON.stringify({ url, input, output, batch, concurrency });
  const { seconds } = await measured(process.execPath, [plainLoop, settings], {});
  await rm(output);
  return seconds;
}

/** How a run differs from the others. */
interface RunSettings {
  readonly kserve?: Contract['kserve'];
  readonly nodeFlags?: readonly string[];
  /** Looks at the folder with the results. */
  readonly look?: (folder: string) => Promise<void>;
}

async function ours({ program, url, directory }: Bench, file: string, settings: RunSettings = {}) {
  const { kserve = { modelUrl: url, modelInputName: 'input-0' }, nodeFlags = [], look } = settings;
  const contract: Contract = {
    jobName: 'inf-bench',
    executionId: 'bench',
    kserve,
    input: { pvc: { claimName: 'data', path: file } },
    output: { pvc: { claimName: 'data' } },
    execution: { concurrency, batch: { maxItems: batch } },
  };
  const path = join(directory, 'contract.json');
  await writeFile(path, JSON.stringify(contract));
  const flags = ['--metrics-addr=0', `--termination-log=${join(directory, 'termination-log')}`];
  const found = await measured(process.execPath, [...runnerNodeFlags, ...nodeFlags, program, 'runner', ...flags], {
    CONTRACT_PATH: path,
    INFERENCE_INPUT_DIR: join(directory, 'input'),
    INFERENCE_OUTPUT_DIR: join(directory, 'output'),
  });
  const results = join(directory, 'output/bench');
  await stat(join(results, '_SUCCESS'));
  await look?.(results);
  await rm(results, { recursive: true });
  return found;
}

/** Ten million values there and back through the whole runner; every digit counts. */
async function lostValues(bench: Bench, binary: 'on' | 'off', range: { readonly max: number }): Promise<Figure> {
  let wrong = NaN;
  const { seconds } = await ours(bench, 'int64.jsonl', {
    kserve: { modelUrl: bench.identityUrl, v2: { binary } },
    look: async (folder) => void (wrong = await wrongRows(folder, int64.rows, int64.values)),
  });
  return {
    name: `rows of INT64 that came out otherwise, binary tensors ${binary}`,
    value: wrong,
    beside: `${int64.rows} rows of ${int64.values}, ${Math.round((int64.rows * int64.values) / seconds)} values/s`,
    ...range,
  };
}

async function writeRows(path: string, count: number, row: (index: number) => string): Promise<void> {
  const out = createWriteStream(path);
  const rowsAtOnce = 1000;
  for (let from = 0; from < count; from += rowsAtOnce) {
    const length = Math.min(rowsAtOnce, count - from);
    const text = Array.from({ length }, (_, at) => row(from + at)).join('');
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}

interface ModelProcess {
  readonly url: string;
  stop(): Promise<void>;
}

async function startModel(file: string): Promise<ModelProcess> {
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** @param source a program, from this folder, without its extension */
async function bundled(source: string, directory: string): Promise<string> {
  const outfile = join(directory, `${basename(source)}.cjs`);
  await build({
    entryPoints: [join(__dirname, `${source}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
  });
  return outfile;
}
