import { registryKeys } from '../../../../definitions/names/model-registry';
import { waitFor } from '../../../cluster/wait-for';
import { startForwardProxy, type ForwardProxy } from '../../../doubles/forward-proxy/forward-proxy';
import {
  startUpstreamFakeRegistry,
  type UpstreamFakeRegistry,
} from '../../../doubles/upstream-fake-registry/upstream-fake-registry';
import { Installation, type TestInferenceService } from '../installation';

/** Check 1: the cases of upstream's own tests, against a fake that behaves as theirs. */
let installation: Installation;
let fake: UpstreamFakeRegistry;
let proxy: ForwardProxy;

beforeAll(async () => {
  // The fake has neither models nor versions.
  installation = await Installation.make({ requireExistingModel: false });
  fake = await startUpstreamFakeRegistry();
  proxy = await startForwardProxy(() => fake.url);
  await installation.start({ env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } });
}, 120_000);

afterAll(async () => {
  await installation?.close();
  await proxy?.close();
  await fake?.close();
});

const service = (namespace: string, name: string, annotations = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { app: 'metadata', component: 'model-registry' }, annotations },
  spec: {
    ports: [
      { name: 'http-api', port: 8080, appProtocol: 'http' },
      { name: 'grpc-api', port: 9090, appProtocol: 'grpc' },
    ],
    selector: { component: 'model-registry-server' },
  },
});

const correct = (namespace: string, named = true): TestInferenceService => ({
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  metadata: {
    name: named ? 'example-onnx-mnist' : 'example-onnx-mnist-missing-name',
    namespace,
    labels: {
      [registryKeys.registeredModelId]: '1',
      [registryKeys.namespace]: namespace,
      ...(named ? { [registryKeys.name]: 'model-registry' } : {}),
    },
  },
  spec: {
    predictor: {
      model: {
        modelFormat: { name: 'onnx' },
        runtime: 'kserve-ovms',
        storage: { key: 'testkey', path: '/testpath/test' },
      },
    },
  },
});

const idOf = async (object: TestInferenceService) =>
  (await installation.stored(object))?.metadata.labels?.[registryKeys.inferenceServiceId];
const labelled = (object: TestInferenceService) => waitFor('the id label', async () => (await idOf(object)) === '1');
const record = () => fake.inferenceService() as { customProperties?: { url?: { string_value?: string } } } | undefined;

describe('check 1: upstream case', () => {
  it('1: a correct InferenceService gets the id label', async () => {
    const namespace = await installation.cluster.namespace('correct');
    await installation.cluster.create(service(namespace, 'model-registry'));
    await installation.cluster.create(correct(namespace));
    await labelled(correct(namespace));
    expect(proxy.asked).toContain(`model-registry.${namespace}.svc.cluster.local:8080`);
  });

  it('2: deletion leaves the record UNDEPLOYED', async () => {
    const namespace = await installation.cluster.namespace('correct-delete');
    await installation.cluster.create(service(namespace, 'model-registry'));
    await installation.cluster.create(correct(namespace));
    await labelled(correct(namespace));
    await installation.cluster.remove(correct(namespace));
    await waitFor('UNDEPLOYED', () => fake.inferenceService()?.['desiredState'] === 'UNDEPLOYED');
    await installation.gone(correct(namespace));
  });

  it('3: without a name label the only registry is found', async () => {
    const namespace = await installation.cluster.namespace('correct-no-name');
    await installation.cluster.create(service(namespace, 'model-registry'));
    await installation.cluster.create(correct(namespace, false));
    await labelled(correct(namespace, false));
  });

  it('4: without a name label and with two registries there is no id label, and the user is told', async () => {
    const namespace = await installation.cluster.namespace('fail-no-name');
    await installation.cluster.create(service(namespace, 'model-registry'));
    await installation.cluster.create(service(namespace, 'model-registry-2'));
    const object = correct(namespace, false);
    await installation.cluster.create(object);
    expect((await installation.event(object, 'RegistryAmbiguous')).note).toBe(
      `More than one Model Registry service found in namespace ${namespace}. Specify which one to use via labels.`,
    );
    expect(await idOf(object)).toBeUndefined();
  });

  it('5: an annotation on the Service that only counts on InferenceServices does no harm', async () => {
    const namespace = await installation.cluster.namespace('correct-annotation-url');
    const url = 'model-registry.svc.cluster.local:8080';
    await installation.cluster.create(service(namespace, 'model-registry', { [registryKeys.url]: url }));
    await installation.cluster.create(correct(namespace));
    await labelled(correct(namespace));
  });

  it('6 and 8: the URL of the status comes to the record and follows', async () => {
    const namespace = await installation.cluster.namespace('url-reconcile');
    await installation.cluster.create(service(namespace, 'model-registry'));
    const object = correct(namespace);
    await installation.cluster.create(object);
    await labelled(object);
    expect(record()?.customProperties).toBeUndefined();
    for (const url of ['https://example.com', 'https://example-updated.com']) {
      await installation.cluster.patch(object, { status: { url } }, { subresource: 'status' });
      await waitFor('the URL in the record', () => record()?.customProperties?.url?.string_value === url);
    }
  });

  it('7: without a URL in the status the record has no custom properties', async () => {
    const namespace = await installation.cluster.namespace('url-reconcile-empty');
    await installation.cluster.create(service(namespace, 'model-registry'));
    await installation.cluster.create(correct(namespace));
    await labelled(correct(namespace));
    expect(record()).toBeDefined();
    expect(record()?.customProperties).toBeUndefined();
  });
});
