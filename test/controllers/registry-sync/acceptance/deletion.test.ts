import { registryKeys } from '../../../../definitions/names/model-registry';
import { waitFor } from '../../../cluster/wait-for';
import { registryFaults } from '../../../doubles/model-registry/faults';
import { startModelRegistry, type ModelRegistry } from '../../../doubles/model-registry/server';
import { inferenceServiceOf, Installation, type TestInferenceService } from '../installation';

/** What happens to record and InferenceService when one of them goes (check 4), and when the registry changes. */
let installation: Installation;
let other: ModelRegistry;

beforeAll(async () => {
  other = await startModelRegistry();
  installation = await Installation.make(
    {
      cleanupGraceSeconds: 2,
      requireExistingModel: false,
      registry: { trustedHosts: [new URL(other.url).host], requestTimeoutSeconds: 1 },
      sweep: { enabled: true, intervalSeconds: 1 },
    },
    { controllerManager: 'housekeeping' },
  );
  await installation.start();
}, 120_000);

afterAll(async () => {
  await installation?.close();
  await other?.close();
});

const api = '/api/model_registry/v1alpha3';

async function linkedIn(prefix: string, parts: Parameters<typeof inferenceServiceOf>[2] = {}) {
  const namespace = await installation.cluster.namespace(prefix);
  const object = inferenceServiceOf(namespace, 'iris', parts);
  await installation.cluster.create(object);
  const { metadata } = await installation.linked(object);
  return { namespace, object, metadata, id: metadata.labels?.[registryKeys.inferenceServiceId] ?? '' };
}

const service = (namespace: string, address: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'registry',
    namespace,
    labels: { component: 'model-registry' },
    annotations: { 'modelregistry.kubeflow.org/service-url': address },
  },
  spec: { ports: [{ name: 'http-api', port: 8080 }] },
});

/** One that is linked to a registry in its own namespace. */
async function linkedHere(prefix: string, address: string) {
  const namespace = await installation.cluster.namespace(prefix);
  const registryService = service(namespace, address);
  await installation.cluster.create(registryService);
  const object = inferenceServiceOf(namespace, 'iris', { labels: { [registryKeys.namespace]: namespace } });
  await installation.cluster.create(object);
  const { metadata } = await installation.linked(object);
  return { namespace, registryService, object, metadata };
}

async function removed(object: TestInferenceService) {
  await installation.cluster.remove(object);
  await installation.gone(object);
}

const stateOf = (uid: string, registry = installation.registry) =>
  registry.entities().inferenceServices.find(({ name }) => String(name).endsWith(uid))?.['desiredState'];

