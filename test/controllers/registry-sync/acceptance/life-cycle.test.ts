import { isDeepStrictEqual } from 'node:util';
import { registryKeys } from '../../../../definitions/names/model-registry';
import { waitFor } from '../../../cluster/wait-for';
import { registryFaults } from '../../../doubles/model-registry/faults';
import { inferenceServiceOf, Installation, type TestInferenceService } from '../installation';

/** The life of a record beside its InferenceService (checks 3, 6 to 10 and 15), on the faithful double; records are looked at every two seconds. */
let installation: Installation;

beforeAll(async () => {
  installation = await Installation.make({ recheckSeconds: 2 });
  await installation.start();
}, 120_000);

afterAll(() => installation?.close());

const api = '/api/model_registry/v1alpha3';

async function registry(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${installation.registry.url}${api}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as Record<string, unknown>;
}

async function linkedIn(prefix: string, parts: Parameters<typeof inferenceServiceOf>[2] = {}) {
  const namespace = await installation.cluster.namespace(prefix);
  const object = inferenceServiceOf(namespace, 'iris', parts);
  await installation.cluster.create(object);
  const { metadata } = await installation.linked(object);
  const id = metadata.labels?.[registryKeys.inferenceServiceId] ?? '';
  return { namespace, object, metadata, id };
}

const recordWith = (uid: string, what: string, members: Record<string, unknown>) =>
  waitFor(`the record to have ${what}`, () => {
    const record = installation.recordOf(uid);
    return Object.entries(members).every(([name, value]) => isDeepStrictEqual(record?.[name], value));
  });

const setUrl = (object: TestInferenceService, url: string | null) =>
  installation.cluster.patch(object, { status: { url } }, { subresource: 'status' });

const string = (value: string) => ({ string_value: value, metadataType: 'MetadataStringValue' });

/** Bodies of the PATCHes of one record. */
const patchesOf = (id: string) =>
  installation.registry.log
    .filter(({ method, path }) => method === 'PATCH' && path === `${api}/inference_services/${id}`)
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

describe('check 3: the finalizer', () => {
  it('RS-03: is there before the record, and the record before the label', async () => {
    const namespace = await installation.cluster.namespace('order');
    const mark = await installation.cluster.audit.mark();
    const object = inferenceServiceOf(namespace, 'iris');
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    expect(metadata.finalizers).toEqual([registryKeys.finalizer]);
    const writes = (await installation.cluster.audit.since(mark, { user: installation.user })).filter(
      ({ resource, name }) => resource === 'inferenceservices' && name === 'iris',
    );
    expect(
      writes.map(({ verb, requestObject }) => [verb, Object.keys((requestObject as { metadata: object }).metadata)]),
    ).toEqual([
      ['patch', ['finalizers', 'resourceVersion']],
      ['patch', ['labels', 'annotations']],
    ]);
  });

  it('RS-03: is not set while a typing error in a label keeps the record from being made', async () => {
    const namespace = await installation.cluster.namespace('typo');
    const object = inferenceServiceOf(namespace, 'iris', { labels: { [registryKeys.namespace]: 'kubefow' } });
    await installation.cluster.create(object);
    await installation.event(object, 'RegistryNotFound');
    expect((await installation.stored(object))?.metadata.finalizers ?? []).toEqual([]);
  });
});

describe('check 6: a creation', () => {
  it("RS-16, RS-18: that another one won ends with the winner's record and no error", async () => {
    const namespace = await installation.cluster.namespace('race');
    const stop = installation.registry.inject({
      times: 1,
      matches: ({ method, path }) => method === 'POST' && path === `${api}/inference_services`,
      fault: registryFaults.lostAnswer,
    });
    const object = inferenceServiceOf(namespace, 'iris');
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    stop();
    expect(installation.recordsOf(metadata.uid)).toHaveLength(1);
  });

  it('RS-16, RS-18: that is answered 409 finds the record that is there', async () => {
    const namespace = await installation.cluster.namespace('conflict');
    const { metadata, ...rest } = inferenceServiceOf(namespace, 'iris');
    const object = { ...rest, metadata: { ...metadata, labels: {} } };
    await installation.cluster.create(object);
    const uid = (await installation.stored(object))?.metadata.uid ?? '';
    const environment = await registry('POST', '/serving_environments', { name: namespace });
    const body = { name: `iris/${uid}`, registeredModelId: '1', servingEnvironmentId: environment['id'] };
    const { id } = await registry('POST', '/inference_services', body);
    // The first look misses it, as when two controllers look at once.
    const stop = installation.registry.inject({
      times: 1,
      matches: ({ method, path }) => method === 'GET' && path === `${api}/inference_service`,
      fault: { kind: 'answer', status: 404, headers: {}, body: '' },
    });
    await installation.cluster.patch(object, { metadata: { labels: metadata.labels } });
    const linked = await installation.linked(object);
    stop();
    expect(linked.metadata.labels?.[registryKeys.inferenceServiceId]).toBe(id);
    const conflicts = installation.registry.log.filter(
      ({ method, body: sent, status }) => method === 'POST' && status === 409 && sent.includes(uid),
    );
    expect(conflicts).toHaveLength(1);
    expect((await installation.eventsOn(object)).filter(({ type }) => type === 'Warning')).toEqual([]);
  });
});

