import { freePort } from '../../cluster/free-port';
import { waitFor } from '../../cluster/wait-for';
import { inferenceServiceOf, ServingInstallation } from './serving-installation';

/** Serving as it is deployed, its webhooks called by the API server on loopback. */
let installation: ServingInstallation;

beforeAll(async () => {
  const port = await freePort();
  installation = await ServingInstallation.make({
    webhooks: true,
    serving: { webhooks: { url: `https://127.0.0.1:${port}` } },
  });
  await installation.start({
    settings: { webhooks: { certificate: { from: 'self-managed', hosts: ['127.0.0.1'] } } },
    args: [`--webhook-port=${port}`],
  });
  // The first review passes once the API server trusts the controller's CA.
  const namespace = await installation.cluster.namespace('first');
  const first = inferenceServiceOf(namespace, 'first');
  await waitFor('admission to work', async () => {
    try {
      await installation.cluster.create(first);
      return true;
    } catch (error) {
      if (String(error).includes('already exists')) return true;
      if (String(error).includes('failed calling webhook')) return false;
      throw error;
    }
  });
}, 120_000);

afterAll(() => installation?.close());

describe('admission of InferenceServices', () => {
  it('moves a framework to model and makes it serve', async () => {
    const namespace = await installation.cluster.namespace('admission');
    const iris = inferenceServiceOf(namespace, 'iris', {
      spec: { predictor: { sklearn: { storageUri: 's3://models/iris' } } },
    });
    await installation.cluster.create(iris);
    const stored = await installation.ready(iris);
    expect(stored['spec']).toMatchObject({
      predictor: { model: { modelFormat: { name: 'sklearn' }, storageUri: 's3://models/iris' } },
    });
    expect(stored.metadata.annotations).toMatchObject({ 'serving.kserve.io/deploymentMode': 'Standard' });
  }, 60_000);

  it('refuses what breaks a rule with the message of the rule', async () => {
    const namespace = await installation.cluster.namespace('admission');
    const spec = {
      predictor: { containers: [{ name: 'kserve-container', image: 'a', env: [{ name: 'PYTHONPATH', value: '/x' }] }] },
    };
    await expect(installation.cluster.create(inferenceServiceOf(namespace, 'iris', { spec }))).rejects.toThrow(
      /admission webhook "inferenceservice.kserve-webhook-server.validator" denied the request: the InferenceService "iris" is invalid: setting PYTHONPATH in container "kserve-container" is not allowed for security reasons/,
    );
  });

  it('puts the storage initializer into the pods of a service', async () => {
    const namespace = await installation.cluster.namespace('admission');
    const iris = inferenceServiceOf(namespace, 'iris');
    await installation.cluster.create(iris);
    await installation.ready(iris);
    const [pod] = await installation.pods(namespace);
    expect(pod?.spec?.initContainers).toEqual([
      expect.objectContaining({ name: 'storage-initializer', args: ['s3://models/iris', '/mnt/models'] }),
    ]);
  }, 60_000);
});
