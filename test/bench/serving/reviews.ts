import { randomUUID } from 'node:crypto';
import type { V1Deployment } from '@kubernetes/client-node';
import { servingWebhookPaths as paths } from '../../../definitions/names/serving-webhooks';
import type { WrittenInferenceService } from '../../controllers/serving/serving-installation';
import type { ObjectReference } from '../../cluster/unstructured-object';
import type { BenchInstallation } from './bench-installation';

/** A question of the API server, ready to be sent. */
export interface Review {
  /** With query. */
  readonly path: string;
  readonly uid: string;
  readonly body: string;
}

interface Change {
  readonly kind: 'InferenceService' | 'Pod';
  readonly operation: 'CREATE' | 'UPDATE';
  readonly namespace: string;
  readonly name: string;
  readonly object: object;
  readonly oldObject?: object;
}

/**
 * What the API server asks when InferenceServices are made, changed and scaled: for each object its defaults and its rules at creation
 * and at a change, and one pod. The objects are the API server's own: stored ones, with the managed fields and the status that they have
 * by then, and pods as it completes them.
 */
export async function reviewsOf(
  bench: BenchInstallation,
  objects: readonly WrittenInferenceService[],
): Promise<readonly Review[]> {
  const reviews: Review[] = [];
  for (const written of objects) {
    const { namespace, name } = written.metadata;
    const stored = await bench.installation.stored(written);
    if (stored === undefined) throw new Error(`making reviews: InferenceService ${namespace}/${name} is not there`);
    const { status: _status, ...withoutStatus } = stored;
    const about = { kind: 'InferenceService', namespace, name } as const;
    const created = { ...about, operation: 'CREATE', object: withoutStatus } as const;
    const changed = { ...about, operation: 'UPDATE', object: withLabel(stored), oldObject: stored } as const;
    for (const change of [created, changed]) {
      reviews.push(reviewOf(paths.defaultInferenceService, change), reviewOf(paths.validateInferenceService, change));
    }
    const pod = await completedPod(bench, namespace, `${name}-predictor`);
    reviews.push(reviewOf(paths.mutatePods, { kind: 'Pod', namespace, name: '', operation: 'CREATE', object: pod }));
  }
  return reviews;
}

/** Lets the pods of a namespace fetch their models with a key of a Secret, as they do where a store wants to know who asks. */
export async function addCredentials({ installation: { cluster } }: BenchInstallation, namespace: string) {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'models', namespace } };
  await cluster.apply({
    ...secret,
    metadata: { ...secret.metadata, annotations: { 'serving.kserve.io/s3-endpoint': 'storage.example.com:9000' } },
    stringData: { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'not one' },
  } as ObjectReference);
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace },
    secrets: [{ name: 'models' }],
  } as ObjectReference);
}

/** What the API server makes of a pod of a Deployment before it asks. Nothing is stored. */
async function completedPod({ installation }: BenchInstallation, namespace: string, deployment: string) {
  const template = (await installation.deployment(namespace, deployment))?.spec?.template;
  if (template === undefined) throw new Error(`making reviews: Deployment ${namespace}/${deployment} is not there`);
  const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: podMetadata(deployment, template.metadata) };
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const { status, body } = await installation.cluster.request('POST', path, { query: { dryRun: 'All' }, body: pod });
  if (status !== 201) throw new Error(`making reviews: a pod of ${namespace}/${deployment}: ${JSON.stringify(body)}`);
  return body as object;
}

/** As the controller of ReplicaSets writes it. */
function podMetadata(deployment: string, metadata: NonNullable<V1Deployment['spec']>['template']['metadata']): object {
  const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${deployment}-6f9d7c8b5`, uid: randomUUID() };
  return {
    ...metadata,
    generateName: `${controller.name}-`,
    labels: { ...metadata?.labels, 'pod-template-hash': '6f9d7c8b5' },
    ownerReferences: [{ ...controller, controller: true, blockOwnerDeletion: true }],
  };
}

function withLabel<T extends { readonly metadata: object }>(stored: T): T {
  return { ...stored, metadata: { ...stored.metadata, labels: { changed: 'yes' } } };
}

function reviewOf(path: string, { kind, operation, namespace, name, object, oldObject }: Change): Review {
  const uid = randomUUID();
  const isPod = kind === 'Pod';
  const group = isPod ? '' : 'serving.kserve.io';
  const version = isPod ? 'v1' : 'v1beta1';
  const gvk = { group, version, kind };
  const gvr = { group, version, resource: isPod ? 'pods' : 'inferenceservices' };
  const optionsKind = operation === 'CREATE' ? 'CreateOptions' : 'UpdateOptions';
  const body = {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind: gvk,
      resource: gvr,
      requestKind: gvk,
      requestResource: gvr,
      name,
      namespace,
      operation,
      userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      object,
      oldObject: oldObject ?? null,
      dryRun: false,
      options: { kind: optionsKind, apiVersion: 'meta.k8s.io/v1', fieldManager: 'kubectl-client-side-apply' },
    },
  };
  return { path: `${path}?timeout=10s`, uid, body: JSON.stringify(body) };
}
