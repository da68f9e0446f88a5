import { Reflector } from '../../../controllers/runtime/reflector';
import { realClock, realRandom } from '../../../controllers/runtime/clock';
import { Store } from '../../../controllers/runtime/store';
import type { ApiResource, KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import { testCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { logLines } from './log-lines';
import { configMaps, runtimeClient } from './runtime-client';

const cluster = testCluster();
const { client, connection, metrics } = runtimeClient({ url: cluster.url, ca: cluster.ca, token: cluster.adminToken });
const stop = new AbortController();
const running: Promise<void>[] = [];
let namespace: string;

beforeAll(async () => {
  namespace = await cluster.namespace('reflector');
});
afterAll(async () => {
  stop.abort();
  await Promise.all(running);
  await connection.close();
});

function reflect<T extends KubernetesObject>(
  resource: ApiResource<T>,
  labelSelector: string,
  options: { readonly idleSeconds?: number; readonly client?: typeof client } = {},
) {
  const errors: unknown[] = [];
  const store = new Store<T>((error) => errors.push(error));
  const { log, lines } = logLines();
  const selection = { namespace, labelSelector };
  const reflector = new Reflector({
    resource,
    selection,
    store,
    client,
    clock: realClock,
    random: realRandom,
    log,
    metrics,
    ...options,
  });
  running.push(reflector.run(stop.signal));
  return { store, lines };
}

const configMap = (name: string, label: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { [label]: '' } },
  data,
});
const names = (store: Store<KubernetesObject>) =>
  store
    .list()
    .map(({ metadata }) => metadata.name)
    .sort();

it('follows objects of a label from before its start on', async () => {
  const first = await cluster.create(configMap('first', 'followed'));
  await cluster.create(configMap('elsewhere', 'other'));
  const { store } = reflect(configMaps, 'followed');
  await store.whenListed();
  expect(names(store)).toEqual(['first']);
  await cluster.create(configMap('second', 'followed'));
  await waitFor('the second object', () => store.size === 2);
  await cluster.patch(configMap('second', 'followed'), { data: { a: '1' } });
  await waitFor('its change', () => store.get(`${namespace}/second`)?.data?.['a'] === '1');
  await cluster.remove(first);
  await waitFor('the deletion of the first', () => names(store).join() === 'second');
});

it('holds objects with their kind and without managedFields, listed or watched', async () => {
  await cluster.create(configMap('listed', 'slim'));
  const { store } = reflect(configMaps, 'slim');
  await store.whenListed();
  await cluster.create(configMap('watched', 'slim'));
  await waitFor('both', () => store.size === 2);
  for (const object of store.list()) {
    expect(object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(object.metadata).not.toHaveProperty('managedFields');
  }
});

it('reads lists of several pages whole', async () => {
  const all = Array.from({ length: 1001 }, (_, index) => `page-${String(index).padStart(4, '0')}`);
  for (let start = 0; start < all.length; start += 50) {
    await Promise.all(all.slice(start, start + 50).map((name) => cluster.create(configMap(name, 'paged'))));
  }
  const { store } = reflect(configMaps, 'paged');
  await store.whenListed();
  expect(names(store)).toEqual(all);
});

it('opens a new watch from where it was when the old one falls silent', async () => {
  const { store } = reflect(configMaps, 'silent', { idleSeconds: 1 });
  await store.whenListed();
  const lists = await metricValue('reflector_lists_total{resource="configmaps"}');
  await waitFor(
    'two idle watches',
    async () => (await metricValue('reflector_watch_restarts_total{resource="configmaps",reason="idle"}')) >= 2,
  );
  await cluster.create(configMap('late', 'silent'));
  await waitFor('an object after the restart', () => store.size === 1);
  expect(await metricValue('reflector_lists_total{resource="configmaps"}')).toBe(lists);
});

it('waits for a kind whose CRD is missing, says so once, and begins when it appears', async () => {
  const ships: ApiResource = {
    group: 'reflector.example',
    version: 'v1',
    kind: 'Ship',
    plural: 'ships',
    scope: 'Namespaced',
  };
  const { store, lines } = reflect(ships, '');
  const waiting = () => lines.filter(({ level, msg }) => level !== 'debug' && msg.includes('is its CRD installed?'));
  await waitFor('several attempts', () => lines.filter(({ msg }) => msg.includes('is its CRD installed?')).length > 2);
  expect(waiting()).toHaveLength(1);
  expect(store.listed).toBe(false);
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'ships.reflector.example' },
    spec: {
      group: 'reflector.example',
      scope: 'Namespaced',
      names: { kind: 'Ship', plural: 'ships' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  };
  await cluster.installCrds([crd]);
  await store.whenListed();
  await cluster.create({ apiVersion: 'reflector.example/v1', kind: 'Ship', metadata: { name: 'argo', namespace } });
  await waitFor('the first ship', () => names(store).join() === 'argo');
  expect(lines.filter(({ msg }) => msg === 'reflector works again')).toHaveLength(1);
});

it('waits until it is allowed to list, and says what is missing', async () => {
  const account = await cluster.serviceAccount(namespace, 'reader');
  const own = runtimeClient({ url: cluster.url, ca: cluster.ca, token: account.token });
  const { store, lines } = reflect(configMaps, 'allowed', { client: own.client });
  const line = await waitFor('the refusal', () => lines.find(({ level }) => level === 'warn'));
  expect(line.msg).toBe('not allowed to list and watch this kind (is the role bound?), trying again');
  expect(line['cause']).toContain(account.username);
  const metadata = { name: 'reader', namespace };
  const api = 'rbac.authorization.k8s.io';
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }];
  const role = { apiVersion: `${api}/v1`, kind: 'Role', metadata, rules };
  await cluster.create(role);
  const subjects = [{ kind: 'ServiceAccount', name: 'reader', namespace }];
  const roleRef = { apiGroup: api, kind: 'Role', name: 'reader' };
  const binding = { apiVersion: `${api}/v1`, kind: 'RoleBinding', metadata, subjects, roleRef };
  await cluster.create(binding);
  await store.whenListed();
  stop.signal.addEventListener('abort', () => void own.connection.close());
});

async function metricValue(series: string): Promise<number> {
  const line = (await metrics.text()).split('\n').find((one) => one.startsWith(series));
  return Number(line?.slice(series.length) ?? NaN);
}
