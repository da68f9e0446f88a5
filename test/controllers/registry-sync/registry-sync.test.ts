import { local } from '../../../charts-src/environments/local';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import { registryKeys } from '../../../definitions/names/model-registry';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../../definitions/serving/kinds';
import { testCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { startModelRegistry, type ModelRegistry } from '../../doubles/model-registry/server';
import { bundledProgram, startRegistrySync, type ControllerProcess } from './controller-process';

/**
 * The controller as it is deployed: bundled, under the synthesized ServiceAccount and roles of the environment local, configured
 * by the rendered ConfigMap, against a real API server and the registry double.
 */
const cluster = testCluster();
let registry: ModelRegistry;
let controller: ControllerProcess;
let remove: () => Promise<void>;
let user: string;

beforeAll(async () => {
  await cluster.installCrds(servingDefinitions.map(customResourceDefinition));
  registry = await startModelRegistry();
  const rendered = renderEnvironment(local(registry.url));
  const manifests = rendered
    .filter(({ directory }) => directory !== 'crds')
    .flatMap((component) => component.manifests);
  for (const manifest of manifests) await cluster.apply(manifest, { fieldManager: 'gitops' });
  const deployment = manifests.find(({ kind }) => kind === 'Deployment');
  const config = manifests.find(({ kind }) => kind === 'ConfigMap');
  if (deployment === undefined || config === undefined) throw new Error('the environment local renders no controller');
  const account = await cluster.serviceAccount('kubeflow', 'registry-sync');
  user = account.username;
  const bundled = await bundledProgram();
  remove = bundled.remove;
  controller = await startRegistrySync({
    program: bundled.program,
    server: cluster.url,
    serviceAccountDirectory: account.directory,
    config: (config['data'] as Record<string, string>)['registry-sync.yaml'] ?? '',
    args: ['--leader-elect'],
  });
}, 120_000);

afterAll(async () => {
  await controller?.end();
  await registry?.close();
  await remove?.();
});

const isvc = (namespace: string, name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  metadata: { name, namespace, labels: { [registryKeys.registeredModelId]: '1', ...labels } },
  spec: { predictor: { model: { modelFormat: { name: 'sklearn' }, runtime: 'kserve-sklearnserver' } } },
});

interface Stored {
  metadata: { uid: string; labels?: Record<string, string>; finalizers?: string[] };
}

const stored = async (object: ReturnType<typeof isvc>) => (await cluster.find(object)) as unknown as Stored | undefined;
const linked = (object: ReturnType<typeof isvc>) =>
  waitFor(`${object.metadata.name} to be linked`, async () => {
    const found = await stored(object);
    return found?.metadata.labels?.[registryKeys.inferenceServiceId] === undefined ? undefined : found;
  });
const recordOf = (uid: string) =>
  registry.entities().inferenceServices.find(({ name }) => String(name).endsWith(`/${uid}`));

