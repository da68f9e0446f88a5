import { customResourceDefinition } from '../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../definitions/serving/kinds';
import { testCluster } from '../cluster/test-cluster';
import { waitFor } from '../cluster/wait-for';
import { documentedObject, inNamespace, leastInferenceService } from './documented-object';
import { warningsOnCreating } from './warnings';

const cluster = testCluster();

beforeAll(async () => {
  await cluster.installCrds(servingDefinitions.map(customResourceDefinition));
});

describe('access as the documents show it', () => {
  it('the ClusterRole of registry sync is accepted', async () => {
    const role = documentedObject({ document: '1-registry-sync', heading: 'RBAC Permissions', index: 0 });

    // Dry runs: roles of the cluster are visible to every test.
    expect(await warningsOnCreating(cluster, role)).toEqual([]);
    const { status, body } = await cluster.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      body: role,
      query: { fieldValidation: 'Strict', dryRun: 'All' },
    });

    expect(status).toBe(201);
    expect(body).toMatchObject(role);
  });

  it('the Role for deployers lets a ServiceAccount manage InferenceServices and nothing else', async () => {
    const namespace = await cluster.namespace('documents');
    const role = inNamespace(
      documentedObject({ document: '4-serving-control-plane', heading: 'Model Access Control', index: 0 }),
      namespace,
    );
    const deployer = await cluster.serviceAccount(namespace, 'deployer');
    const asDeployer = cluster.as(deployer);
    const isvc = inNamespace(leastInferenceService, namespace);
    await expect(asDeployer.create(isvc)).rejects.toThrow('403');

    expect(await warningsOnCreating(cluster, role)).toEqual([]);
    await cluster.apply(role, { fieldManager: 'kubectl' });
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'deployer', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role.metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: deployer.name, namespace }],
    };
    await cluster.create(binding);
    await waitFor('the binding to take effect', () => asDeployer.find(isvc).then(() => true));

    await asDeployer.create(isvc);
    await asDeployer.patch(isvc, { spec: { predictor: { minReplicas: 2 } } });
    const isvcs = await asDeployer.list(isvc, namespace);
    expect(isvcs).toMatchObject([{ spec: { predictor: { minReplicas: 2 } } }]);
    await asDeployer.remove(isvc);
    expect(await cluster.find(isvc)).toBeUndefined();

    const runtimes = { apiVersion: 'serving.kserve.io/v1alpha1', kind: 'ServingRuntime' };
    await expect(asDeployer.list(runtimes, namespace)).rejects.toThrow('403');
    await expect(asDeployer.list({ apiVersion: 'v1', kind: 'Service' }, namespace)).rejects.toThrow('403');
    await expect(asDeployer.list(isvc)).rejects.toThrow('403');
  });
});
