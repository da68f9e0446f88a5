import { testCluster } from './test-cluster';

const cluster = testCluster();

const configMap = (namespace: string, name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
});

describe('the audit log', () => {
  it('tells what one user asked since a mark, and what became of it', async () => {
    const namespace = await cluster.namespace('audit');
    const { username, token } = await cluster.serviceAccount(namespace, 'asker');
    const asker = cluster.as({ token });
    await asker.request('GET', '/api/v1/namespaces');

    const mark = await cluster.audit.mark();
    await cluster.create(configMap(namespace, 'by-admin'));
    await asker.request('GET', `/api/v1/namespaces/${namespace}/configmaps`, { query: { limit: 500 } });
    expect(await cluster.audit.since(mark, { user: username })).toEqual([
      {
        verb: 'list',
        user: username,
        group: '',
        resource: 'configmaps',
        namespace,
        code: 403,
        requestURI: `/api/v1/namespaces/${namespace}/configmaps?limit=500`,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown,
      },
    ]);
  });

  it('holds what a write sent and the version it made', async () => {
    const namespace = await cluster.namespace('audit');
    const mark = await cluster.audit.mark();
    const { metadata } = await cluster.apply(configMap(namespace, 'written'), { fieldManager: 'slipway' });
    const events = await cluster.audit.since(mark, { user: 'admin' });
    expect(events.filter(({ name }) => name === 'written')).toMatchObject([
      {
        verb: 'patch',
        resource: 'configmaps',
        name: 'written',
        code: 201,
        requestURI: expect.stringMatching(/[?&]fieldManager=slipway(&|$)/) as unknown,
        resourceVersion: metadata.resourceVersion,
        requestObject: { metadata: { name: 'written' } },
      },
    ]);
  });

  it('counts every one of many concurrent requests', async () => {
    const namespace = await cluster.namespace('audit');
    const names = Array.from({ length: 100 }, (_, index) => `many-${index}`);
    const mark = await cluster.audit.mark();
    await Promise.all(names.map((name) => cluster.create(configMap(namespace, name))));
    const created = (await cluster.audit.since(mark)).filter((event) => event.namespace === namespace);
    expect(created.filter(({ verb, user }) => verb === 'create' && user === 'admin')).toHaveLength(100);
  });

  it('keeps Secrets and tokens to itself', async () => {
    const namespace = await cluster.namespace('audit');
    const mark = await cluster.audit.mark();
    const metadata = { name: 'password', namespace };
    await cluster.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      stringData: { password: 'swordfish' },
    });
    await cluster.serviceAccount(namespace, 'asker');
    const events = await cluster.audit.since(mark);
    expect(events.map(({ resource }) => resource)).toEqual(expect.arrayContaining(['secrets', 'serviceaccounts']));
    expect(JSON.stringify(events)).not.toMatch(/swordfish|c3dvcmRmaXNo|"token":/);
  });
});
