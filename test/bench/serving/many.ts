import { memoryOf } from '../registry-sync/process-figures';
import { progress } from '../registry-sync/options';
import { cpuSecondsOf, idle } from '../controllers/controller-figures';
import { allReady, type BenchInstallation } from './bench-installation';
import { objectsOf } from './load';

/** What many InferenceServices cost. */
export interface Many {
  /** Of the process that made them, and of one that found them. */
  readonly peakMegabytes: number;
  readonly peakMegabytesOfRestart: number;
  /** Seconds from the start of a process until it has looked at all of them. */
  readonly restartSeconds: number;
  readonly restartCpuSeconds: number;
  /** Requests of that process that change something. */
  readonly restartWrites: number;
}

/** Lets many become Ready and starts the controller anew. */
export async function measureMany(bench: BenchInstallation, from: number, to: number): Promise<Many> {
  const { cluster, user } = bench.installation;
  return bench.withStandIn(async () => {
    const peakMegabytes = await bench.withController(async (controller) => {
      const started = performance.now();
      await bench.load.create(objectsOf(from, to));
      await allReady(controller, to);
      progress(`${to} ready after ${((performance.now() - started) / 1000).toFixed(0)} s`);
      return (await memoryOf(controller.pid)).peak;
    });
    const mark = await cluster.audit.mark();
    const started = performance.now();
    const restarted = await bench.withController(async (controller) => {
      await idle(controller, to);
      const restartSeconds = (performance.now() - started) / 1000;
      const restartCpuSeconds = await cpuSecondsOf(controller.pid);
      return { restartSeconds, restartCpuSeconds, peakMegabytesOfRestart: (await memoryOf(controller.pid)).peak };
    });
    const asked = await cluster.audit.since(mark, { user });
    const reads = ['get', 'list', 'watch'];
    return { peakMegabytes, ...restarted, restartWrites: asked.filter(({ verb }) => !reads.includes(verb)).length };
  });
}
