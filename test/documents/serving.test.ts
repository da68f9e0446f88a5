import { customResourceDefinition } from '../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../definitions/serving/kinds';
import { testCluster } from '../cluster/test-cluster';
import type { UnstructuredObject } from '../cluster/unstructured-object';
import { type DocumentedObject, documentedObject, inNamespace, leastInferenceService } from './documented-object';
import type { Locator } from './entry';
import { warningsOnCreating } from './warnings';

const cluster = testCluster();

const controlPlane = (heading: string, index = 0): Locator => ({
  document: '4-serving-control-plane',
  heading,
  index,
});

let namespace: string;

beforeAll(async () => {
  await cluster.installCrds(servingDefinitions.map(customResourceDefinition));
});

beforeEach(async () => {
  namespace = await cluster.namespace('documents');
});

/** Applies an object under both validation modes and expects that every field of it is stored as written. */
async function expectStoredAsWritten(object: DocumentedObject): Promise<UnstructuredObject> {
  expect(await warningsOnCreating(cluster, object)).toEqual([]);
  await cluster.apply(object, { fieldManager: 'kubectl' });
  const stored = await cluster.get(object);
  expect(stored).toMatchObject(object);
  return stored;
}

describe('serving as the documents show it', () => {
  it('the InferenceService with registry labels is stored as written', async () => {
    const object = documentedObject({ document: '1-registry-sync', heading: 'Example InferenceService', index: 0 });

    expect(object.metadata.namespace).toBe('ml-models');
    await expectStoredAsWritten(inNamespace(object, namespace));
  });

  it('the canary as one object is accepted and kept, and so is sklearn beside model', async () => {
    const object = inNamespace(documentedObject(controlPlane('Canary Deployments')), namespace);

    const { spec } = await expectStoredAsWritten(object);

    expect(spec).toMatchObject({
      predictor: { canaryTrafficPercent: 10, sklearn: {}, model: { storageUri: 'gs://bucket/models/v2' } },
      canary: { predictor: { sklearn: {}, model: { storageUri: 'gs://bucket/models/v1' } } },
    });
  });

  it('a misspelled field, which no document has, would be warned about and refused', async () => {
    const spec = { predictor: { minReplica: 1 } };
    const object = { ...inNamespace(leastInferenceService, namespace), spec };

    expect(await warningsOnCreating(cluster, object)).toEqual([expect.stringContaining('spec.predictor.minReplica')]);
    await expect(cluster.apply(object)).rejects.toThrow('.spec.predictor.minReplica: field not declared in schema');
    expect(await cluster.find(object)).toBeUndefined();
  });
});