describe('check 7: a custom predictor', () => {
  it('RS-32: without model gets a record without runtime', async () => {
    const { metadata } = await linkedIn('custom', {
      spec: { predictor: { containers: [{ name: 'kserve-container', image: 'example.com/model:1' }] } },
    });
    expect(installation.recordOf(metadata.uid)).not.toHaveProperty('runtime');
  });
});

describe('check 8: the URL', () => {
  it('RS-05, RS-34, RS-35: is set, changed and cleared; other properties survive; desiredState is in each PATCH', async () => {
    const { object, metadata, id } = await linkedIn('url');
    await setUrl(object, 'https://a.example.com');
    await recordWith(metadata.uid, 'the first URL', { customProperties: { url: string('https://a.example.com') } });
    const struct = Buffer.from(JSON.stringify({ team: 'fraud' })).toString('base64');
    await registry('PATCH', `/inference_services/${id}`, {
      desiredState: 'DEPLOYED',
      customProperties: {
        url: string('https://a.example.com'),
        owner: string('somebody'),
        labels: { struct_value: struct, metadataType: 'MetadataStructValue' },
      },
    });
    await setUrl(object, 'https://b.example.com');
    await waitFor('the second URL', () =>
      JSON.stringify(installation.recordOf(metadata.uid)?.['customProperties']).includes('https://b.example.com'),
    );
    expect(installation.recordOf(metadata.uid)?.['customProperties']).toMatchObject({
      url: string('https://b.example.com'),
      owner: string('somebody'),
      labels: { metadataType: 'MetadataStructValue' },
    });
    await setUrl(object, null);
    await waitFor(
      'the URL to go',
      () => !('url' in (installation.recordOf(metadata.uid)?.['customProperties'] as object)),
    );
    expect(installation.recordOf(metadata.uid)?.['customProperties']).toHaveProperty('owner');
    const states = patchesOf(id).map(({ desiredState }) => desiredState);
    expect(states.length).toBeGreaterThanOrEqual(4);
    expect(new Set(states)).toEqual(new Set(['DEPLOYED']));
  });

  it('RS-33: of another type in the record is replaced by a text', async () => {
    const { object, metadata, id } = await linkedIn('typed');
    await registry('PATCH', `/inference_services/${id}`, {
      desiredState: 'DEPLOYED',
      customProperties: { url: { int_value: '7', metadataType: 'MetadataIntValue' } },
    });
    await setUrl(object, 'https://a.example.com');
    await recordWith(metadata.uid, 'the URL', { customProperties: { url: string('https://a.example.com') } });
  });

  it('RS-21 reading (b), RS-28b: is the published one of the annotation when there is one', async () => {
    const { object, metadata } = await linkedIn('published', {
      annotations: { [registryKeys.publishedUrl]: 'https://models.example.com/iris' },
    });
    await setUrl(object, 'https://internal.example.com');
    await recordWith(metadata.uid, 'it', { customProperties: { url: string('https://models.example.com/iris') } });
    const annotations = { [registryKeys.publishedUrl]: null };
    await installation.cluster.patch(object, { metadata: { annotations } });
    await recordWith(metadata.uid, 'the URL of the status', {
      customProperties: { url: string('https://internal.example.com') },
    });
  });
});