describe('check 4: a deleted InferenceService goes', () => {
  it('RS-02: when the Service of its registry is gone, marked at the remembered address', async () => {
    const { object, registryService, metadata } = await linkedHere('no-service', installation.registry.url);
    await installation.cluster.remove(registryService);
    await removed(object);
    // Its address is remembered, and there the registry still answers.
    expect(stateOf(metadata.uid)).toBe('UNDEPLOYED');
  });

  it('RS-02: when its record is gone', async () => {
    const { object, id } = await linkedIn('no-record');
    installation.registry.loseInferenceService(id);
    await removed(object);
  });

  it('RS-02: after the grace period when the registry refuses connections, with a warning', async () => {
    const namespace = await installation.cluster.namespace('refused');
    const object = inferenceServiceOf(namespace, 'iris', { annotations: { [registryKeys.url]: other.url } });
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    const stop = other.inject({ fault: registryFaults.reset });
    await removed(object);
    stop();
    expect((await installation.event(object, 'RegistryCleanupSkipped')).note).toMatch(
      /^The record was not marked UNDEPLOYED: /,
    );
    expect(stateOf(metadata.uid, other)).toBe('DEPLOYED');
  });

  it.each([
    ['answers 500', registryFaults.internalError],
    ['answers 401', registryFaults.unauthorized],
    ['never answers', registryFaults.silence],
  ])('RS-02: when the registry %s for a moment, marked UNDEPLOYED after all', async (_, fault) => {
    const { object, metadata } = await linkedIn('moment');
    const stop = installation.registry.inject({ fault, times: 1 });
    await removed(object);
    stop();
    expect(stateOf(metadata.uid)).toBe('UNDEPLOYED');
  });

  it('RS-01: when its labels were removed before, marked UNDEPLOYED', async () => {
    const { object, metadata } = await linkedIn('unlabelled');
    const labels = { [registryKeys.registeredModelId]: null, [registryKeys.inferenceServiceId]: null };
    await installation.cluster.patch(object, { metadata: { labels } });
    await removed(object);
    expect(stateOf(metadata.uid)).toBe('UNDEPLOYED');
  });

  it('RS-01: when its labels change while it goes, marked UNDEPLOYED', async () => {
    const { object, metadata } = await linkedIn('relabelled');
    const stop = installation.registry.inject({ fault: registryFaults.internalError });
    await installation.cluster.remove(object);
    const labels = { [registryKeys.registeredModelId]: null, [registryKeys.namespace]: 'elsewhere' };
    await installation.cluster.patch(object, { metadata: { labels } });
    stop();
    await installation.gone(object);
    expect(stateOf(metadata.uid)).toBe('UNDEPLOYED');
  });

  it('RS-05, RS-06: with its URL changed at the same time, UNDEPLOYED by one PATCH that keeps the URL', async () => {
    const { object, metadata, id } = await linkedIn('url');
    await installation.cluster.patch(object, { status: { url: 'https://a.example.com' } }, { subresource: 'status' });
    await waitFor('the URL', () =>
      JSON.stringify(installation.recordOf(metadata.uid)?.['customProperties']).includes('a.example'),
    );
    await installation.cluster.patch(object, { status: { url: 'https://b.example.com' } }, { subresource: 'status' });
    await removed(object);
    expect(stateOf(metadata.uid)).toBe('UNDEPLOYED');
    expect(installation.recordOf(metadata.uid)?.['customProperties']).toHaveProperty('url');
    const last = installation.registry.log
      .filter(({ method, path }) => method === 'PATCH' && path.endsWith(`/${id}`))
      .at(-1);
    expect(JSON.parse(last?.body ?? '{}')).toEqual({ desiredState: 'UNDEPLOYED' });
  });

  it('RS-04: without a record when there was none, and none is made for it', async () => {
    const namespace = await installation.cluster.namespace('never-linked');
    const { metadata, ...rest } = inferenceServiceOf(namespace, 'iris');
    const finalizers = [registryKeys.finalizer, 'example.com/held'];
    const object = { ...rest, metadata: { ...metadata, finalizers } };
    // No record can be made before it is being deleted.
    const stop = installation.registry.inject({ fault: registryFaults.internalError });
    await installation.cluster.create(object);
    await installation.cluster.remove(object);
    const { uid = '' } = (await installation.stored(object))?.metadata ?? {};
    // One that came later and was looked at shows that the deletion has been seen.
    const later = inferenceServiceOf(namespace, 'later');
    await installation.cluster.create(later);
    await installation.event(later, 'RegistryUnreachable');
    stop();
    await waitFor('our finalizer to go', async () => {
      const found = await installation.stored(object);
      return found?.metadata.finalizers?.includes(registryKeys.finalizer) === false;
    });
    expect(installation.recordsOf(uid)).toEqual([]);
    await installation.cluster.patch(object, { metadata: { finalizers: null } });
  });

  it('with its namespace, marked UNDEPLOYED', async () => {
    const { namespace, object, metadata } = await linkedIn('namespace');
    await installation.cluster.remove({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await installation.gone(object);
    expect(stateOf(metadata.uid)).toBe('UNDEPLOYED');
  });
});

describe('another registry', () => {
  it('RS-12: gets a record of its own, and the former one is UNDEPLOYED', async () => {
    const { object, metadata } = await linkedIn('moved');
    await installation.cluster.patch(object, { metadata: { annotations: { [registryKeys.url]: other.url } } });
    await waitFor('a record in the other registry', () => stateOf(metadata.uid, other) === 'DEPLOYED');
    await waitFor('the former record to be UNDEPLOYED', () => stateOf(metadata.uid) === 'UNDEPLOYED');
    // And back again.
    await installation.cluster.patch(object, { metadata: { annotations: { [registryKeys.url]: null } } });
    await waitFor('the first record to be DEPLOYED', () => stateOf(metadata.uid) === 'DEPLOYED');
    await waitFor('the other one to be UNDEPLOYED', () => stateOf(metadata.uid, other) === 'UNDEPLOYED');
  });

  it('RS-12: that is the same one at another address keeps its record', async () => {
    const { object, metadata, id } = await linkedIn('renamed');
    const namespace = await installation.cluster.namespace('renamed-service');
    await installation.cluster.create(service(namespace, `${installation.registry.url}/`));
    await installation.cluster.patch(object, { metadata: { labels: { [registryKeys.namespace]: namespace } } });
    await installation.cluster.patch(object, { status: { url: 'https://a.example.com' } }, { subresource: 'status' });
    await waitFor('the URL', () =>
      JSON.stringify(installation.recordOf(metadata.uid)?.['customProperties']).includes('a.example'),
    );
    expect(installation.recordsOf(metadata.uid)).toMatchObject([{ id, desiredState: 'DEPLOYED' }]);
  });

  it('RS-12: is taken although the former one is gone for good, after the grace period, with a warning', async () => {
    const namespace = await installation.cluster.namespace('former-gone');
    await installation.cluster.create(service(namespace, other.url));
    const object = inferenceServiceOf(namespace, 'iris', { labels: { [registryKeys.namespace]: namespace } });
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    const stop = other.inject({ fault: registryFaults.reset });
    await installation.cluster.patch(object, { metadata: { labels: { [registryKeys.namespace]: null } } });
    await waitFor('a record in the new registry', () => stateOf(metadata.uid) === 'DEPLOYED');
    stop();
    await installation.event(object, 'RegistryCleanupSkipped');
  });
});

describe('a deletion that nobody saw', () => {
  it('RS-07: is made up for by the sweep', async () => {
    const { object, metadata } = await linkedIn('swept');
    // As after a forced deletion while no controller ran: the finalizer is gone before the object.
    const stop = installation.registry.inject({
      matches: ({ method, path }) => method === 'PATCH' && path.startsWith(`${api}/inference_services/`),
      fault: registryFaults.internalError,
    });
    await installation.cluster.remove(object);
    await installation.cluster.patch(object, { metadata: { finalizers: null } }).catch(() => undefined);
    await installation.gone(object);
    expect(stateOf(metadata.uid)).toBe('DEPLOYED');
    stop();
    await waitFor('the sweep', () => stateOf(metadata.uid) === 'UNDEPLOYED');
  });

  it('RS-07: leaves records of other people alone', async () => {
    const post = async (path: string, body: object) =>
      (await (
        await fetch(`${installation.registry.url}${api}${path}`, { method: 'POST', body: JSON.stringify(body) })
      ).json()) as { id: string };
    const environment = await post('/serving_environments', { name: 'by-hand' });
    const lost = `iris/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`;
    const { id } = await post('/inference_services', {
      name: lost,
      registeredModelId: '1',
      servingEnvironmentId: environment.id,
      desiredState: 'DEPLOYED',
    });
    const sweeps = () =>
      installation.registry.log.filter(({ method, path }) => method === 'GET' && path === `${api}/serving_environments`)
        .length;
    const before = sweeps();
    await waitFor('two more sweeps', () => sweeps() >= before + 2);
    expect(installation.registry.entities().inferenceServices.find((record) => record.id === id)).toMatchObject({
      desiredState: 'DEPLOYED',
    });
  });
});
