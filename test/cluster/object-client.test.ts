import { testCluster } from './test-cluster';

const cluster = testCluster();

const configMap = (namespace: string, data: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace },
  data,
});

const deployment = (namespace: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'iris', namespace },
  spec: {
    selector: { matchLabels: { app: 'iris' } },
    template: {
      metadata: { labels: { app: 'iris' } },
      spec: { containers: [{ name: 'server', image: 'example.com/iris' }] },
    },
  },
});

describe('objects of the test cluster', () => {
  it('can be created, read, listed, patched and removed', async () => {
    const namespace = await cluster.namespace('objects');
    const object = configMap(namespace, { a: '1' });
    await cluster.create(object);
    await cluster.patch(object, { data: { b: '2' } });
    expect(await cluster.get(object)).toMatchObject({ data: { a: '1', b: '2' } });
    const names = (await cluster.list(object, namespace)).map(({ metadata }) => metadata.name);
    expect(names).toContain('settings');
    await cluster.remove(object);
    expect(await cluster.find(object)).toBeUndefined();
    await cluster.remove(object);
  });

  it('belong to the field manager that applied them', async () => {
    const namespace = await cluster.namespace('objects');
    await cluster.apply(configMap(namespace, { a: '1' }), { fieldManager: 'first' });
    const taking = configMap(namespace, { a: '2' });
    await expect(cluster.apply(taking, { fieldManager: 'second' })).rejects.toMatchObject({
      status: 409,
      message: expect.stringMatching(/^applying ConfigMap objects-\w+\/settings: 409 Conflict: .*"first"/) as unknown,
    });
    expect(await cluster.apply(taking, { fieldManager: 'second', force: true })).toMatchObject({ data: { a: '2' } });
  });

  it('have a status that a test can write', async () => {
    const namespace = await cluster.namespace('objects');
    const object = deployment(namespace);
    await cluster.create(object);
    await cluster.patch(object, { status: { replicas: 1, readyReplicas: 1 } }, { subresource: 'status' });
    expect(await cluster.get(object)).toMatchObject({ status: { readyReplicas: 1 } });
  });

  it('are refused with a field that their schema does not know', async () => {
    const namespace = await cluster.namespace('objects');
    const misspelled = { ...configMap(namespace), dta: {} };
    const unknown = { status: 400, message: expect.stringMatching(/unknown field "dta"/) as unknown };
    await expect(cluster.create(misspelled)).rejects.toMatchObject(unknown);
    await expect(cluster.apply(misspelled)).rejects.toMatchObject({ message: expect.stringMatching(/dta/) as unknown });
  });

  it('of an unknown kind are an error that names it', async () => {
    await expect(cluster.get({ apiVersion: 'v1', kind: 'Gizmo', metadata: { name: 'x' } })).rejects.toThrow(
      'looking up v1 Gizmo: the API server serves no such kind',
    );
  });
});

describe('a plain request', () => {
  it('returns any status, and the warnings of the API server', async () => {
    const namespace = await cluster.namespace('requests');
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    expect(await cluster.request('GET', `${path}/absent`)).toMatchObject({ status: 404, body: { reason: 'NotFound' } });
    const answer = await cluster.request('POST', path, {
      body: { ...configMap(namespace), dta: {} },
      query: { fieldValidation: 'Warn' },
    });
    expect(answer).toMatchObject({ status: 201, warnings: ['unknown field "dta"'] });
  });

  it('goes to Kubernetes 1.34', async () => {
    expect((await cluster.request('GET', '/version')).body).toMatchObject({
      gitVersion: expect.stringMatching(/^v1\.34\./) as unknown,
    });
  });
});
