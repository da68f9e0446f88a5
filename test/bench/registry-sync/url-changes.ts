import { setTimeout as sleep } from 'node:timers/promises';
import { registryKeys } from '../../../definitions/names/model-registry';
import { waitFor } from '../../cluster/wait-for';
import type { BenchInstallation } from './bench-installation';
import { progress } from './options';

const changesPerSecond = 10;

/**
 * Changes URLs at a steady pace while everything is linked.
 *
 * @returns milliseconds from the answer to each change until its PATCH arrived at the registry
 */
export async function measureUrlChanges(bench: BenchInstallation, changes: number): Promise<readonly number[]> {
  const { load, installation } = bench;
  return bench.withController(0, async ({ registry }) => {
    await load.allLinked(registry);
    // What linking has set in motion (events, the watch) comes to rest.
    await sleep(2000);
    const answered: { readonly record: string; readonly atMs: number }[] = [];
    const started = performance.now();
    for (let number = 0; number < changes; number += 1) {
      const object = load.objects[number % load.objects.length];
      if (object === undefined) break;
      const due = started + (number * 1000) / changesPerSecond;
      await sleep(Math.max(0, due - performance.now()));
      const status = { url: `https://changed-${number}.example.com` };
      const { metadata } = await installation.cluster.patch(object, { status }, { subresource: 'status' });
      const atMs = performance.timeOrigin + performance.now();
      answered.push({ record: String(metadata.labels?.[registryKeys.inferenceServiceId]), atMs });
      if (number % 100 === 99) progress(`URL changes: ${number + 1} of ${changes}`);
    }
    const patches = async () => (await registry.traffic()).arrivals.filter(({ method }) => method === 'PATCH');
    await waitFor('all URLs to arrive', async () => (await patches()).length >= changes, { timeout: 60_000 });
    const arrived = await patches();
    return answered.map(({ record, atMs }) => {
      // One object is changed again only after all others, so that its PATCHes come in order.
      const patch = arrived.findIndex(({ path }) => path.endsWith(`/inference_services/${record}`));
      const [found] = patch < 0 ? [] : arrived.splice(patch, 1);
      return found === undefined ? Infinity : found.atMs - atMs;
    });
  });
}
