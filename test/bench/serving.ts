import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { secondsOfPlainClient } from './controllers/plain';
import { measureThroughput } from './controllers/throughput';
import { type Figure, median, percentile, report } from './measure';
import { progress } from './registry-sync/options';
import { BenchInstallation } from './serving/bench-installation';
import { measureChanges } from './serving/changes';
import { type Life, measureLife } from './serving/life';
import { objectsOf, writers } from './serving/load';
import { measureMany } from './serving/many';
import { type BenchSizes, fullSizes, quickSizes } from './serving/options';
import { measureWebhooks, type ReviewTimes } from './serving/webhooks';

const max = z.object({ max: z.number() });
const rangesSchema = z.object({
  throughputToPlain: z.object({ min: z.number() }),
  writesPerChild: max,
  metadataWrites: max,
  statusWrites: max,
  changeMedianMilliseconds: max,
  changeP99Milliseconds: max,
  webhookP99Milliseconds: max,
  peakMegabytesAt300: max,
  peakMegabytesAt5000: max,
  restartSeconds: max,
  restartWrites: max,
});
type Ranges = z.output<typeof rangesSchema>;

/**
 * Serving as it is deployed, beside a plain client that writes the same objects.
 *
 * @param args `--quick` for small numbers; flags of Node for the controller after it: `--cpu-prof`
 * @returns whether all figures are in range
 */
export async function benchServing(args: readonly string[]): Promise<boolean> {
  const sizes = args.includes('--quick') ? quickSizes : fullSizes;
  const ranges = rangesSchema.parse(JSON.parse(readFileSync(join(__dirname, 'ranges/serving.json'), 'utf8')));
  progress(`${sizes.objects} InferenceServices from create until Ready`);
  const life = await measureLife(sizes.objects);
  const bench = await BenchInstallation.make(
    'metadata',
    args.filter((arg) => arg !== '--quick'),
  );
  try {
    const throughput = await children(bench, sizes, ranges, life);
    const changes = await changesOfReady(bench, sizes, ranges);
    const reviews = await webhooks(bench, sizes, ranges);
    progress(`${sizes.manyObjects} InferenceServices until Ready, then a restart`);
    const many = await manyObjects(bench, sizes, ranges);
    return report([...throughput, ...writes(life, ranges), ...changes, ...reviews, ...many]);
  } finally {
    await bench.close();
  }
}

async function children(bench: BenchInstallation, sizes: BenchSizes, ranges: Ranges, life: Life): Promise<Figure[]> {
  const { cluster } = bench.installation;
  const apiServer = { url: cluster.url, ca: cluster.ca, token: cluster.adminToken };
  const { objects: count } = sizes;
  const objects = objectsOf(0, count);
  const plain = { objects, plural: 'inferenceservices', apiServer, scripts: life.scripts, workers: writers };
  const measured = await measureThroughput(
    {
      count,
      withController: (work) => bench.withController(work),
      create: () => bench.load.create(objects),
      written: () => bench.load.childrenOf(count),
      plainly: () => secondsOfPlainClient(plain),
      reset: () => bench.load.reset(),
    },
    sizes.rounds,
  );
  const { ratio, ours, plain: ceiling, peakMegabytes, cpuMilliseconds } = measured;
  return [
    {
      name: `${sizes.objects} at once until children exist, ours / plain`,
      value: ratio,
      beside: `ours ${ours.toFixed(0)}/s, plain client ${ceiling.toFixed(0)}/s, CPU ${cpuMilliseconds.toFixed(1)} ms each`,
      ...ranges.throughputToPlain,
    },
    { name: `peak memory, ${sizes.objects} InferenceServices, MB`, value: peakMegabytes, ...ranges.peakMegabytesAt300 },
  ];
}

function writes({ childWrites, metadataWrites, statusWrites, reads, reconciles }: Life, ranges: Ranges): Figure[] {
  const beside = `per InferenceService ${reads.toFixed(2)} reads, ${reconciles.toFixed(1)} reconciles`;
  return [
    { name: 'until Ready, writes of a child, most', value: childWrites, beside, ...ranges.writesPerChild },
    { name: 'until Ready, metadata writes, most', value: metadataWrites, ...ranges.metadataWrites },
    { name: 'until Ready, status writes, most', value: statusWrites, ...ranges.statusWrites },
  ];
}

async function changesOfReady(bench: BenchInstallation, sizes: BenchSizes, ranges: Ranges): Promise<Figure[]> {
  const taken = await measureChanges(bench, sizes.objects, sizes.changes);
  const beside = `p90 ${percentile(taken, 90).toFixed(1)}, worst ${percentile(taken, 100).toFixed(1)}`;
  return [
    {
      name: `${taken.length} changes, until the Deployment is written, median, ms`,
      value: median(taken),
      beside,
      ...ranges.changeMedianMilliseconds,
    },
    { name: 'the same, p99, ms', value: percentile(taken, 99), ...ranges.changeP99Milliseconds },
  ];
}

async function webhooks(bench: BenchInstallation, sizes: BenchSizes, ranges: Ranges): Promise<Figure[]> {
  const { ours, bare, core } = await measureWebhooks(bench, sizes.objects, sizes.rounds, sizes.reviewSeconds);
  const p99 = (rounds: readonly ReviewTimes[]) =>
    median(rounds.map(({ milliseconds }) => percentile(milliseconds, 99)));
  const times = (who: string, rounds: readonly ReviewTimes[]) => {
    const all = rounds.flatMap(({ milliseconds }) => milliseconds);
    return (
      `${who} median ${median(all).toFixed(2)}, p99 ${p99(rounds).toFixed(1)}, worst ${percentile(all, 100).toFixed(1)}, ` +
      `CPU ${median(rounds.map(({ cpuMilliseconds }) => cpuMilliseconds)).toFixed(2)} each`
    );
  };
  const where = core === undefined ? 'on any core: there is no taskset' : `both on core ${core}`;
  return [
    {
      name: `${ours.flatMap(({ milliseconds }) => milliseconds).length} reviews over TLS, 100/s, p99, ms`,
      value: p99(ours),
      beside: `${times('ours', ours)}; ${times('bare TLS server', bare)}; ${where}`,
      ...ranges.webhookP99Milliseconds,
    },
  ];
}

async function manyObjects(bench: BenchInstallation, sizes: BenchSizes, ranges: Ranges): Promise<Figure[]> {
  const { manyObjects: count } = sizes;
  const many = await measureMany(bench, sizes.objects, count);
  const cpu = `CPU ${many.restartCpuSeconds.toFixed(1)} s`;
  return [
    { name: `peak memory, ${count} becoming Ready, MB`, value: many.peakMegabytes, ...ranges.peakMegabytesAt5000 },
    {
      name: `peak memory, restart with ${count}, MB`,
      value: many.peakMegabytesOfRestart,
      ...ranges.peakMegabytesAt5000,
    },
    { name: `restart with ${count} until idle, s`, value: many.restartSeconds, beside: cpu, ...ranges.restartSeconds },
    { name: `writes of the restart`, value: many.restartWrites, ...ranges.restartWrites },
  ];
}
