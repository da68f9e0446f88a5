import { z } from 'zod';
import { customResourceDefinition } from '../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../definitions/serving/kinds';
import { testCluster } from '../cluster/test-cluster';
import type { UnstructuredObject } from '../cluster/unstructured-object';
import {
  type DocumentedObject,
  documentedFragment,
  documentedObject,
  inNamespace,
  leastInferenceService,
} from './documented-object';
import type { Locator } from './entry';
import { parseKubectl } from './kubectl-command';
import { documentBlock } from './texts';
import { warningsOnCreating, warningsOnStatus } from './warnings';

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

/** The name under which kubectl's word for a resource, such as `inferenceservice`, is served. */
async function servedPlural(word: string): Promise<string | undefined> {
  const { body } = await cluster.request('GET', '/apis/serving.kserve.io/v1beta1');
  const { resources } = resourceList.parse(body);
  return resources.find(({ name, singularName }) => word === name || word === singularName)?.name;
}

const resourceList = z.object({ resources: z.array(z.object({ name: z.string(), singularName: z.string() })) });

const storedMyModel = () => cluster.apply(inNamespace(leastInferenceService, namespace), { fieldManager: 'kubectl' });

describe('serving as the documents show it', () => {
  it('the InferenceService with registry labels is stored as written', async () => {
    const object = documentedObject({ document: '1-registry-sync', heading: 'Example InferenceService', index: 0 });

    expect(object.metadata.namespace).toBe('ml-models');
    await expectStoredAsWritten(inNamespace(object, namespace));
  });

  it('the ClusterServingRuntime with a storage placeholder is stored as written', async () => {
    const runtime = documentedObject(controlPlane('Custom Runtimes'));

    try {
      await expectStoredAsWritten(runtime);
    } finally {
      await cluster.remove(runtime);
    }
  });

  it('the command that shows an InferenceService finds it by its name', async () => {
    const { metadata } = await storedMyModel();
    const { verb, words, flags } = parseKubectl(documentBlock(controlPlane('Status Conditions')).content);
    const [resource = '', name = ''] = words;

    const path = `/apis/serving.kserve.io/v1beta1/namespaces/${namespace}/${await servedPlural(resource)}/${name}`;
    const { status, body } = await cluster.request('GET', path);

    expect([verb, flags]).toEqual(['get', { o: 'yaml' }]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: 'InferenceService', metadata: { uid: metadata.uid } });
  });

  it('the status with PredictorReady, Ready and a url is stored as written', async () => {
    const object = inNamespace(documentedFragment(controlPlane('Status Conditions', 1)), namespace);
    await storedMyModel();

    expect(await warningsOnStatus(cluster, object)).toEqual([]);
    await cluster.apply(object, { fieldManager: 'controller', subresource: 'status', force: true });

    const { status } = await cluster.get(object);
    expect(status).toMatchObject({
      conditions: [
        { type: 'PredictorReady', status: 'True', reason: 'PredictorReady' },
        { type: 'Ready', status: 'True', reason: 'InferenceServiceReady' },
      ],
      url: 'http://my-model.default.example.com',
    });
  });

  it('the canary as one object is accepted and kept, and so is sklearn beside model', async () => {
    const object = inNamespace(documentedObject(controlPlane('Canary Deployments')), namespace);

    const { spec } = await expectStoredAsWritten(object);

    expect(spec).toMatchObject({
      predictor: { canaryTrafficPercent: 10, sklearn: {}, model: { storageUri: 'gs://bucket/models/v2' } },
      canary: { predictor: { sklearn: {}, model: { storageUri: 'gs://bucket/models/v1' } } },
    });
  });

  it('the patch that promotes the canary changes what is stored', async () => {
    const object = inNamespace(documentedObject(controlPlane('Canary Deployments')), namespace);
    const { metadata: before } = await cluster.apply(object, { fieldManager: 'kubectl' });
    const { verb, words, flags } = parseKubectl(documentBlock(controlPlane('Blue-Green Deployments')).content);
    const [resource = '', name = ''] = words;

    const path = `/apis/serving.kserve.io/v1beta1/namespaces/${namespace}/${await servedPlural(resource)}/${name}`;
    const { status, warnings } = await cluster.request('PATCH', path, {
      body: JSON.parse(flags['p'] ?? ''),
      contentType: `application/${flags['type']}-patch+json`,
      query: { fieldManager: 'kubectl-patch' },
    });

    expect(verb).toBe('patch');
    expect([status, warnings]).toEqual([200, []]);
    const { metadata: after, spec } = await cluster.get(object);
    expect(spec).toMatchObject({ canaryTrafficPercent: 100, predictor: { canaryTrafficPercent: 10 } });
    expect(after.generation).toBe((before.generation ?? 0) + 1);
  });

  it('the autoscaling bounds and the concurrency target are stored as written', async () => {
    const object = documentedObject(controlPlane('Horizontal Pod Autoscaler (HPA)'));

    const { spec } = await expectStoredAsWritten(inNamespace(object, namespace));

    expect(spec).toMatchObject({
      predictor: { minReplicas: 1, maxReplicas: 10, scaleTarget: 70, scaleMetric: 'concurrency', sklearn: {} },
    });
  });

  it('resource requests and limits are stored as written, whole numbers included', async () => {
    const object = documentedFragment(controlPlane('Resource Requests and Limits'));

    const { spec } = await expectStoredAsWritten(inNamespace(object, namespace));

    expect(spec).toMatchObject({
      predictor: {
        model: {
          resources: {
            requests: { cpu: '100m', memory: '1Gi' },
            limits: { cpu: 1, memory: '2Gi', 'nvidia.com/gpu': 1 },
          },
        },
      },
    });
  });

  it('the node selector and the toleration for GPU nodes are stored as written', async () => {
    const object = documentedFragment(controlPlane('Node Affinity and Tolerations'));

    const { spec } = await expectStoredAsWritten(inNamespace(object, namespace));

    expect(spec).toMatchObject({
      predictor: {
        nodeSelector: { 'node-type': 'gpu' },
        tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
      },
    });
  });

  it('the S3 location and its region are stored as written', async () => {
    const object = documentedFragment(controlPlane('Storage Configuration'));

    const { spec } = await expectStoredAsWritten(inNamespace(object, namespace));

    expect(spec).toMatchObject({
      predictor: {
        model: { storageUri: 's3://my-bucket/models/sklearn/v1', env: [{ name: 'AWS_REGION', value: 'us-west-2' }] },
      },
    });
  });

  it('the request logger is stored as written', async () => {
    const object = documentedFragment(controlPlane('Logging'));

    const { spec } = await expectStoredAsWritten(inNamespace(object, namespace));

    expect(spec).toMatchObject({
      predictor: { logger: { mode: 'all', url: 'http://message-dumper-logger-service.default/' } },
    });
  });

  it('a misspelled field, which no document has, would be warned about and refused', async () => {
    const spec = { predictor: { minReplica: 1 } };
    const object = { ...inNamespace(leastInferenceService, namespace), spec };

    expect(await warningsOnCreating(cluster, object)).toEqual([expect.stringContaining('spec.predictor.minReplica')]);
    await expect(cluster.apply(object)).rejects.toThrow('.spec.predictor.minReplica: field not declared in schema');
    expect(await cluster.find(object)).toBeUndefined();
  });

  it('the command that describes an InferenceService finds it and its events', async () => {
    const { apiVersion, kind, metadata } = await storedMyModel();
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'my-model-1', namespace },
      type: 'Warning',
      reason: 'ModelLoadFailed',
      note: 'no such bucket',
      action: 'Load',
      eventTime: '2026-11-21T07:00:00.000000Z',
      reportingController: 'serving',
      reportingInstance: 'serving-0',
      regarding: { apiVersion, kind, name: metadata.name, namespace, uid: metadata.uid },
    };
    await cluster.create(event);
    const { verb, words } = parseKubectl(documentBlock(controlPlane('Debugging Commands')).content);
    const [resource = '', name = ''] = words;

    const path = `/apis/serving.kserve.io/v1beta1/namespaces/${namespace}/${await servedPlural(resource)}/${name}`;
    const found = await cluster.request('GET', path);
    const about = `involvedObject.kind=InferenceService,involvedObject.name=${name},involvedObject.uid=${metadata.uid}`;
    const events = await cluster.list({ apiVersion: 'v1', kind: 'Event' }, namespace, { fieldSelector: about });

    expect(verb).toBe('describe');
    expect(found.status).toBe(200);
    expect(events).toMatchObject([{ reason: 'ModelLoadFailed', message: 'no such bucket' }]);
  });
});
