import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../cluster/wait-for';
import { microsecondsOf } from '../controllers/audit-time';
import { progress } from '../registry-sync/options';
import { allReady, type BenchInstallation } from './bench-installation';
import { objectsOf } from './load';

const changesPerSecond = 10;

/**
 * Changes models at a steady pace while everything is Ready. Each object is changed once.
 *
 * @returns milliseconds from the API server's answer to each change until its answer to the write of the Deployment, both by its clock
 */
export async function measureChanges(
  bench: BenchInstallation,
  count: number,
  changes: number,
): Promise<readonly number[]> {
  const { cluster, user } = bench.installation;
  return bench.withController((controller) =>
    bench.withStandIn(async () => {
      const objects = objectsOf(0, count);
      await bench.load.create(objects);
      await allReady(controller, count);
      // What became Ready at once is told of in events, and those come late.
      await sleep(2000);
      const mark = await cluster.audit.mark();
      const changed = objects.slice(0, changes);
      const started = performance.now();
      for (const [number, object] of changed.entries()) {
        await sleep(Math.max(0, started + (number * 1000) / changesPerSecond - performance.now()));
        const storageUri = `s3://models/changed/${number}`;
        await cluster.patch(object, { spec: { predictor: { model: { storageUri } } } });
      }
      progress(`${changed.length} changes`);
      return waitFor(
        'all changes to reach Deployments',
        async () => {
          const events = (await cluster.audit.since(mark)).filter(({ subresource }) => subresource === undefined);
          const at = new Map(
            events
              .filter(({ resource, user: by }) => resource === 'inferenceservices' && by !== user)
              .map(({ namespace, name, time }) => [`${namespace}/${name}`, microsecondsOf(time)]),
          );
          const writes = events.filter(({ resource, verb }) => resource === 'deployments' && verb === 'patch');
          const taken = writes.flatMap(({ namespace, name = '', time }) => {
            const changedAt = at.get(`${namespace}/${name.replace(/-predictor$/, '')}`);
            return changedAt === undefined ? [] : [(microsecondsOf(time) - changedAt) / 1000];
          });
          return taken.length >= changed.length && taken;
        },
        { interval: 1000 },
      );
    }),
  );
}
