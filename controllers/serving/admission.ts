import type { ApiResource } from '../../definitions/kubernetes/api-resource';
import type { InferenceGraph } from '../../definitions/serving/inference-graph';
import type { InferenceService } from '../../definitions/serving/inference-service';
import {
  localModelCaches,
  localModelNamespaceCaches,
  type LocalModelCacheObject,
} from '../../definitions/serving/local-model-cache';
import type { TrainedModel } from '../../definitions/serving/trained-model';
import { ApiError } from '../runtime/api-error';
import type { KubernetesClient } from '../runtime/client';
import type { LiveConfig } from './config/live-config';
import { defaultInferenceService } from './defaulting/inference-service';
import { usesLocalModels, type LocalModelCache, type LocalModelCaches } from './defaulting/local-model';
import { mutatePod } from './pod-mutation/mutate-pod';
import type { PodSurroundings } from './pod-mutation/surroundings';
import type { ServingStores } from './serving-stores';
import { validateInferenceGraph } from './validation/inference-graph';
import { validateInferenceService } from './validation/inference-service';
import { validateServingRuntime, type Runtime } from './validation/serving-runtime';
import { validateTrainedModel } from './validation/trained-model';
import type { ServingAdmission } from './webhooks/serving-admission';

/** What admission decides with. */
export interface AdmissionParts {
  readonly config: LiveConfig;
  readonly stores: Pick<ServingStores, 'servingRuntimes' | 'clusterServingRuntimes'>;
  readonly client: KubernetesClient;
  /** What decides about a pod, read until the signal aborts. */
  readonly surroundings: (signal: AbortSignal) => PodSurroundings;
  readonly managerNamespace: string;
}

/**
 * What the webhooks ask, answered by the rules of the rooms beside this one with the settings of the moment.
 *
 * Kinds whose schema the API server has checked when a review arrives are typed here, in the one place where a review becomes an object
 * of its kind.
 */
export function servingAdmission(parts: AdmissionParts): ServingAdmission {
  const { config, stores, client, surroundings, managerNamespace } = parts;
  return {
    defaultInferenceService: async (object, signal) => {
      const settings = {
        ...config.pick('inferenceService', 'explainers', 'security', 'localModel'),
        ...(config.has('deploy') ? config.pick('deploy') : {}),
      };
      const caches = usesLocalModels(object, settings.localModel) ? await cachesFor(object, client, signal) : undefined;
      return defaultInferenceService(object, settings, caches);
    },
    validateInferenceService: async (change) => validateInferenceService(change, config.pick('multiNode')),
    validateServingRuntime: async (kind, { object, old }) => {
      const existing =
        kind === 'ServingRuntime'
          ? stores.servingRuntimes.list(object.metadata.namespace)
          : stores.clusterServingRuntimes.list();
      const review = {
        kind,
        object: object as Runtime,
        existing,
        ...(old === undefined ? {} : { old: old as Runtime }),
      };
      return validateServingRuntime(review, config.pick('multiNode'));
    },
    validateTrainedModel: async ({ object, old }) =>
      validateTrainedModel(object as TrainedModel, old as TrainedModel | undefined),
    validateInferenceGraph: async ({ object }) => validateInferenceGraph(object as InferenceGraph),
    mutatePod: async (pod, namespace, signal) => {
      const settings = config.pick(
        'storageInitializer',
        'credentials',
        'logger',
        'batcher',
        'agent',
        'metricsAggregator',
      );
      return mutatePod(pod, namespace, settings, managerNamespace, surroundings(signal));
    },
  };
}

async function cachesFor(
  { metadata: { namespace } }: InferenceService,
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<LocalModelCaches> {
  const list = async (resource: ApiResource<LocalModelCacheObject>, where: string | undefined) => {
    try {
      const { items } = await client.list(resource, { namespace: where, signal });
      return items.map(cacheOf);
    } catch (error) {
      // Who has the caches of one scope only need not have the other kind.
      if (error instanceof ApiError && error.status === 404) return [];
      throw error;
    }
  };
  const [ofNamespace, ofCluster] = await Promise.all([
    list(localModelNamespaceCaches, namespace),
    list(localModelCaches, undefined),
  ]);
  return { ofNamespace, ofCluster };
}

function cacheOf({ metadata: { name }, spec = {} }: LocalModelCacheObject): LocalModelCache {
  return { name, sourceModelUri: spec.sourceModelUri ?? '', nodeGroups: spec.nodeGroups ?? [] };
}
