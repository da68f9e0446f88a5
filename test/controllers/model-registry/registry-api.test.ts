import { randomUUID } from 'node:crypto';
import { registryApiPath } from '../../../definitions/names/model-registry';
import { RegistryClient } from '../../../controllers/model-registry/registry-client';
import { registryConnections } from '../../../controllers/model-registry/registry-connections';
import { ServingEnvironments } from '../../../controllers/model-registry/serving-environments';
import { startModelRegistry, type ModelRegistry } from '../../doubles/model-registry/server';

/**
 * What registry sync relies on, asked of a registry through its client: the double, or the real server at MODEL_REGISTRY_URL (base URL
 * without the API's path; MODEL_REGISTRY_TOKEN when it wants one). Names are random, so that it may be one in use.
 */
const real = process.env['MODEL_REGISTRY_URL'];
const token = process.env['MODEL_REGISTRY_TOKEN'];
const dispatcher = registryConnections({ skipTlsVerify: false, caFiles: [], connectTimeoutSeconds: 5 });
const signal = new AbortController().signal;
let double: ModelRegistry | undefined;
let client: RegistryClient;
let baseUrl: string;

beforeAll(async () => {
  if (real === undefined) double = await startModelRegistry();
  baseUrl = (real ?? double?.url ?? '').replace(/\/+$/, '');
  client = new RegistryClient({
    baseUrl,
    apiVersion: 'v1alpha3',
    dispatcher,
    requestTimeoutMs: 10_000,
    userAgent: 'slipway/test',
    ...(token === undefined ? {} : { token: () => Promise.resolve(token) }),
    now: () => performance.now(),
  });
});

afterAll(async () => {
  await dispatcher.close();
  await double?.close();
});

/** What users make by other means. */
async function post(path: string, body: object): Promise<string> {
  const answer = await fetch(`${baseUrl}${registryApiPath}/v1alpha3/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return ((await answer.json()) as { id: string }).id;
}

const unique = (prefix: string) => `${prefix}-${randomUUID()}`;
const string = (value: string) => ({ string_value: value, metadataType: 'MetadataStringValue' });
const model = () => post('registered_models', { name: unique('model') });

async function record(parts: { readonly name?: string; readonly environment?: string } = {}) {
  const { name = `iris/${randomUUID()}`, environment = unique('namespace') } = parts;
  const { id: servingEnvironmentId } = await client.createServingEnvironment(environment, 'made by a test', signal);
  const body = { name, registeredModelId: await model(), servingEnvironmentId, desiredState: 'DEPLOYED' } as const;
  return { body, made: await client.createInferenceService(body, signal) };
}

describe(`a Model Registry (${real === undefined ? 'the double' : 'the real server'})`, () => {
  it('finds a serving environment by its name, once it is there', async () => {
    const name = unique('namespace');
    expect(await client.findServingEnvironment(name, signal)).toBeUndefined();
    const made = await client.createServingEnvironment(name, 'Kubernetes namespace', signal);
    expect(await client.findServingEnvironment(name, signal)).toMatchObject({ id: made.id, name });
  });

  it('refuses a second serving environment of one name, and the first one is used', async () => {
    const name = unique('namespace');
    const { id } = await client.createServingEnvironment(name, 'first', signal);
    await expect(client.createServingEnvironment(name, 'second', signal)).rejects.toMatchObject({
      failure: 'conflict',
    });
    expect(await new ServingEnvironments(client).ensure(name, 'third', signal)).toBe(id);
  });

  it('gives a record back as it was made, by id and by name', async () => {
    const { body, made } = await record();
    expect(await client.getInferenceService(made.id, signal)).toMatchObject(body);
    expect(await client.findInferenceService(body.name, body.servingEnvironmentId, signal)).toMatchObject({
      id: made.id,
    });
  });

  it('refuses a second record of one name in one environment', async () => {
    const { body } = await record();
    await expect(client.createInferenceService(body, signal)).rejects.toMatchObject({ failure: 'conflict' });
  });

  it('knows no record of an unknown id or name', async () => {
    const { body } = await record();
    expect(await client.getInferenceService('2147483647', signal)).toBeUndefined();
    expect(await client.findInferenceService(unique('other'), body.servingEnvironmentId, signal)).toBeUndefined();
  });

  it('changes what a PATCH names, and replaces the whole map of custom properties', async () => {
    const { made } = await record();
    const customProperties = { url: string('https://a.example.com'), owner: string('somebody') };
    await client.updateInferenceService(
      made.id,
      { desiredState: 'DEPLOYED', runtime: 'triton', customProperties },
      signal,
    );
    const url = { url: string('https://b.example.com') };
    await client.updateInferenceService(made.id, { desiredState: 'UNDEPLOYED', customProperties: url }, signal);
    const changed = await client.getInferenceService(made.id, signal);
    expect(changed).toMatchObject({ desiredState: 'UNDEPLOYED', runtime: 'triton', customProperties: url });
    expect(changed?.customProperties).not.toHaveProperty('owner');
  });

  it('takes a record from one model version to another', async () => {
    const { made, body } = await record();
    const version = await post('model_versions', { name: unique('v'), registeredModelId: body.registeredModelId });
    await client.updateInferenceService(made.id, { desiredState: 'DEPLOYED', modelVersionId: version }, signal);
    expect(await client.getInferenceService(made.id, signal)).toMatchObject({ modelVersionId: version });
  });

  it('does not take a name for a pattern that it finds', async () => {
    const name = `iris-x/${randomUUID()}`;
    const { body } = await record({ name });
    const pattern = name.replace('-', '_');
    expect(await client.findInferenceService(pattern, body.servingEnvironmentId, signal)).toBeUndefined();
  });

  it('says which models and versions there are, and whose a version is', async () => {
    const id = await model();
    const version = await post('model_versions', { name: unique('v'), registeredModelId: id });
    expect(await client.getRegisteredModel(id, signal)).toMatchObject({ id });
    expect(await client.getModelVersion(version, signal)).toMatchObject({ id: version, registeredModelId: id });
    expect(await client.getRegisteredModel('2147483647', signal)).toBeUndefined();
    expect(await client.getModelVersion('2147483647', signal)).toBeUndefined();
  });

  it('lists all records of an environment, over several pages', async () => {
    const { body } = await record();
    for (let index = 0; index < 120; index += 1) {
      await client.createInferenceService({ ...body, name: `more-${index}/${randomUUID()}` }, signal);
    }
    const names = new Set<string | undefined>();
    for await (const { name } of client.listInferenceServices(body.servingEnvironmentId, signal)) names.add(name);
    expect(names.size).toBe(121);
    const environments: string[] = [];
    for await (const { id } of client.listServingEnvironments(signal)) environments.push(id);
    expect(environments).toContain(body.servingEnvironmentId);
  });
});
