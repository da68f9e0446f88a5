import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { build } from 'esbuild';
import { z } from 'zod';
import type { Contract } from '../../definitions/inference/contract';
import { runnerNodeFlags } from '../../definitions/inference/runner-node-flags';
import { bundledProgram } from '../program/bundled-program';
import { median, report } from './measure';
import { measured } from './storage/processes';

const rangesSchema = z.object({
  ofPlainLoop: z.object({ min: z.number() }),
  residentMegabytes: z.object({ max: z.number() }),
});

const batch = 64;
const concurrency = 4;
const rows = 400_000;
/** Rows of the second figure have about 4 KiB: an embedding. */
const wideRow = `[${Array.from({ length: 440 }, (_, cell) => `0.${1_000_000 + cell}`).join(',')}]\n`;
const gibibyte = 2 ** 30;
/** Heap of the runner while it reads 1 GiB. */
const heapMegabytes = 256;

const say = (line: string) => process.stdout.write(`${line}\n`);

interface Bench {
  /** The program as it is in the image. */
  readonly program: string;
  readonly plainLoop: string;
  readonly url: string;
  readonly directory: string;
}

/**
 * `slipway runner` beside a loop over undici written by hand, with the same batches, the same concurrency, and a model that answers at once;
 * rounds alternate, both from the spawn of their process to its end. Then the memory that 1 GiB of input takes.
 *
 * @returns whether all figures are in range
 */
export async function benchRunner([count]: readonly string[]): Promise<boolean> {
  const ranges = rangesSchema.parse(JSON.parse(await readFile(join(__dirname, 'ranges/runner.json'), 'utf8')));
  const directory = await mkdtemp(join(tmpdir(), 'slipway-bench-runner-'));
  const bundle = await bundledProgram();
  const model = await startInstantModel(await bundled('instant-model', directory));
  try {
    for (const name of ['input', 'output']) await mkdir(join(directory, name));
    const plainLoop = await bundled('plain-loop', directory);
    const bench: Bench = { program: bundle.program, plainLoop, url: `${model.url}/v2/models/instant/infer`, directory };
    await writeRows(join(directory, 'input/rows.jsonl'), '[5.1,3.5,1.4,0.2]\n', rows);
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
    await writeRows(join(directory, 'input/wide.jsonl'), wideRow, Math.ceil(gibibyte / wideRow.length));
    const wide = await ours(bench, 'wide.jsonl', [`--max-old-space-size=${heapMegabytes}`]);
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
    ]);
  } finally {
    await model.stop();
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

async function ours({ program, url, directory }: Bench, file: string, nodeFlags: readonly string[] = []) {
  const contract: Contract = {
    jobName: 'inf-bench',
    executionId: 'bench',
    kserve: { modelUrl: url, modelInputName: 'input-0' },
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
  await stat(join(directory, 'output/bench/_SUCCESS'));
  await rm(join(directory, 'output/bench'), { recursive: true });
  return found;
}

async function writeRows(path: string, row: string, count: number): Promise<void> {
  const out = createWriteStream(path);
  const rowsAtOnce = 1000;
  const piece = row.repeat(rowsAtOnce);
  for (let left = count; left > 0; left -= rowsAtOnce) {
    const text = left >= rowsAtOnce ? piece : row.repeat(left);
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}

async function startInstantModel(file: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url,
    stop: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

async function bundled(name: string, directory: string): Promise<string> {
  const outfile = join(directory, `${name}.cjs`);
  await build({
    entryPoints: [join(__dirname, `runner/${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
  });
  return outfile;
}
