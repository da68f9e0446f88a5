import { createMetrics } from '../../../controllers/runtime/metrics';
import { registryMetrics } from '../../../controllers/registry-sync/metrics';
import { registryEvents } from '../../../definitions/names/registry-events';

const make = () => {
  const metrics = createMetrics({ process: false });
  const registry = registryMetrics(metrics.registry);
  const lines = async () => (await metrics.text()).split('\n').filter((line) => line.startsWith('slipway_'));
  return { metrics, registry, lines };
};

it('exist from the start with value 0', async () => {
  const lines = await make().lines();
  expect(lines).toEqual(
    expect.arrayContaining([
      'slipway_registry_requests_total{method="GET",code="<error>"} 0',
      'slipway_registry_request_duration_seconds_count{method="PATCH"} 0',
      'slipway_registry_sync_linked 0',
      'slipway_registry_sync_failures_total{reason="RegistryUnreachable"} 0',
      'slipway_registry_sync_failures_total{reason="RegistryNameMismatch"} 0',
      'slipway_registry_sync_cleanups_skipped_total 0',
    ]),
  );
  expect(lines.filter((line) => !line.endsWith(' 0'))).toEqual([]);
});

it('count failures by reason, skipped cleanups on their own too', async () => {
  const { registry, lines } = make();
  registry.failed(registryEvents.rejected);
  registry.failed(registryEvents.cleanupSkipped);
  registry.failed(registryEvents.cleanupSkipped);
  expect((await lines()).filter((line) => !line.endsWith(' 0'))).toEqual([
    'slipway_registry_sync_failures_total{reason="RegistryRejected"} 1',
    'slipway_registry_sync_failures_total{reason="RegistryCleanupSkipped"} 2',
    'slipway_registry_sync_cleanups_skipped_total 2',
  ]);
});

it('say how many InferenceServices are linked when they are asked', async () => {
  const { metrics, registry, lines } = make();
  let count = 0;
  metrics.beforeScrape(() => registry.setLinked(count));
  count = 7;
  expect(await lines()).toContain('slipway_registry_sync_linked 7');
});
