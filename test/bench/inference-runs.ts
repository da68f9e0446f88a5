import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { secondsOfPlainClient } from './controllers/plain';
import { measureThroughput } from './controllers/throughput';
import { BenchInstallation } from './inference-runs/bench-installation';
import { measureCompletions } from './inference-runs/completions';
import { measureFinished } from './inference-runs/finished';
import { runsOf } from './inference-runs/load';
import { type BenchSizes, fullSizes, quickSizes, workers } from './inference-runs/options';
import { measureStarts, type Starts } from './inference-runs/starts';
import { type Figure, median, percentile, report } from './measure';
import { progress } from './registry-sync/options';

const max = z.object({ max: z.number() });
const rangesSchema = z.object({
  throughputToPlain: z.object({ min: z.number() }),
  writesPerStart: max,
  succeededP99Milliseconds: max,
  writesOfFinished: max,
  peakMegabytesAt1000: max,
});
type Ranges = z.output<typeof rangesSchema>;

/**
 * The controller of inference runs as it is deployed, beside a plain client that writes the same objects.
 *
 * @param args `--quick` for small numbers; flags of Node for the controller after it: `--cpu-prof`
 * @returns whether all figures are in range
 */
export async function benchInferenceRuns(args: readonly string[]): Promise<boolean> {
  const sizes = args.includes('--quick') ? quickSizes : fullSizes;
  const ranges = rangesSchema.parse(JSON.parse(readFileSync(join(__dirname, 'ranges/inference-runs.json'), 'utf8')));
  progress(`${sizes.runs} runs until each has its Job`);
  const starts = await measureStarts(sizes.runs);
  const bench = await BenchInstallation.make(
    'metadata',
    args.filter((arg) => arg !== '--quick'),
  );
  try {
    const atOnce = await runsAtOnce(bench, sizes, ranges, starts);
    const succeeded = await completions(bench, sizes, ranges);
    progress(`${sizes.finishedRuns} runs until they are finished, then a restart`);
    const finished = await finishedRuns(bench, sizes, ranges);
    return report([...atOnce, ...succeeded, ...finished]);
  } finally {
    await bench.close();
  }
}

async function runsAtOnce(
  bench: BenchInstallation,
  sizes: BenchSizes,
  ranges: Ranges,
  { scripts, writes, reads }: Starts,
): Promise<Figure[]> {
  const { cluster } = bench.installation;
  const apiServer = { url: cluster.url, ca: cluster.ca, token: cluster.adminToken };
  const objects = runsOf(sizes.runs);
  const { ratio, ours, plain, cpuMilliseconds } = await measureThroughput(
    {
      count: sizes.runs,
      withController: (work) => bench.withController(work),
      create: () => bench.load.create(objects),
      written: () => bench.load.started(sizes.runs),
      plainly: () => secondsOfPlainClient({ objects, plural: 'inferenceruns', apiServer, scripts, workers }),
      reset: () => bench.load.reset(),
    },
    sizes.rounds,
  );
  const rates = `ours ${ours.toFixed(0)}/s, plain client ${plain.toFixed(0)}/s`;
  return [
    {
      name: `${sizes.runs} runs at once until started, ours / plain`,
      value: ratio,
      beside: `${rates}, CPU ${cpuMilliseconds.toFixed(1)} ms each`,
      ...ranges.throughputToPlain,
    },
    {
      name: 'until started and idle, writes per run',
      value: writes,
      beside: `${reads.toFixed(2)} reads`,
      ...ranges.writesPerStart,
    },
  ];
}

/** Medians of the rounds. */
async function completions(bench: BenchInstallation, sizes: BenchSizes, ranges: Ranges): Promise<Figure[]> {
  const rounds: (readonly number[])[] = [];
  for (let round = 0; round < sizes.rounds; round += 1) {
    const taken = await measureCompletions(bench, sizes.runs);
    rounds.push(taken);
    progress(
      `${taken.length} Jobs complete, round ${round + 1} of ${sizes.rounds}: p99 ${percentile(taken, 99).toFixed(1)} ms`,
    );
  }
  const of = (percent: number) => median(rounds.map((taken) => percentile(taken, percent)));
  return [
    {
      name: `${sizes.runs} Job completions until the run is Succeeded, p99, ms`,
      value: of(99),
      beside: `median ${of(50).toFixed(1)}, worst ${Math.max(...rounds.flat()).toFixed(1)}`,
      ...ranges.succeededP99Milliseconds,
    },
  ];
}

async function finishedRuns(bench: BenchInstallation, sizes: BenchSizes, ranges: Ranges): Promise<Figure[]> {
  const { finishedRuns: count, quietSeconds } = sizes;
  const measured = await measureFinished(bench, count, quietSeconds);
  const looks = `${measured.reconciles} looks, CPU of the process ${measured.cpuSeconds.toFixed(1)} s`;
  const memory = ranges.peakMegabytesAt1000;
  return [
    {
      name: `${count} finished runs, writes in ${quietSeconds} s`,
      value: measured.writes,
      beside: looks,
      ...ranges.writesOfFinished,
    },
    { name: `peak memory, ${count} runs until finished, MB`, value: measured.peakMegabytes, ...memory },
    { name: `peak memory, restart with ${count}, MB`, value: measured.peakMegabytesOfRestart, ...memory },
  ];
}
