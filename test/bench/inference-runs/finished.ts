import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf, idle } from '../controllers/controller-figures';
import { inParallel } from '../registry-sync/in-parallel';
import { progress } from '../registry-sync/options';
import { memoryOf } from '../registry-sync/process-figures';
import { allIn, type BenchInstallation } from './bench-installation';
import { JobLife } from './job-life';
import { runsOf } from './load';
import { workers } from './options';

/** Seconds between two looks at a run: each is looked at several times while nothing may be written. */
const pollingSeconds = 5;

/** What finished runs cost that stay, with their Jobs, pods and ConfigMaps. */
export interface Finished {
  /** Of the process that saw them finish, and of one that found them. */
  readonly peakMegabytes: number;
  readonly peakMegabytesOfRestart: number;
  /** Requests of that process that change something, events included. */
  readonly writes: number;
  /** Looks at runs meanwhile. */
  readonly reconciles: number;
  readonly cpuSeconds: number;
}

/** Lets runs finish, starts the controller anew and watches it doing nothing. */
export async function measureFinished(
  bench: BenchInstallation,
  count: number,
  quietSeconds: number,
): Promise<Finished> {
  const { cluster, user } = bench.installation;
  const life = new JobLife(cluster);
  const peakMegabytes = await bench.withController(async (controller) => {
    await bench.load.create(runsOf(count));
    await bench.load.started(count);
    const jobs = await life.jobs();
    await life.run(jobs);
    await life.endPods(jobs);
    await inParallel(jobs, workers, (job) => life.complete(job));
    await allIn('Succeeded', controller, count);
    await bench.load.unused();
    progress(`${count} runs finished`);
    return (await memoryOf(controller.pid)).peak;
  });
  const mark = await cluster.audit.mark();
  return bench.withController(async (controller) => {
    const before = await idle(controller, count);
    await sleep(quietSeconds * 1000);
    // Every run was looked at: it is by having nothing to say that nothing is written.
    const after = await idle(controller, before.reconciles + count);
    const asked = await cluster.audit.since(mark, { user });
    return {
      peakMegabytes,
      peakMegabytesOfRestart: (await memoryOf(controller.pid)).peak,
      writes: asked.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb)).length,
      reconciles: after.reconciles - before.reconciles,
      cpuSeconds: await cpuSecondsOf(controller.pid),
    };
  }, pollingSeconds);
}
