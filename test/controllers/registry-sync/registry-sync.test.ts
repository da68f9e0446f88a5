import { registryKeys } from '../../../definitions/names/model-registry';
import { waitFor } from '../../cluster/wait-for';
import type { ControllerProcess } from './controller-process';
import { inferenceServiceOf as isvc, Installation, type StoredInferenceService } from './installation';

/**
 * The controller as it is deployed: bundled, under the synthesized ServiceAccount and roles, configured by the rendered
 * file, against a real API server and the registry double.
 */
let installation: Installation;
let controller: ControllerProcess;

beforeAll(async () => {
  installation = await Installation.make();
  controller = await installation.start({ args: ['--leader-elect'] });
}, 120_000);

afterAll(() => installation?.close());

describe('registry sync', () => {
  it('links a labelled InferenceService: environment, record, finalizer, id label', async () => {
    const namespace = await installation.cluster.namespace('linked');
    const object = isvc(namespace, 'iris', { labels: { [registryKeys.modelVersionId]: '2' } });
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    const record = installation.recordOf(metadata.uid);
    expect(record).toMatchObject({
      name: `iris/${metadata.uid}`,
      registeredModelId: '1',
      modelVersionId: '2',
      runtime: 'kserve-sklearnserver',
      desiredState: 'DEPLOYED',
    });
    expect(metadata.labels?.[registryKeys.inferenceServiceId]).toBe(record?.['id']);
    expect(metadata.finalizers).toContain(registryKeys.finalizer);
    const environment = installation.registry.entities().servingEnvironments.find(({ name }) => name === namespace);
    expect(environment).toMatchObject({
      id: record?.['servingEnvironmentId'],
      description: `Kubernetes namespace ${namespace}`,
    });
  });

  it('keeps the URL of the record in step with the status: set, changed, cleared', async () => {
    const namespace = await installation.cluster.namespace('url');
    const object = isvc(namespace, 'iris');
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    for (const url of ['https://a.example.com', 'https://b.example.com']) {
      await installation.cluster.patch(object, { status: { url } }, { subresource: 'status' });
      await waitFor(`the record to have ${url}`, () =>
        JSON.stringify(installation.recordOf(metadata.uid)?.['customProperties']).includes(url),
      );
    }
    await installation.cluster.patch(object, { status: { url: null } }, { subresource: 'status' });
    await waitFor(
      'the URL to be gone',
      () => JSON.stringify(installation.recordOf(metadata.uid)?.['customProperties']) === '{}',
    );
    expect(installation.recordOf(metadata.uid)?.['desiredState']).toBe('DEPLOYED');
  });

  it('marks the record UNDEPLOYED before a deleted InferenceService goes', async () => {
    const namespace = await installation.cluster.namespace('deleted');
    const object = isvc(namespace, 'iris');
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    await installation.cluster.remove(object);
    await waitFor('the InferenceService to be gone', async () => (await installation.stored(object)) === undefined);
    expect(installation.recordOf(metadata.uid)?.['desiredState']).toBe('UNDEPLOYED');
  });

  it('leaves an InferenceService without registry labels alone', async () => {
    const namespace = await installation.cluster.namespace('unlabelled');
    const { metadata, ...rest } = isvc(namespace, 'plain');
    const plain = { ...rest, metadata: { name: metadata.name, namespace } };
    await installation.cluster.create(plain);
    // A linked neighbour that came later shows that the controller has passed the first one.
    const neighbour = isvc(namespace, 'neighbour');
    await installation.cluster.create(neighbour);
    await installation.linked(neighbour);
    const found = (await installation.cluster.get(plain)) as unknown as StoredInferenceService;
    expect(found.metadata.finalizers ?? []).toEqual([]);
    expect(installation.recordOf(found.metadata.uid)).toBeUndefined();
  });

  it('gives a copy of a manifest its own record and leaves the original alone', async () => {
    const namespace = await installation.cluster.namespace('copied');
    const original = isvc(namespace, 'original');
    await installation.cluster.create(original);
    const first = await installation.linked(original);
    const id = first.metadata.labels?.[registryKeys.inferenceServiceId] ?? '';
    const copy = isvc(namespace, 'copy', { labels: { [registryKeys.inferenceServiceId]: id } });
    await installation.cluster.create(copy);
    await waitFor('the copy to get its own record', async () => {
      const found = await installation.stored(copy);
      return (found?.metadata.labels?.[registryKeys.inferenceServiceId] ?? id) !== id;
    });
    await installation.cluster.remove(copy);
    await waitFor('the copy to be gone', async () => (await installation.stored(copy)) === undefined);
    expect(installation.recordOf(first.metadata.uid)?.['desiredState']).toBe('DEPLOYED');
  });

  it('lets go of an InferenceService whose labels were removed, and marks its record UNDEPLOYED', async () => {
    const namespace = await installation.cluster.namespace('unlinked');
    const object = isvc(namespace, 'iris');
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    const labels = { [registryKeys.registeredModelId]: null, [registryKeys.inferenceServiceId]: null };
    await installation.cluster.patch(object, { metadata: { labels } });
    await waitFor(
      'the finalizer to go',
      async () => ((await installation.stored(object))?.metadata.finalizers ?? []).length === 0,
    );
    expect(installation.recordOf(metadata.uid)?.['desiredState']).toBe('UNDEPLOYED');
  });

  it('asks the registry nothing and writes nothing while everything is in step', async () => {
    const namespace = await installation.cluster.namespace('settled');
    const object = isvc(namespace, 'iris');
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    const mark = await installation.cluster.audit.mark();
    const requests = installation.registry.log.length;
    // Two changes that say nothing to the registry, the second one a marker that it has been seen by the watch.
    await installation.cluster.patch(object, { metadata: { annotations: { note: 'one' } } });
    const neighbour = isvc(namespace, 'neighbour');
    await installation.cluster.create(neighbour);
    await installation.linked(neighbour);
    const writes = (await installation.cluster.audit.since(mark, { user: installation.user })).filter(
      ({ verb, name }) => verb === 'patch' && name === 'iris',
    );
    expect(writes).toEqual([]);
    expect(
      installation.registry.log
        .slice(requests)
        .filter(({ body, query }) => (body + JSON.stringify(query)).includes(metadata.uid)),
    ).toEqual([]);
  });

  it('says on the InferenceService when there is no registry, and links when one appears', async () => {
    const namespace = await installation.cluster.namespace('late');
    const object = isvc(namespace, 'iris', { labels: { [registryKeys.namespace]: namespace } });
    await installation.cluster.create(object);
    const told = await installation.event(object, 'RegistryNotFound');
    expect(told.note).toBe(
      'Specify the namespace and the name of the Model Registry service to use by adding labels to the InferenceService.',
    );
    expect((await installation.stored(object))?.metadata.finalizers ?? []).toEqual([]);
    await installation.cluster.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'late-registry',
        namespace,
        labels: { component: 'model-registry' },
        annotations: { 'modelregistry.kubeflow.org/service-url': installation.registry.url },
      },
      spec: { ports: [{ name: 'http-api', port: 8080 }] },
    });
    await installation.linked(object);
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
