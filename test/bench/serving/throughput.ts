import { median } from '../measure';
import { progress } from '../registry-sync/options';
import { memoryOf } from '../registry-sync/process-figures';
import { type BenchInstallation, idle } from './bench-installation';
import { cpuSecondsOf } from './controller-figures';
import { objectsOf, writers } from './load';
import { secondsOfPlainClient } from './plain';
import type { Script } from './script';

/** What one round of the controller showed. */
interface Round {
  readonly seconds: number;
  readonly peakMegabytes: number;
  /** Of the controller's process, until it was idle again. */
  readonly cpuMilliseconds: number;
}

/** Rounds of controller and plain client. */
export interface Throughput {
  /** InferenceServices per second, medians. */
  readonly ours: number;
  readonly plain: number;
  /** Median of the ratios of neighbouring rounds: what slows the machine down slows down both. */
  readonly ratio: number;
  /** Of all rounds. */
  readonly peakMegabytes: number;
  /** CPU of the controller for one InferenceService, median. */
  readonly cpuMilliseconds: number;
}

/** Alternating rounds: InferenceServices at once, until all children exist. */
export async function measureThroughput(
  bench: BenchInstallation,
  count: number,
  rounds: number,
  scripts: ReadonlyMap<string, Script>,
): Promise<Throughput> {
  const ours: Round[] = [];
  const plain: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const turn of round % 2 === 0 ? ['ours', 'plain'] : ['plain', 'ours']) {
      if (turn === 'ours') ours.push(await byController(bench, count));
      else plain.push(await byPlainClient(bench, count, scripts));
      await bench.load.reset();
    }
    progress(
      `${count} at once, round ${round + 1} of ${rounds}: ours ${ours.at(-1)?.seconds.toFixed(2)} s, ` +
        `plain ${plain.at(-1)?.toFixed(2)} s, peak ${ours.at(-1)?.peakMegabytes.toFixed(1)} MB, ` +
        `CPU ${ours.at(-1)?.cpuMilliseconds.toFixed(1)} ms each`,
    );
  }
  const seconds = ours.map((round) => round.seconds);
  return {
    ours: count / median(seconds),
    plain: count / median(plain),
    ratio: median(seconds.map((one, round) => (plain[round] ?? NaN) / one)),
    peakMegabytes: Math.max(...ours.map(({ peakMegabytes }) => peakMegabytes)),
    cpuMilliseconds: median(ours.map(({ cpuMilliseconds }) => cpuMilliseconds)),
  };
}

function byController(bench: BenchInstallation, count: number): Promise<Round> {
  return bench.withController(async (controller) => {
    const cpuBefore = await cpuSecondsOf(controller.pid);
    const started = performance.now();
    await Promise.all([bench.load.create(objectsOf(0, count)), bench.load.childrenOf(count)]);
    const seconds = (performance.now() - started) / 1000;
    await idle(controller, count);
    const { peak: peakMegabytes } = await memoryOf(controller.pid);
    const cpuMilliseconds = (((await cpuSecondsOf(controller.pid)) - cpuBefore) * 1000) / count;
    return { seconds, peakMegabytes, cpuMilliseconds };
  });
}

function byPlainClient(
  { installation: { cluster } }: BenchInstallation,
  count: number,
  scripts: ReadonlyMap<string, Script>,
): Promise<number> {
  const apiServer = { url: cluster.url, ca: cluster.ca, token: cluster.adminToken };
  return secondsOfPlainClient({ objects: objectsOf(0, count), apiServer, scripts, workers: writers });
}