describe('check 9: an id label', () => {
  it('RS-10: that came with a cloned manifest is corrected; the clone gets a record of its own, the original keeps its', async () => {
    const { namespace, metadata, id } = await linkedIn('clone');
    const clone = inferenceServiceOf(namespace, 'clone', { labels: { [registryKeys.inferenceServiceId]: id } });
    await installation.cluster.create(clone);
    const own = await waitFor('the clone to have another id', async () => {
      const label = (await installation.stored(clone))?.metadata.labels?.[registryKeys.inferenceServiceId];
      return label === id ? undefined : label;
    });
    expect((await installation.event(clone, 'RegistryRecordMismatch')).note).toBe(
      `Record ${id} in label ${registryKeys.inferenceServiceId} belongs to iris/${metadata.uid}; it is left alone. To take it over on purpose, set annotation ${registryKeys.adopt} to ${id}.`,
    );
    await installation.cluster.remove(clone);
    await installation.gone(clone);
    expect(installation.recordOf(metadata.uid)).toMatchObject({ id, desiredState: 'DEPLOYED' });
    expect(installation.registry.entities().inferenceServices.find((record) => record.id === own)).toMatchObject({
      desiredState: 'UNDEPLOYED',
    });
  });

  it("RS-10: of somebody else's record and no model is only reported", async () => {
    const { namespace, metadata, id } = await linkedIn('stray');
    const object = inferenceServiceOf(namespace, 'stray', {
      labels: { [registryKeys.registeredModelId]: '', [registryKeys.inferenceServiceId]: id },
    });
    await installation.cluster.create(object);
    await installation.event(object, 'RegistryRecordMismatch');
    expect((await installation.stored(object))?.metadata.finalizers ?? []).toEqual([]);
    expect(installation.recordOf(metadata.uid)).toMatchObject({ id, desiredState: 'DEPLOYED' });
  });

  it('RS-10: of a record made by other means is taken over when the annotation says so', async () => {
    const namespace = await installation.cluster.namespace('adopt');
    const environment = await registry('POST', '/serving_environments', { name: namespace });
    const { id } = await registry('POST', '/inference_services', {
      name: 'made-by-hand',
      registeredModelId: '1',
      servingEnvironmentId: environment['id'],
    });
    const object = inferenceServiceOf(namespace, 'iris', { annotations: { [registryKeys.adopt]: String(id) } });
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    expect(metadata.labels?.[registryKeys.inferenceServiceId]).toBe(id);
    expect(installation.recordsOf(metadata.uid)).toEqual([]);
    await installation.cluster.remove(object);
    await installation.gone(object);
    const adopted = installation.registry.entities().inferenceServices.find((record) => record.id === id);
    expect(adopted).toMatchObject({ name: 'made-by-hand', desiredState: 'UNDEPLOYED' });
  });

  it('RS-10: shared by two InferenceServices stays with the one whose record it is', async () => {
    const { namespace, id } = await linkedIn('shared');
    const other = inferenceServiceOf(namespace, 'other');
    await installation.cluster.create(other);
    const own = (await installation.linked(other)).metadata.labels?.[registryKeys.inferenceServiceId];
    await installation.cluster.patch(other, { metadata: { labels: { [registryKeys.inferenceServiceId]: id } } });
    await waitFor('the label to be corrected', async () => {
      const found = await installation.stored(other);
      return found?.metadata.labels?.[registryKeys.inferenceServiceId] === own;
    });
  });

  it('RS-15: that is empty or no number counts as absent', async () => {
    const namespace = await installation.cluster.namespace('empty');
    for (const [name, id] of [
      ['empty', ''],
      ['words', 'seven'],
    ] as const) {
      const object = inferenceServiceOf(namespace, name, { labels: { [registryKeys.inferenceServiceId]: id } });
      await installation.cluster.create(object);
      await waitFor(`${name} to get a number`, async () => {
        const label = (await installation.stored(object))?.metadata.labels?.[registryKeys.inferenceServiceId];
        return /^[0-9]+$/.test(label ?? '');
      });
    }
  });
});

describe('check 10: a record that was lost', () => {
  it('RS-11: is made again at the next look, and the label replaced', async () => {
    const { object, metadata, id } = await linkedIn('lost');
    installation.registry.loseInferenceService(id);
    await waitFor('another record', () => installation.recordOf(metadata.uid) !== undefined);
    const fresh = String(installation.recordOf(metadata.uid)?.id);
    await waitFor('its id in the label', async () => {
      const found = await installation.stored(object);
      return found?.metadata.labels?.[registryKeys.inferenceServiceId] === fresh;
    });
    expect(fresh).not.toBe(id);
  });
});

