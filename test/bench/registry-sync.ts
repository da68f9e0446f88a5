import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { median, percentile, report, type Figure } from './measure';
import { BenchInstallation } from './registry-sync/bench-installation';
import { fullSizes, progress, quickSizes, type BenchSizes } from './registry-sync/options';
import { secondsToReady } from './registry-sync/readiness';
import { requestsOfNew } from './registry-sync/requests';
import { linkByController, measureThroughput } from './registry-sync/throughput';
import { measureUrlChanges } from './registry-sync/url-changes';

const max = z.object({ max: z.number() });
const rangesSchema = z.object({
  throughputToPlain: z.object({ min: z.number() }),
  requestsPerObject: max,
  requestsOfFirstInNamespace: max,
  requestsInSteadyState: max,
  peakMegabytesAt1000: max,
  peakMegabytesAt5000: max,
  readySeconds: max,
  urlChangeP99Milliseconds: max,
});
type Ranges = z.output<typeof rangesSchema>;

const readyObjects = 100;
const readyRounds = 5;

/**
 * Registry sync as it is deployed, beside a plain client that sends the same requests.
 *
 * @param args `--quick` for small numbers
 * @returns whether all figures are in range
 */
export async function benchRegistrySync(args: readonly string[]): Promise<boolean> {
  const sizes = args.includes('--quick') ? quickSizes : fullSizes;
  const ranges = rangesSchema.parse(JSON.parse(readFileSync(join(__dirname, 'ranges/registry-sync.json'), 'utf8')));
  const bench = await BenchInstallation.make();
  try {
    // From few objects to many: each part adds what it needs.
    const ready = await readiness(bench, ranges);
    const throughput = await linking(bench, sizes, ranges);
    const urls = await urlChanges(bench, sizes, ranges);
    const memory = await memoryOfMany(bench, sizes, ranges);
    return report([...throughput, ...memory, ...ready, ...urls]);
  } finally {
    await bench.close();
  }
}

async function readiness(bench: BenchInstallation, { readySeconds }: Ranges): Promise<Figure[]> {
  await bench.load.growTo(readyObjects);
  const seconds: number[] = [];
  for (let round = 0; round < readyRounds; round += 1) seconds.push(await secondsToReady(bench));
  progress(`ready after ${seconds.map((one) => one.toFixed(3)).join(', ')} s`);
  await bench.load.reset();
  return [
    {
      name: `start to ready, ${readyObjects} InferenceServices, s`,
      value: median(seconds),
      beside: `first start, without compile cache ${seconds[0]?.toFixed(3)}`,
      ...readySeconds,
    },
  ];
}

async function linking(bench: BenchInstallation, sizes: BenchSizes, ranges: Ranges): Promise<Figure[]> {
  progress(`creating ${sizes.objects} InferenceServices`);
  await bench.load.growTo(sizes.objects);
  const measured = [];
  for (const latencyMs of [0, 5]) measured.push(await measureThroughput(bench, latencyMs, sizes.rounds));
  const rounds = measured.flatMap((one) => one.rounds);
  const { first, second } = await requestsOfNew(bench);
  await bench.load.reset();
  return [
    ...measured.map(({ latencyMs, ours, plain, ratio }) => ({
      name: `linking ${sizes.objects}, registry at ${latencyMs} ms, ours / plain client`,
      value: ratio,
      beside: `ours ${ours.toFixed(0)}/s, plain client ${plain.toFixed(0)}/s`,
      ...ranges.throughputToPlain,
    })),
    {
      name: 'registry requests per new InferenceService',
      value: Math.max(...rounds.map(({ requestsPerObject }) => requestsPerObject)),
      beside: `one alone in a known namespace ${second}`,
      ...ranges.requestsPerObject,
    },
    { name: 'registry requests for the first of a namespace', value: first, ...ranges.requestsOfFirstInNamespace },
    {
      name: 'registry requests in steady state',
      value: Math.max(...rounds.map(({ steadyRequests }) => steadyRequests)),
      ...ranges.requestsInSteadyState,
    },
    {
      name: `peak memory, ${sizes.objects} InferenceServices, MB`,
      value: Math.max(...rounds.map(({ peakMegabytes }) => peakMegabytes)),
      beside: `median ${median(rounds.map(({ peakMegabytes }) => peakMegabytes)).toFixed(1)}`,
      ...ranges.peakMegabytesAt1000,
    },
  ];
}

async function urlChanges(bench: BenchInstallation, sizes: BenchSizes, ranges: Ranges): Promise<Figure[]> {
  const milliseconds = await measureUrlChanges(bench, sizes.urlChanges);
  await bench.load.reset();
  return [
    {
      name: `${sizes.urlChanges} URL changes, status patch to registry, p99, ms`,
      value: percentile(milliseconds, 99),
      beside: `p50 ${percentile(milliseconds, 50).toFixed(1)}, worst ${percentile(milliseconds, 100).toFixed(1)}`,
      ...ranges.urlChangeP99Milliseconds,
    },
  ];
}

async function memoryOfMany(bench: BenchInstallation, sizes: BenchSizes, ranges: Ranges): Promise<Figure[]> {
  progress(`creating ${sizes.manyObjects} InferenceServices`);
  await bench.load.growTo(sizes.manyObjects);
  const { peakMegabytes, seconds } = await linkByController(bench, 0);
  return [
    {
      name: `peak memory, ${sizes.manyObjects} InferenceServices, MB`,
      value: peakMegabytes,
      beside: `all linked in ${seconds.toFixed(1)} s`,
      ...ranges.peakMegabytesAt5000,
    },
  ];
}
