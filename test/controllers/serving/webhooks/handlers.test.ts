import type { AdmissionRequest } from '../../../../controllers/runtime/webhooks/admission-review';
import { servingWebhooks } from '../../../../controllers/serving/webhooks/handlers';
import type { ServingAdmission } from '../../../../controllers/serving/webhooks/serving-admission';
import { inferenceServiceLabel } from '../../../../definitions/names/serving';
import { servingWebhookPaths as paths, type ServingWebhookPath } from '../../../../definitions/names/serving-webhooks';

const signal = new AbortController().signal;

/** Adds something that can be seen to whatever it is asked about; refuses what is named `bad`. */
function admission(): { readonly admission: ServingAdmission; readonly asked: unknown[][] } {
  const asked: unknown[][] = [];
  const verdict = async (...what: unknown[]) => {
    asked.push(what);
    return JSON.stringify(what).includes('"bad"') ? { refusal: 'bad is bad', warnings: ['w'] } : { warnings: ['w'] };
  };
  return {
    asked,
    admission: {
      defaultInferenceService: async (object) => ({
        object: { ...object, metadata: { ...object.metadata, labels: { defaulted: 'yes' } } },
        warnings: ['w'],
      }),
      validateInferenceService: (change) => verdict('InferenceService', change),
      validateServingRuntime: (kind, change) => verdict(kind, change),
      validateTrainedModel: (change) => verdict('TrainedModel', change),
      validateInferenceGraph: (change) => verdict('InferenceGraph', change),
      mutatePod: async (pod, namespace) => ({ ...pod, spec: { containers: [{ name: namespace }] } }),
    },
  };
}

function reviewOf(kind: string, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  const pod = kind === 'Pod';
  const version = pod ? 'v1' : kind === 'InferenceService' ? 'v1beta1' : 'v1alpha1';
  const group = pod ? '' : 'serving.kserve.io';
  return {
    uid: '1',
    kind: { group, version, kind },
    resource: { group, version, resource: `${kind.toLowerCase()}s` },
    name: 'iris',
    namespace: 'models',
    operation: 'CREATE',
    userInfo: { username: 'ann', groups: [] },
    object: { metadata: { name: 'iris' } },
    oldObject: null,
    dryRun: false,
    ...more,
  };
}

const ask = (path: ServingWebhookPath, request: AdmissionRequest, one = admission()) =>
  servingWebhooks(one.admission)[path].handle(request, signal);

const validators = [
  [paths.validateInferenceService, 'InferenceService'],
  [paths.validateServingRuntime, 'ServingRuntime'],
  [paths.validateClusterServingRuntime, 'ClusterServingRuntime'],
  [paths.validateTrainedModel, 'TrainedModel'],
  [paths.validateInferenceGraph, 'InferenceGraph'],
] as const;

it('serves the paths of KServe', () => {
  expect(Object.keys(servingWebhooks(admission().admission)).sort()).toEqual([
    '/mutate-pods',
    '/mutate-serving-kserve-io-v1beta1-inferenceservice',
    '/validate-serving-kserve-io-v1alpha1-clusterservingruntime',
    '/validate-serving-kserve-io-v1alpha1-inferencegraph',
    '/validate-serving-kserve-io-v1alpha1-servingruntime',
    '/validate-serving-kserve-io-v1alpha1-trainedmodel',
    '/validate-serving-kserve-io-v1beta1-inferenceservice',
  ]);
});

describe.each(validators)('%s', (path, kind) => {
  it('asks about creation and update, with what was before', async () => {
    const one = admission();
    const object = { metadata: { name: 'iris' } };
    const oldObject = { metadata: { name: 'iris', labels: { old: 'yes' } } };
    expect(await ask(path, reviewOf(kind), one)).toEqual({ allowed: true, warnings: ['w'] });
    await ask(path, reviewOf(kind, { operation: 'UPDATE', oldObject }), one);
    expect(one.asked).toEqual([
      [kind, { object, operation: 'CREATE' }],
      [kind, { object, operation: 'UPDATE', old: oldObject }],
    ]);
  });

  it('refuses with the reason', async () => {
    const object = { metadata: { name: 'bad' } };
    expect(await ask(path, reviewOf(kind, { object }))).toEqual({
      allowed: false,
      message: 'bad is bad',
      warnings: ['w'],
    });
  });

  it('lets finalizers of a bad object go that is being deleted, and deletions pass', async () => {
    const object = { metadata: { name: 'bad', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(await ask(path, reviewOf(kind, { operation: 'UPDATE', object }))).toEqual({ allowed: true });
    expect(await ask(path, reviewOf(kind, { operation: 'DELETE', object: null }))).toEqual({ allowed: true });
  });

  it('does not judge another kind', async () => {
    await expect(ask(path, reviewOf('Pod'))).rejects.toThrow(
      `reviewing a ${kind}: the review is about a Pod of group ""`,
    );
  });

  it('does not judge what is no object', async () => {
    await expect(ask(path, reviewOf(kind, { object: [] }))).rejects.toThrow(
      `reviewing a ${kind}: the review has no object`,
    );
  });
});

describe(paths.defaultInferenceService, () => {
  it('answers with the object that has its defaults', async () => {
    expect(await ask(paths.defaultInferenceService, reviewOf('InferenceService'))).toEqual({
      allowed: true,
      object: { metadata: { name: 'iris', labels: { defaulted: 'yes' } } },
      warnings: ['w'],
    });
  });

  it('leaves an object alone that is being deleted', async () => {
    const object = { metadata: { name: 'iris', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const review = reviewOf('InferenceService', { operation: 'UPDATE', object });
    expect(await ask(paths.defaultInferenceService, review)).toEqual({ allowed: true });
  });
});

describe(paths.mutatePods, () => {
  const metadata = { generateName: 'iris-', labels: { [inferenceServiceLabel]: '' }, creationTimestamp: null };

  it('changes a labelled pod, which has no name yet, in the namespace of the request (§9.1)', async () => {
    expect(await ask(paths.mutatePods, reviewOf('Pod', { name: '', object: { metadata } }))).toEqual({
      allowed: true,
      object: { metadata: { ...metadata, namespace: 'models' }, spec: { containers: [{ name: 'models' }] } },
    });
  });

  it.each([
    ['without the label', { object: { metadata: { labels: { app: 'x' } } } }],
    ['without labels', { object: { metadata: {} } }],
    ['that exists', { operation: 'UPDATE', object: { metadata } }],
  ] as const)('leaves a pod alone %s', async (_, more) => {
    expect(await ask(paths.mutatePods, reviewOf('Pod', more))).toEqual({ allowed: true });
  });
});
