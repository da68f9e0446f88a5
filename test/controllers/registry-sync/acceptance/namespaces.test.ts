import { registryKeys } from '../../../../definitions/names/model-registry';
import { inferenceServiceOf, Installation } from '../installation';

/** Registries are allowed in one namespace only: Roles there take the place of the ClusterRole's rule on Services. */
let installation: Installation;

beforeAll(async () => {
  installation = await Installation.make({ allowedRegistryNamespaces: ['kubeflow'] });
  await installation.start();
}, 120_000);

afterAll(() => installation?.close());

describe('registries in allowed namespaces only', () => {
  it('RS-47: are found under a Role there, without a permission on Services elsewhere', async () => {
    const role = await installation.cluster.get({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'slipway-registry-sync' },
    });
    expect(JSON.stringify(role)).not.toContain('"services"');
    const object = inferenceServiceOf(await installation.cluster.namespace('allowed'), 'iris');
    await installation.cluster.create(object);
    await installation.linked(object);
  });

  it('RS-28, RS-47: elsewhere are refused, and get neither a look nor our token', async () => {
    const namespace = await installation.cluster.namespace('elsewhere');
    const mark = await installation.cluster.audit.mark();
    const labels = { [registryKeys.namespace]: namespace, [registryKeys.name]: 'registry' };
    const object = inferenceServiceOf(namespace, 'iris', { labels });
    await installation.cluster.create(object);
    expect((await installation.event(object, 'RegistryRejected')).note).toBe(
      `Registries in namespace ${namespace} are not allowed by the operator, only in kubeflow.`,
    );
    const asked = await installation.cluster.audit.since(mark, { user: installation.user });
    expect(asked.filter(({ code }) => code === 403)).toEqual([]);
  });
});