describe('registry sync', () => {
  it('links a labelled InferenceService: environment, record, finalizer, id label', async () => {
    const namespace = await cluster.namespace('linked');
    const object = isvc(namespace, 'iris', { [registryKeys.modelVersionId]: '2' });
    await cluster.create(object);
    const { metadata } = await linked(object);
    const record = recordOf(metadata.uid);
    expect(record).toMatchObject({
      name: `iris/${metadata.uid}`,
      registeredModelId: '1',
      modelVersionId: '2',
      runtime: 'kserve-sklearnserver',
      desiredState: 'DEPLOYED',
    });
    expect(metadata.labels?.[registryKeys.inferenceServiceId]).toBe(record?.['id']);
    expect(metadata.finalizers).toContain(registryKeys.finalizer);
    const environment = registry.entities().servingEnvironments.find(({ name }) => name === namespace);
    expect(environment).toMatchObject({
      id: record?.['servingEnvironmentId'],
      description: `Kubernetes namespace ${namespace}`,
    });
  });

  it('keeps the URL of the record in step with the status: set, changed, cleared', async () => {
    const namespace = await cluster.namespace('url');
    const object = isvc(namespace, 'iris');
    await cluster.create(object);
    const { metadata } = await linked(object);
    for (const url of ['https://a.example.com', 'https://b.example.com']) {
      await cluster.patch(object, { status: { url } }, { subresource: 'status' });
      await waitFor(`the record to have ${url}`, () =>
        JSON.stringify(recordOf(metadata.uid)?.['customProperties']).includes(url),
      );
    }
    await cluster.patch(object, { status: { url: null } }, { subresource: 'status' });
    await waitFor('the URL to be gone', () => JSON.stringify(recordOf(metadata.uid)?.['customProperties']) === '{}');
    expect(recordOf(metadata.uid)?.['desiredState']).toBe('DEPLOYED');
  });

  it('marks the record UNDEPLOYED before a deleted InferenceService goes', async () => {
    const namespace = await cluster.namespace('deleted');
    const object = isvc(namespace, 'iris');
    await cluster.create(object);
    const { metadata } = await linked(object);
    await cluster.remove(object);
    await waitFor('the InferenceService to be gone', async () => (await stored(object)) === undefined);
    expect(recordOf(metadata.uid)?.['desiredState']).toBe('UNDEPLOYED');
  });

  it('leaves an InferenceService without registry labels alone', async () => {
    const namespace = await cluster.namespace('unlabelled');
    const { metadata, ...rest } = isvc(namespace, 'plain');
    const plain = { ...rest, metadata: { name: metadata.name, namespace } };
    await cluster.create(plain);
    // A linked neighbour that came later shows that the controller has passed the first one.
    const neighbour = isvc(namespace, 'neighbour');
    await cluster.create(neighbour);
    await linked(neighbour);
    const found = (await cluster.get(plain)) as unknown as Stored;
    expect(found.metadata.finalizers ?? []).toEqual([]);
    expect(recordOf(found.metadata.uid)).toBeUndefined();
  });

  it('gives a copy of a manifest its own record and leaves the original alone', async () => {
    const namespace = await cluster.namespace('copied');
    const original = isvc(namespace, 'original');
    await cluster.create(original);
    const first = await linked(original);
    const id = first.metadata.labels?.[registryKeys.inferenceServiceId] ?? '';
    const copy = isvc(namespace, 'copy', { [registryKeys.inferenceServiceId]: id });
    await cluster.create(copy);
    await waitFor('the copy to get its own record', async () => {
      const found = await stored(copy);
      return (found?.metadata.labels?.[registryKeys.inferenceServiceId] ?? id) !== id;
    });
    await cluster.remove(copy);
    await waitFor('the copy to be gone', async () => (await stored(copy)) === undefined);
    expect(recordOf(first.metadata.uid)?.['desiredState']).toBe('DEPLOYED');
  });

  it('lets go of an InferenceService whose labels were removed, and marks its record UNDEPLOYED', async () => {
    const namespace = await cluster.namespace('unlinked');
    const object = isvc(namespace, 'iris');
    await cluster.create(object);
    const { metadata } = await linked(object);
    const labels = { [registryKeys.registeredModelId]: null, [registryKeys.inferenceServiceId]: null };
    await cluster.patch(object, { metadata: { labels } });
    await waitFor('the finalizer to go', async () => ((await stored(object))?.metadata.finalizers ?? []).length === 0);
    expect(recordOf(metadata.uid)?.['desiredState']).toBe('UNDEPLOYED');
  });

  it('asks the registry nothing and writes nothing while everything is in step', async () => {
    const namespace = await cluster.namespace('settled');
    const object = isvc(namespace, 'iris');
    await cluster.create(object);
    const { metadata } = await linked(object);
    const mark = await cluster.audit.mark();
    const requests = registry.log.length;
    // Two changes that say nothing to the registry, the second one a marker that it has been seen by the watch.
    await cluster.patch(object, { metadata: { annotations: { note: 'one' } } });
    const neighbour = isvc(namespace, 'neighbour');
    await cluster.create(neighbour);
    await linked(neighbour);
    const writes = (await cluster.audit.since(mark, { user })).filter(
      ({ verb, name }) => verb === 'patch' && name === 'iris',
    );
    expect(writes).toEqual([]);
    expect(
      registry.log.slice(requests).filter(({ body, query }) => (body + JSON.stringify(query)).includes(metadata.uid)),
    ).toEqual([]);
  });

  it('says on the InferenceService when there is no registry, and links when one appears', async () => {
    const namespace = await cluster.namespace('late');
    const object = isvc(namespace, 'iris', { [registryKeys.namespace]: namespace });
    await cluster.create(object);
    const events = { apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { namespace } };
    const told = await waitFor('the event', async () => {
      const { body } = await cluster.request(
        'GET',
        `/apis/events.k8s.io/v1/namespaces/${events.metadata.namespace}/events`,
      );
      const items = (body as { items: { reason: string; note: string }[] }).items;
      return items.find(({ reason }) => reason === 'RegistryNotFound');
    });
    expect(told.note).toBe(
      'Specify the namespace and the name of the Model Registry service to use by adding labels to the InferenceService.',
    );
    expect((await stored(object))?.metadata.finalizers ?? []).toEqual([]);
    await cluster.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'late-registry',
        namespace,
        labels: { component: 'model-registry' },
        annotations: { 'modelregistry.kubeflow.org/service-url': registry.url },
      },
      spec: { ports: [{ name: 'http-api', port: 8080 }] },
    });
    await linked(object);
  });

  it('is healthy, ready, and counts its work', async () => {
    for (const path of ['/healthz', '/readyz']) {
      expect((await fetch(controller.health + path)).status).toBe(200);
    }
    const metrics = await (await fetch(`${controller.metrics}/metrics`)).text();
    expect(metrics).toMatch(
      /controller_runtime_reconcile_total\{controller="inferenceservice",result="requeue_after"\} [1-9]/,
    );
    expect(metrics).toMatch(/slipway_registry_requests_total\{method="POST",code="201"\} [1-9]/);
    expect(metrics).toMatch(/leader_election_master_status\{name="a7d60e25.kubeflow.org"\} 1/);
  });

  it('ends in good order on SIGTERM', async () => {
    await expect(controller.end('SIGTERM')).resolves.toBe('0');
  });
});
