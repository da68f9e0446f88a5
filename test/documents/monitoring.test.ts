import { itWithGo, needsGo } from '../charts-src/import/go-toolchain';
import { testCluster } from '../cluster/test-cluster';
import { documentedObject, inNamespace } from './documented-object';

const cluster = testCluster();

describe(`monitoring as the documents show it ${needsGo}`, () => {
  itWithGo('a ServiceMonitor of apiVersion v1 is refused, and accepted as monitoring.coreos.com/v1', async () => {
    await cluster.installForeignCrds('prometheus-operator');
    const namespace = await cluster.namespace('documents');
    const monitor = inNamespace(
      documentedObject({ document: '4-serving-control-plane', heading: 'Integration with Prometheus', index: 0 }),
      namespace,
    );

    expect(monitor.apiVersion).toBe('v1');
    const { status } = await cluster.request('POST', `/api/v1/namespaces/${namespace}/servicemonitors`, {
      body: monitor,
    });
    expect(status).toBe(404);

    const corrected = { ...monitor, apiVersion: 'monitoring.coreos.com/v1' };
    await cluster.apply(corrected, { fieldManager: 'kubectl' });
    expect(await cluster.get(corrected)).toMatchObject(corrected);
  });
});
