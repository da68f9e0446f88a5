import { registryKeys } from '../../definitions/names/model-registry';
import { waitFor } from '../cluster/wait-for';
import { inferenceServiceOf, Installation, type TestInferenceService } from '../controllers/registry-sync/installation';
import { documentedObject } from './documented-object';
import type { Locator } from './entry';
import { documentBlock, type DocumentName } from './texts';

/** What the documents say of registry sync, on the controller as it is deployed. */
let installation: Installation;

const registrySync = (heading: string, index = 0): Locator => ({ document: '1-registry-sync', heading, index });
/** `NAME=value` lines of a shell block. */
const variables = Object.fromEntries(
  [...documentBlock(registrySync('Controller Environment Variables')).content.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value],
  ),
);

beforeAll(async () => {
  installation = await Installation.make();
}, 120_000);

afterAll(() => installation?.close());

/** The names in the first column of a table. */
const namesIn = (document: DocumentName, heading: string) =>
  [...documentBlock({ document, heading, index: 0 }).content.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);

async function withController(start: Parameters<Installation['start']>[0], work: () => Promise<void>) {
  const controller = await installation.start(start);
  await work();
  await controller.end();
}

async function created(name: string, parts: Parameters<typeof inferenceServiceOf>[2] = {}) {
  const object = inferenceServiceOf(await installation.cluster.namespace('documents'), name, parts);
  await installation.cluster.create(object);
  return object;
}

const recordOf = async (object: TestInferenceService) =>
  installation.recordOf((await installation.stored(object))?.metadata.uid ?? '');

