import type { ControllerProcess } from '../../controllers/registry-sync/controller-process';
import { median } from '../measure';
import { progress } from '../registry-sync/options';
import { memoryOf } from '../registry-sync/process-figures';
import { cpuSecondsOf, idle } from './controller-figures';

/** What controller and plain client do in turns. */
export interface Contest {
  /** Objects that are made at once. */
  readonly count: number;
  /** Works with a controller that has come to rest, then ends it. */
  readonly withController: <T>(work: (controller: ControllerProcess) => Promise<T>) => Promise<T>;
  /** Creates the objects. */
  readonly create: () => Promise<void>;
  /** Waits until the controller has written all that counts. */
  readonly written: () => Promise<void>;
  /** Lets the plain client create and write the same. @returns seconds until the last write was answered */
  readonly plainly: () => Promise<number>;
  /** Removes everything. */
  readonly reset: () => Promise<void>;
}

/** What one round of the controller showed. */
interface Round {
  readonly seconds: number;
  readonly peakMegabytes: number;
  /** Of the controller's process, until it was idle again. */
  readonly cpuMilliseconds: number;
}

/** Rounds of controller and plain client. */
export interface Throughput {
  /** Objects per second, medians. */
  readonly ours: number;
  readonly plain: number;
  /** Median of the ratios of neighbouring rounds: what slows the machine down slows down both. */
  readonly ratio: number;
  /** Of all rounds. */
  readonly peakMegabytes: number;
  /** CPU of the controller for one object, median. */
  readonly cpuMilliseconds: number;
}

/** Alternating rounds: objects at once, until everything is written. */
export async function measureThroughput(contest: Contest, rounds: number): Promise<Throughput> {
  const { count } = contest;
  const ours: Round[] = [];
  const plain: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const turn of round % 2 === 0 ? ['ours', 'plain'] : ['plain', 'ours']) {
      if (turn === 'ours') ours.push(await byController(contest));
      else plain.push(await contest.plainly());
      await contest.reset();
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

function byController({ count, withController, create, written }: Contest): Promise<Round> {
  return withController(async (controller) => {
    const cpuBefore = await cpuSecondsOf(controller.pid);
    const started = performance.now();
    await Promise.all([create(), written()]);
    const seconds = (performance.now() - started) / 1000;
    await idle(controller, count);
    const { peak: peakMegabytes } = await memoryOf(controller.pid);
    const cpuMilliseconds = (((await cpuSecondsOf(controller.pid)) - cpuBefore) * 1000) / count;
    return { seconds, peakMegabytes, cpuMilliseconds };
  });
}
