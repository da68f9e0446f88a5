import { waitFor } from '../../cluster/wait-for';
import { inferenceServiceOf, ServingInstallation } from './serving-installation';

let installation: ServingInstallation;

beforeAll(async () => {
  installation = await ServingInstallation.make();
  await installation.start();
}, 120_000);

afterAll(() => installation?.close());

describe('an InferenceService in Standard mode', () => {
  it('gets Deployment, Service, autoscaler and Ingress, and becomes Ready with a URL', async () => {
    const namespace = await installation.cluster.namespace('standard');
    const iris = inferenceServiceOf(namespace, 'iris');
    await installation.cluster.create(iris);
    const { status } = await installation.ready(iris);
    expect(status).toMatchObject({
      url: `http://iris-${namespace}.example.com`,
      address: { url: `http://iris-predictor.${namespace}.svc.cluster.local` },
      deploymentMode: 'Standard',
      clusterServingRuntimeName: 'kserve-sklearnserver',
      observedGeneration: 1,
    });
    const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'iris', namespace } };
    expect(await installation.cluster.find(ingress)).toBeDefined();
  }, 60_000);

  // The garbage collector learns of new kinds every half minute.
  it('goes with everything that was made for it', async () => {
    const namespace = await installation.cluster.namespace('standard');
    const iris = inferenceServiceOf(namespace, 'iris');
    await installation.cluster.create(iris);
    await installation.ready(iris);
    await installation.cluster.remove(iris);
    await installation.gone(iris);
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'iris-predictor', namespace } };
    await waitFor('the Deployment to be gone', async () => !(await installation.cluster.find(deployment)), {
      timeout: 90_000,
    });
  }, 120_000);
});