describe('registry sync as the documents show it', () => {
  it('the example names a version that no registry gives this number, and the event says so', async () => {
    const example = documentedObject(registrySync('Example InferenceService')) as unknown as TestInferenceService;
    await installation.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ml-models' } });
    await installation.cluster.create(example);
    await withController({}, async () => {
      const { note } = await installation.event(example, 'RegistryRejected');
      expect(note).toBe(`There is no model version 1 in the Model Registry at ${installation.registry.url}.`);
    });
    await withController({ settings: { requireExistingModel: false } }, async () => {
      await installation.linked(example);
      expect(await recordOf(example)).toMatchObject({
        registeredModelId: '1',
        modelVersionId: '1',
        desiredState: 'DEPLOYED',
      });
    });
  });

  it('the flow of a reconcile ends where the document says: created, URL updated, UNDEPLOYED, gone', async () => {
    await withController({}, async () => {
      const object = await created('iris', { labels: { [registryKeys.modelVersionId]: '2' } });
      const { metadata } = await installation.linked(object);
      expect(metadata.finalizers).toEqual([registryKeys.finalizer]);
      const environments = installation.registry.entities().servingEnvironments;
      expect(environments.map(({ name }) => name)).toContain(metadata.namespace);
      await installation.cluster.patch(
        object,
        { status: { url: 'https://iris.example.com' } },
        { subresource: 'status' },
      );
      await waitFor('the URL', async () =>
        JSON.stringify((await recordOf(object))?.['customProperties']).includes('iris.example.com'),
      );
      await installation.cluster.remove(object);
      await installation.gone(object);
      expect(installation.recordOf(metadata.uid)).toMatchObject({ desiredState: 'UNDEPLOYED' });
    });
  });

  it('the labels and annotations of the table are the ones that count', () => {
    const names = namesIn('1-registry-sync', 'Label Configuration');
    expect(names).toHaveLength(6);
    const { registeredModelId, modelVersionId, inferenceServiceId, name, namespace, url } = registryKeys;
    expect(names).toEqual([registeredModelId, modelVersionId, inferenceServiceId, name, namespace, url]);
  });

  it('the serving environment has the members shown, named after the namespace', async () => {
    const shown = JSON.parse(documentBlock(registrySync('ServingEnvironment')).content) as object;
    await withController({}, async () => {
      const object = await created('environment');
      await installation.linked(object);
      const { namespace } = object.metadata;
      const environment = installation.registry.entities().servingEnvironments.find(({ name }) => name === namespace);
      expect(Object.keys(environment ?? {})).toEqual(
        expect.arrayContaining(Object.keys(shown).filter((key) => key !== 'customProperties')),
      );
      expect(environment).toMatchObject({ name: namespace, description: `Kubernetes namespace ${namespace}` });
    });
  });

  it('the record has the members shown, the URL with its metadataType', async () => {
    const shown = JSON.parse(documentBlock(registrySync('InferenceService (in MR)')).content) as {
      customProperties: { url: { string_value: string } };
    };
    const url = shown.customProperties.url.string_value;
    await withController({}, async () => {
      const object = await created('record', { labels: { [registryKeys.modelVersionId]: '2' } });
      await installation.linked(object);
      await installation.cluster.patch(object, { status: { url } }, { subresource: 'status' });
      await waitFor('the URL', async () =>
        JSON.stringify((await recordOf(object))?.['customProperties']).includes(url),
      );
      const record = await recordOf(object);
      expect(Object.keys(record ?? {})).toEqual(expect.arrayContaining(Object.keys(shown)));
      expect(record).toMatchObject({
        desiredState: 'DEPLOYED',
        customProperties: { url: { string_value: url, metadataType: 'MetadataStringValue' } },
      });
    });
  });

  it('the environment variables configure the controller as they stand there', async () => {
    expect(Object.keys(variables)).toHaveLength(11);
    await withController({ env: variables }, async () => {
      await installation.linked(await created('variables'));
    });
    // That they are read at all shows in another value of one of them.
    const { namespace } = (await created('elsewhere')).metadata;
    await withController({ env: { ...variables, REGISTRIES_NAMESPACE: namespace } }, async () => {
      await installation.event(await created('astray'), 'RegistryNotFound');
    });
  });

  it('the variables of the overview, with their other names, configure the controller', async () => {
    const names = namesIn('3-registry-on-kubernetes', 'Controller');
    expect(names).toHaveLength(4);
    const values: Record<string, string> = {
      INFERENCE_SERVICE_CONTROLLER: 'true',
      MODEL_REGISTRY_URL_ANNOTATION: 'example.com/registry',
      MODEL_REGISTRY_NAMESPACE_LABEL: 'example.com/where',
      REGISTRIES_NAMESPACE: 'nowhere',
    };
    expect(names.sort()).toEqual(Object.keys(values).sort());
    await withController({ env: values }, async () => {
      await installation.linked(await created('by-label', { labels: { 'example.com/where': 'kubeflow' } }));
      await installation.linked(
        await created('by-url', { annotations: { 'example.com/registry': installation.registry.url } }),
      );
    });
  });

  it('the message for a registry that nobody named is the one shown', async () => {
    await withController({}, async () => {
      const { note } = await installation.event(
        await created('none', { labels: { [registryKeys.namespace]: 'nowhere' } }),
        'RegistryNotFound',
      );
      expect(note).toBe(documentBlock(registrySync('Common Issues', 0)).content.trim().replace('\n', ' '));
    });
  });

  it('the message for several registries is the one shown, with the namespace', async () => {
    await withController({}, async () => {
      const namespace = await installation.cluster.namespace('several');
      for (const name of ['one', 'two']) {
        await installation.cluster.create({
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name, namespace, labels: { component: 'model-registry' } },
          spec: { ports: [{ name: 'http-api', port: 8080 }] },
        });
      }
      const object = await created('several', { labels: { [registryKeys.namespace]: namespace } });
      const { note } = await installation.event(object, 'RegistryAmbiguous');
      const shown = documentBlock(registrySync('Common Issues', 1)).content.trim().replace('\n', ' ');
      expect(note).toBe(shown.replace('in namespace.', `in namespace ${namespace}.`));
    });
  });
});
