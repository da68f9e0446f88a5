import { connectionFromEnvironment } from './cluster-connection';
import { TestCluster, testCluster } from './test-cluster';
import { waitFor } from './wait-for';

const cluster = testCluster();

const namespaceCalled = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const configMap = (namespace: string, name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...metadata, name, namespace },
});

describe('a namespace of the test cluster', () => {
  it('is fresh, labelled, and has its default ServiceAccount', async () => {
    const [first, second] = [await cluster.namespace('fresh', { team: 'a' }), await cluster.namespace('fresh')];
    expect(first).toMatch(/^fresh-[a-z0-9]{5}$/);
    expect(second).not.toBe(first);
    expect((await cluster.get(namespaceCalled(first))).metadata.labels).toMatchObject({ team: 'a' });
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: first } };
    expect(await cluster.find(account)).toBeDefined();
  });

  it('is gone after the test, although nobody handles the finalizers in it', async () => {
    const earlier = new TestCluster(connectionFromEnvironment(process.env));
    const namespace = await earlier.namespace('held');
    await earlier.create(configMap(namespace, 'held', { finalizers: ['example.com/never-handled'] }));
    await earlier.close();
    await waitFor(
      'the namespace to be gone',
      async () => (await cluster.find(namespaceCalled(namespace))) === undefined,
    );
  });

  it('is garbage collected: dependents go with their owner', async () => {
    const namespace = await cluster.namespace('owned');
    const owner = await cluster.create(configMap(namespace, 'owner'));
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }];
    const dependent = configMap(namespace, 'dependent', { ownerReferences });
    await cluster.create(dependent);
    await cluster.remove(owner);
    await waitFor('the dependent to be gone', async () => (await cluster.find(dependent)) === undefined);
  });
});

describe('the connection', () => {
  it.each([
    ['off', /SLIPWAY_TEST_CLUSTER=off: unset it/],
    [undefined, /none was started/],
  ])('is missing for a reason when SLIPWAY_TEST_CLUSTER is %s', (setting, reason) => {
    const environment = setting === undefined ? {} : { SLIPWAY_TEST_CLUSTER: setting };
    expect(() => connectionFromEnvironment(environment)).toThrow(reason);
  });
});