describe('check 15: the record of a live InferenceService', () => {
  it('RS-12: gets another version when the label changes', async () => {
    const { object, metadata } = await linkedIn('version', { labels: { [registryKeys.modelVersionId]: '2' } });
    const { id } = await registry('POST', '/model_versions', { name: `v2-${metadata.uid}`, registeredModelId: '1' });
    await installation.cluster.patch(object, { metadata: { labels: { [registryKeys.modelVersionId]: String(id) } } });
    await recordWith(metadata.uid, 'the version', { modelVersionId: id });
  });

  it('RS-12: keeps its model when the label names another one, and says why', async () => {
    const { object, metadata, id } = await linkedIn('model');
    await installation.cluster.patch(object, { metadata: { labels: { [registryKeys.registeredModelId]: '3' } } });
    expect((await installation.event(object, 'RegistryRecordMismatch')).note).toBe(
      `Record ${id} is of registered model 1 and can't be changed to 3; it is left alone. Make a new InferenceService for another model.`,
    );
    expect(installation.recordOf(metadata.uid)).toMatchObject({ registeredModelId: '1', desiredState: 'DEPLOYED' });
  });

  it('RS-13: gets the runtime that serving chose later', async () => {
    const { object, metadata } = await linkedIn('runtime', {
      spec: { predictor: { model: { modelFormat: { name: 'sklearn' } } } },
    });
    expect(installation.recordOf(metadata.uid)).not.toHaveProperty('runtime');
    await installation.cluster.patch(object, { spec: { predictor: { model: { runtime: 'kserve-sklearnserver' } } } });
    await recordWith(metadata.uid, 'the runtime', { runtime: 'kserve-sklearnserver' });
  });

  it('RS-14: is set back to DEPLOYED when somebody edits it', async () => {
    const { metadata, id } = await linkedIn('edited');
    await registry('PATCH', `/inference_services/${id}`, { desiredState: 'UNDEPLOYED' });
    await recordWith(metadata.uid, 'DEPLOYED again', { desiredState: 'DEPLOYED' });
  });

  it('RS-46: is UNDEPLOYED while the InferenceService is stopped', async () => {
    const { object, metadata } = await linkedIn('stopped');
    const stop = (value: string | null) =>
      installation.cluster.patch(object, { metadata: { annotations: { 'serving.kserve.io/stop': value } } });
    await stop('true');
    await recordWith(metadata.uid, 'UNDEPLOYED', { desiredState: 'UNDEPLOYED' });
    await stop(null);
    await recordWith(metadata.uid, 'DEPLOYED', { desiredState: 'DEPLOYED' });
  });

  it('RS-17: is never one that only looks alike to the database', async () => {
    const namespace = await installation.cluster.namespace('alike');
    // Compared as a pattern "ir_s" matches "iris" and the other way round the case may differ.
    const environment = await registry('POST', '/serving_environments', { name: namespace.toUpperCase() });
    const object = inferenceServiceOf(namespace, 'iris');
    await installation.cluster.create(object);
    const { metadata } = await installation.linked(object);
    expect(installation.recordOf(metadata.uid)?.['servingEnvironmentId']).not.toBe(environment['id']);
  });

  it.each([
    [
      'a model that does not exist',
      { [registryKeys.registeredModelId]: '4711' },
      'There is no registered model 4711 in the Model Registry at ',
    ],
    [
      'the id of a version as its model',
      { [registryKeys.registeredModelId]: '2' },
      'There is no registered model 2 in the Model Registry at ',
    ],
    [
      'a version that does not exist',
      { [registryKeys.modelVersionId]: '4711' },
      'There is no model version 4711 in the Model Registry at ',
    ],
    [
      'a version of another model',
      { [registryKeys.registeredModelId]: '3', [registryKeys.modelVersionId]: '2' },
      'Model version 2 belongs to registered model 1, not to 3.',
    ],
    [
      'a model that is no number',
      { [registryKeys.registeredModelId]: 'iris', [registryKeys.inferenceServiceId]: '' },
      'Not a numeric id: modelregistry.kubeflow.org/registered-model-id=iris.',
    ],
  ])('RS-15, RS-43: is not made for %s, and the event says so', async (_, labels, note) => {
    const namespace = await installation.cluster.namespace('missing');
    const object = inferenceServiceOf(namespace, 'iris', { labels });
    await installation.cluster.create(object);
    expect((await installation.event(object, 'RegistryRejected')).note).toContain(note);
    const { metadata } = (await installation.stored(object)) ?? {};
    expect(metadata?.finalizers ?? []).toEqual([]);
    expect(installation.recordsOf(metadata?.uid ?? '')).toEqual([]);
  });

  it('RS-19: is not made under a name that the registry can not store', async () => {
    const namespace = await installation.cluster.namespace('long');
    const object = inferenceServiceOf(namespace, `long-${'n'.repeat(230)}`);
    await installation.cluster.create(object);
    expect((await installation.event(object, 'RegistryRejected')).note).toMatch(
      /that is 27\d characters, and the registry takes 255/,
    );
  });

  it('RS-36: leaves everything of the InferenceService alone that is not ours', async () => {
    const { object, metadata } = await linkedIn('fields', {
      annotations: { note: 'mine' },
      labels: { team: 'fraud' },
      spec: { predictor: { model: { modelFormat: { name: 'sklearn' } } }, canary: { later: { than: 'today' } } },
    });
    expect(metadata.annotations).toMatchObject({ note: 'mine' });
    expect(metadata.labels).toMatchObject({ team: 'fraud' });
    expect(await installation.cluster.get(object)).toMatchObject({ spec: { canary: { later: { than: 'today' } } } });
  });

  it('RS-38: costs one look for its environment, however many InferenceServices share it', async () => {
    const { namespace } = await linkedIn('cached');
    const before = installation.registry.log.length;
    const other = inferenceServiceOf(namespace, 'other');
    await installation.cluster.create(other);
    await installation.linked(other);
    const requests = installation.registry.log.slice(before);
    expect(requests.filter(({ query }) => query['name'] === namespace)).toEqual([]);
  });
});
