import { startModelRegistry } from '../../doubles/model-registry/server';
import { registryApiPath } from '../../../definitions/names/model-registry';
import type { RegistryTraffic } from './registry';

/**
 * The registry double as a process of its own, started by `registry.ts`: it must not share an event loop with the client
 * that is measured. Argument: latency in milliseconds.
 */
async function main(latencyMs: number): Promise<void> {
  const registry = await startModelRegistry({ latencyMs });
  const post = async (path: string, body: object) => {
    const url = `${registry.url}${registryApiPath}/v1alpha3/${path}`;
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (status !== 201) throw new Error(`seeding ${path}: ${status}`);
  };
  await post('registered_models', { name: 'iris' });
  await post('model_versions', { name: 'v1', registeredModelId: '1' });
  registry.clearLog();

  const arrivals: RegistryTraffic['arrivals'][number][] = [];
  // A rule that never strikes is asked about each request as it arrives.
  registry.inject({
    fault: { kind: 'reset' },
    matches: ({ method, path }) => {
      arrivals.push({ method, path, atMs: performance.timeOrigin + performance.now() });
      return false;
    },
  });
  process.on('message', (question) => {
    if (question === 'records') {
      process.send?.(
        registry.log.filter(({ method, path }) => method === 'POST' && /inference_services$/.test(path)).length,
      );
      return;
    }
    const requests = registry.log.map(({ method, path, query, body }) => ({ method, path, query, body }));
    process.send?.({ requests, arrivals } satisfies RegistryTraffic);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ url: registry.url });
}

void main(Number(process.argv[2]));
