import { itWithGo, needsGo } from '../charts-src/import/go-toolchain';
import { foreignCrds, foreignProjects } from './foreign-crds';
import { testCluster } from './test-cluster';

const cluster = testCluster();

describe('foreign CRDs', () => {
  itWithGo.each(foreignProjects)(
    `of %s are served in every version after installing ${needsGo}`,
    async (project) => {
      await cluster.installForeignCrds(project);
      const names = (await foreignCrds(project)).map(({ metadata }) => metadata.name);
      expect(names).not.toEqual([]);
      for (const name of names) {
        const metadata = { name };
        const crd = await cluster.get({
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata,
        });
        const established = {
          conditions: expect.arrayContaining([
            expect.objectContaining({ type: 'Established', status: 'True' }),
          ]) as unknown,
        };
        expect(crd['status']).toMatchObject(established);
      }
    },
    300_000,
  );

  itWithGo(`take real objects and refuse wrong ones ${needsGo}`, async () => {
    await cluster.installForeignCrds('gateway-api');
    const namespace = await cluster.namespace('routes');
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'iris', namespace },
      spec: { hostnames: ['iris.example.com'] },
    };
    await cluster.apply(route);
    await expect(cluster.apply({ ...route, spec: { hostnames: ['not a host'] } })).rejects.toThrow(/spec.hostnames/);
  });
});
