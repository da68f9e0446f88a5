import { RegistryUnderTest, testOfDouble, unique } from './registry-under-test';

const registry = new RegistryUnderTest();

const nowhere = '2000000000';

describe('a create below a parent', () => {
  test('needs the parent in the body too, and then takes the one of the path', async () => {
    const model = await registry.createModel();
    const versions = `/registered_models/${model.id}/versions`;
    expect(await registry.call('POST', versions, { name: 'v1' })).toMatchObject({
      status: 422,
      body: { message: "required field 'registeredModelId' is zero value." },
    });
    expect(await registry.create(versions, { name: 'v1', registeredModelId: nowhere })).toMatchObject({
      registeredModelId: model.id,
    });
    expect(await registry.names(versions)).toEqual(['v1']);
  });

  test('of an inference service does so as well', async () => {
    const environment = await registry.createEnvironment();
    const body = { name: unique('service'), registeredModelId: '1', servingEnvironmentId: nowhere };
    const services = `/serving_environments/${environment.id}/inference_services`;
    expect(await registry.create(services, body)).toMatchObject({ servingEnvironmentId: environment.id });
    expect(await registry.names(services)).toEqual([body.name]);
  });

  test('of an experiment run does so as well', async () => {
    const experiment = await registry.create('/experiments', { name: unique('experiment') });
    const runs = `/experiments/${experiment.id}/experiment_runs`;
    expect(await registry.call('POST', runs, { name: 'run' })).toMatchObject({ status: 422 });
    const run = await registry.create(runs, { name: 'run', experimentId: nowhere });
    expect(run).toMatchObject({ experimentId: experiment.id, status: 'RUNNING', state: 'LIVE' });
  });

  test('with an id updates that entity, and answers 201 all the same', async () => {
    const model = await registry.createModel();
    const versions = `/registered_models/${model.id}/versions`;
    const version = await registry.createVersion(model.id, 'v1', { author: 'ann' });
    const body = { id: version.id, name: 'v1', registeredModelId: model.id, author: 'bob' };
    expect(await registry.create(versions, body)).toMatchObject({ id: version.id, author: 'bob' });
    expect((await registry.list(versions)).size).toBe(1);
  });

  test('whose body is no full entity refuses an id', async () => {
    const environment = await registry.createEnvironment();
    const body = { id: '1', name: 'iris', registeredModelId: '1', servingEnvironmentId: environment.id };
    expect(
      await registry.call('POST', `/serving_environments/${environment.id}/inference_services`, body),
    ).toMatchObject({ status: 400 });
  });
});

test.each([
  [`/registered_models/${nowhere}/versions`],
  [`/serving_environments/${nowhere}/inference_services`],
  [`/inference_services/${nowhere}/serves`],
  [`/experiments/${nowhere}/experiment_runs`],
  [`/model_versions/${nowhere}/artifacts`],
  [`/experiment_runs/${nowhere}/artifacts`],
])('%s, below a parent that does not exist, is an empty list', async (path) => {
  expect(await registry.list(path)).toMatchObject({ items: [], size: 0, nextPageToken: '' });
});

describe('parents on create', () => {
  test('a model version may be below a model that does not exist', async () => {
    expect(await registry.createVersion('2000000001')).toMatchObject({ registeredModelId: '2000000001' });
  });

  test.each([
    [`/inference_services/${nowhere}/serves`, { modelVersionId: '1' }],
    [`/serving_environments/${nowhere}/inference_services`, { registeredModelId: '1', servingEnvironmentId: '1' }],
    [`/model_versions/${nowhere}/artifacts`, { artifactType: 'doc-artifact' }],
    [`/experiment_runs/${nowhere}/artifacts`, { artifactType: 'doc-artifact' }],
    ['/experiment_runs', { experimentId: nowhere }],
    ['/inference_services', { registeredModelId: '1', servingEnvironmentId: nowhere }],
  ])('POST %s is 404', async (path, body) => {
    expect(await registry.call('POST', path, body)).toMatchObject({ status: 404, body: { code: 'Not Found' } });
  });
});

