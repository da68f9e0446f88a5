import { testCluster } from './test-cluster';

const cluster = testCluster();

const gizmos = (fields: object) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gizmos.test-cluster.slipway.dev' },
  spec: {
    group: 'test-cluster.slipway.dev',
    names: { kind: 'Gizmo', plural: 'gizmos' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: fields } } } },
      },
    ],
  },
});

const crd = gizmos({ size: { type: 'integer' } });

describe('installing CRDs', () => {
  afterAll(() => cluster.remove(crd));

  it('ends when objects can be written, checked by the schema', async () => {
    await cluster.installCrds([crd]);
    const namespace = await cluster.namespace('crds');
    const gizmo = {
      apiVersion: 'test-cluster.slipway.dev/v1',
      kind: 'Gizmo',
      metadata: { name: 'one', namespace },
      spec: { size: 3 },
    };
    expect(await cluster.apply(gizmo)).toMatchObject({ spec: { size: 3 } });
    const wrong = { ...gizmo, spec: { size: 'large' } };
    await expect(cluster.apply(wrong)).rejects.toThrow(/spec.size/);
  });

  it('may be asked for by several test files at once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => cluster.installCrds([crd])));
    expect(await cluster.list({ apiVersion: 'test-cluster.slipway.dev/v1', kind: 'Gizmo' })).toEqual(expect.any(Array));
  });

  it('fails with the API server’s reason', async () => {
    const broken = gizmos({ size: { type: 'whole number' } });
    await expect(cluster.installCrds([broken])).rejects.toThrow(/422 Unprocessable Entity: .*Unsupported value/);
  });
});
