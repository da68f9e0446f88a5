import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { testCluster } from './test-cluster';
import { waitFor } from './wait-for';

const cluster = testCluster();

describe('a ServiceAccount of the test cluster', () => {
  it('may do what its roles say and nothing else', async () => {
    const namespace = await cluster.namespace('identity');
    const reader = await cluster.serviceAccount(namespace, 'reader');
    const asReader = cluster.as(reader);
    const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
    expect((await asReader.request('GET', configMaps)).status).toBe(403);

    await cluster.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
    });
    await waitFor('the role to take effect', async () => (await asReader.request('GET', configMaps)).status === 200);
    const refused = await asReader.request('POST', configMaps, { body: { metadata: { name: 'x' } } });
    expect(refused).toMatchObject({
      status: 403,
      body: {
        message: expect.stringMatching(
          new RegExp(`User "system:serviceaccount:${namespace}:reader" cannot create`),
        ) as unknown,
      },
    });
  });

  it('has the files that a Pod would have mounted', async () => {
    const namespace = await cluster.namespace('identity');
    const { directory, token, kubeconfig } = await cluster.serviceAccount(namespace, 'mounted');
    expect((await readdir(directory)).sort()).toEqual(['ca.crt', 'kubeconfig', 'namespace', 'token']);
    expect(await readFile(join(directory, 'token'), 'utf8')).toBe(token);
    expect(await readFile(join(directory, 'ca.crt'), 'utf8')).toBe(cluster.ca);
    expect(await readFile(join(directory, 'namespace'), 'utf8')).toBe(namespace);
    expect(load(await readFile(kubeconfig, 'utf8'))).toMatchObject({
      clusters: [{ cluster: { server: cluster.url } }],
      users: [{ user: { token } }],
      contexts: [{ context: { namespace } }],
    });
  });

  it('stays as it is when it exists', async () => {
    const namespace = await cluster.namespace('identity');
    const metadata = { name: 'rendered', namespace, labels: { team: 'a' } };
    const account = await cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await cluster.serviceAccount(namespace, 'rendered');
    const kept = await cluster.get(account);
    expect(kept.metadata.resourceVersion).toBe(account.metadata.resourceVersion);
  });
});