describe('serves', () => {
  const service = async () => registry.createInferenceService((await registry.createEnvironment()).id);

  test('are created with a version that exists, and listed', async () => {
    const version = await registry.createVersion((await registry.createModel()).id);
    const path = `/inference_services/${(await service()).id}/serves`;
    const served = await registry.create(path, { modelVersionId: version.id, lastKnownState: 'RUNNING' });
    expect(served).toMatchObject({ modelVersionId: version.id, lastKnownState: 'RUNNING' });
    expect(await registry.list(path)).toMatchObject({ size: 1, items: [{ id: served.id }] });
    expect(await registry.create(path, { modelVersionId: version.id })).toMatchObject({ lastKnownState: 'UNKNOWN' });
  });

  test('of a version that does not exist are refused', async () => {
    expect(
      await registry.call('POST', `/inference_services/${(await service()).id}/serves`, { modelVersionId: nowhere }),
    ).toMatchObject({
      status: 404,
      body: { message: `no model version found for id ${nowhere}: not found` },
    });
  });

  test.each([
    ['hf_gated', 'auto', 'cannot deploy gated HuggingFace model: '],
    ['hf_private', 'true', 'cannot deploy private HuggingFace model: '],
  ])('of a version with %s %j are refused', async (property, value, message) => {
    const customProperties = { [property]: { metadataType: 'MetadataStringValue', string_value: value } };
    const version = await registry.createVersion((await registry.createModel()).id, unique('version'), {
      customProperties,
    });
    const answer = await registry.call('POST', `/inference_services/${(await service()).id}/serves`, {
      modelVersionId: version.id,
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
    expect(answer.body).toMatchObject({ message: expect.stringContaining(message) as string });
  });

  test('of a version that says it is neither gated nor private are created', async () => {
    const no = { metadataType: 'MetadataStringValue', string_value: 'false' };
    const customProperties = { hf_gated: no, hf_private: no };
    const version = await registry.createVersion((await registry.createModel()).id, unique('version'), {
      customProperties,
    });
    await registry.create(`/inference_services/${(await service()).id}/serves`, { modelVersionId: version.id });
  });

  test('have no routes of their own', async () => {
    expect(await registry.get('/serves')).toMatchObject({ status: 404 });
    expect(await registry.get(`/inference_services/${(await service()).id}/serves/1`)).toMatchObject({ status: 404 });
  });
});

describe('what an inference service serves', () => {
  test('is the version that it names', async () => {
    const model = await registry.createModel();
    const [first] = [await registry.createVersion(model.id, 'v1'), await registry.createVersion(model.id, 'v2')];
    const { id } = await registry.createEnvironment();
    const service = await registry.createInferenceService(id, {
      registeredModelId: model.id,
      modelVersionId: first.id,
    });
    expect(await registry.get(`/inference_services/${service.id}/version`)).toMatchObject({
      status: 200,
      body: { id: first.id },
    });
    expect(await registry.get(`/inference_services/${service.id}/model`)).toMatchObject({
      status: 200,
      body: { id: model.id },
    });
  });

  testOfDouble('else the newest version of the model, an archived one included', async () => {
    const model = await registry.createModel();
    await registry.createVersion(model.id, 'v1');
    const newest = await registry.createVersion(model.id, 'v2', { state: 'ARCHIVED' });
    const service = await registry.createInferenceService((await registry.createEnvironment()).id, {
      registeredModelId: model.id,
    });
    expect(await registry.get(`/inference_services/${service.id}/version`)).toMatchObject({
      status: 200,
      body: { id: newest.id },
    });
  });

  test('is an internal error when the model does not exist', async () => {
    const service = await registry.createInferenceService((await registry.createEnvironment()).id, {
      registeredModelId: nowhere,
    });
    expect(await registry.get(`/inference_services/${service.id}/model`)).toMatchObject({
      status: 500,
      body: { code: 'Internal Server Error' },
    });
  });
});
