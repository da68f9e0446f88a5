import { setTimeout as sleep } from 'node:timers/promises';
import { microsecondsOf } from '../controllers/audit-time';
import { allIn, type BenchInstallation } from './bench-installation';
import { JobLife } from './job-life';
import { runsOf } from './load';

const completionsPerSecond = 10;

/**
 * Lets the Jobs of running runs complete at a steady pace.
 *
 * @returns milliseconds from the API server's answer to each Job's status until its answer to the last write of the run's status, both by its
 *   clock; after it every run is `Succeeded`
 */
export async function measureCompletions(bench: BenchInstallation, count: number): Promise<readonly number[]> {
  const { cluster, user } = bench.installation;
  const life = new JobLife(cluster);
  try {
    return await bench.withController(async (controller) => {
      await bench.load.create(runsOf(count));
      await bench.load.started(count);
      const jobs = await life.jobs();
      await life.run(jobs);
      await allIn('Running', controller, count);
      await life.endPods(jobs);
      // What started at once is told of in events, and those come late.
      await sleep(2000);
      const mark = await cluster.audit.mark();
      const started = performance.now();
      for (const [number, job] of jobs.entries()) {
        await sleep(Math.max(0, started + (number * 1000) / completionsPerSecond - performance.now()));
        await life.complete(job);
      }
      await allIn('Succeeded', controller, count);
      const events = (await cluster.audit.since(mark)).filter(
        ({ subresource, code }) => subresource === 'status' && code < 300,
      );
      const jobsOfRuns = new Map(
        jobs.map(({ metadata: { namespace, name, ownerReferences = [] } }) => [
          `${namespace}/${ownerReferences[0]?.name}`,
          `${namespace}/${name}`,
        ]),
      );
      const lastWrite = (resource: string, of: (name: string) => boolean) =>
        new Map(
          events
            .filter((event) => event.resource === resource && of(event.user))
            .map(({ namespace, name, time }) => [`${namespace}/${name}`, microsecondsOf(time)]),
        );
      const completedAt = lastWrite('jobs', (by) => by !== user);
      const succeededAt = lastWrite('inferenceruns', (by) => by === user);
      return [...jobsOfRuns].map(
        ([run, job]) => ((succeededAt.get(run) ?? Infinity) - (completedAt.get(job) ?? NaN)) / 1000,
      );
    });
  } finally {
    await bench.load.reset();
  }
}
