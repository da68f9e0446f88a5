import type { V1Pod } from '@kubernetes/client-node';
import * as z from 'zod';
import type { ApiResource, KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import { pods } from '../../../definitions/kubernetes/core-resources';
import { inferenceServiceLabel, servingGroup } from '../../../definitions/names/serving';
import { servingWebhookPaths as paths, type ServingWebhookPath } from '../../../definitions/names/serving-webhooks';
import { clusterServingRuntimes } from '../../../definitions/serving/cluster-serving-runtime';
import { inferenceServices, type InferenceService } from '../../../definitions/serving/inference-service';
import { servingRuntimes } from '../../../definitions/serving/serving-runtime';
import {
  UndecodableReview,
  type AdmissionRequest,
  type AdmissionVerdict,
} from '../../runtime/webhooks/admission-review';
import type { AdmissionHandler, Webhook } from '../../runtime/webhooks/webhook-server';
import type { Change, ServingAdmission, Verdict } from './serving-admission';

const allowed: AdmissionVerdict = { allowed: true };

/**
 * The webhooks of the serving API, by path: what KServe v0.20 serves.
 *
 * Whatever is being deleted is let through as it is: its finalizers have to go even when its defaults or rules can't be found out.
 */
export function servingWebhooks(admission: ServingAdmission): Readonly<Record<ServingWebhookPath, Webhook>> {
  return {
    [paths.defaultInferenceService]: {
      name: 'inferenceservice.kserve-webhook-server.defaulter',
      handle: async (request, signal) => {
        const change = changeOf<InferenceService>(request, inferenceServices);
        if (change === undefined) return allowed;
        const { object, warnings } = await admission.defaultInferenceService(change.object, signal);
        return { allowed: true, object, warnings };
      },
    },
    [paths.mutatePods]: {
      name: 'inferenceservice.kserve-webhook-server.pod-mutator',
      handle: async (request, signal) => {
        const change = changeOf<V1Pod>(request, pods);
        if (change?.operation !== 'CREATE') return allowed;
        const { metadata } = change.object;
        // The webhook configuration asks for no others; one that was written by hand may.
        if (metadata?.labels?.[inferenceServiceLabel] === undefined) return allowed;
        const pod = { ...change.object, metadata: { ...metadata, namespace: request.namespace } };
        return { allowed: true, object: await admission.mutatePod(pod, request.namespace, signal) };
      },
    },
    [paths.validateInferenceService]: validator<InferenceService>(
      'inferenceservice',
      inferenceServices,
      (change, signal) => admission.validateInferenceService(change, signal),
    ),
    [paths.validateServingRuntime]: validator<KubernetesObject>('servingruntime', servingRuntimes, (change, signal) =>
      admission.validateServingRuntime('ServingRuntime', change, signal),
    ),
    [paths.validateClusterServingRuntime]: validator<KubernetesObject>(
      'clusterservingruntime',
      clusterServingRuntimes,
      (change, signal) => admission.validateServingRuntime('ClusterServingRuntime', change, signal),
    ),
    [paths.validateTrainedModel]: validator<KubernetesObject>(
      'trainedmodel',
      { group: servingGroup, kind: 'TrainedModel' },
      (change, signal) => admission.validateTrainedModel(change, signal),
    ),
    [paths.validateInferenceGraph]: validator<KubernetesObject>(
      'inferencegraph',
      { group: servingGroup, kind: 'InferenceGraph' },
      (change, signal) => admission.validateInferenceGraph(change, signal),
    ),
  };
}

function validator<T extends Reviewed>(
  name: string,
  resource: ReviewedKind,
  judge: (change: Change<T>, signal: AbortSignal) => Promise<Verdict>,
): Webhook {
  const handle: AdmissionHandler = async (request, signal) => {
    const change = changeOf<T>(request, resource);
    if (change === undefined) return allowed;
    const { refusal, warnings } = await judge(change, signal);
    return refusal === undefined ? { allowed: true, warnings } : { allowed: false, message: refusal, warnings };
  };
  return { name: `${name}.kserve-webhook-server.validator`, handle };
}

/**
 * The change that a review asks about.
 *
 * @returns undefined when there is nothing to decide: a deletion, a subresource, an object that is being deleted
 * @throws UndecodableReview when it is about another kind, or has no object
 */
function changeOf<T extends Reviewed>(request: AdmissionRequest, { group, kind }: ReviewedKind): Change<T> | undefined {
  const { operation, subResource = '', kind: asked, object, oldObject } = request;
  if (asked.group !== group || asked.kind !== kind) {
    const got = `${asked.kind} of group ${JSON.stringify(asked.group)}`;
    throw new UndecodableReview(
      `reviewing a ${kind}: the review is about a ${got}: is the path in the webhook configuration right?`,
    );
  }
  if ((operation !== 'CREATE' && operation !== 'UPDATE') || subResource !== '') return undefined;
  if (!isObject<T>(object)) throw new UndecodableReview(`reviewing a ${kind}: the review has no object`);
  if (typeof object.metadata?.deletionTimestamp === 'string') return undefined;
  return { object, operation, ...(isObject<T>(oldObject) ? { old: oldObject } : {}) };
}

type ReviewedKind = Pick<ApiResource, 'group' | 'kind'>;

/** What is looked at here of an object. */
interface Reviewed {
  readonly metadata?: { readonly deletionTimestamp?: unknown };
}

/** Of metadata the API server has decoded all before it asks; a handler may rely on these. */
const objectSchema = z.object({
  metadata: z.object({
    name: z.string().nullish(),
    namespace: z.string().nullish(),
    labels: z.record(z.string(), z.string()).nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
    deletionTimestamp: z.string().nullish(),
  }),
});

function isObject<T extends Reviewed>(value: unknown): value is T {
  return objectSchema.safeParse(value).success;
}
