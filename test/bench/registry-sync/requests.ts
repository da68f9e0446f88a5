import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchInstallation } from './bench-installation';

/** Registry requests for a new InferenceService: the first of a namespace, and the one after it. */
export async function requestsOfNew(
  bench: BenchInstallation,
): Promise<{ readonly first: number; readonly second: number }> {
  const { load, installation } = bench;
  return bench.withController(0, async ({ registry }) => {
    await load.allLinked(registry);
    let before = (await registry.traffic()).requests.length;
    const requestsOf = async (name: string, namespace?: string) => {
      const object = await load.createOne(name, namespace);
      await installation.linked(object);
      // What the controller remembers of the model has gone stale by the second one.
      await sleep(1000);
      const { length } = (await registry.traffic()).requests;
      const requests = length - before;
      before = length;
      return { requests, object };
    };
    const { requests: first, object } = await requestsOf('first');
    const { requests: second, object: other } = await requestsOf('second', object.metadata.namespace);
    for (const one of [object, other]) {
      await installation.cluster.remove(one);
      await installation.gone(one);
    }
    return { first, second };
  });
}
