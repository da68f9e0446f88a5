import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { internalAnnotations, servingAnnotations, servingLabels } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { predictorStorageUri } from '../validation/implementations';
import { withAnnotations, withLabels } from './annotations';

/** A cache of model files on nodes, as far as defaulting reads it. */
export interface LocalModelCache {
  readonly name: string;
  readonly sourceModelUri: string;
  /** Groups of nodes that have the files, in their order. */
  readonly nodeGroups: readonly string[];
}

/** Caches that a service may use. */
export interface LocalModelCaches {
  /** LocalModelNamespaceCaches of the service's namespace. They come first. */
  readonly ofNamespace: readonly LocalModelCache[];
  /** LocalModelCaches. */
  readonly ofCluster: readonly LocalModelCache[];
}

/** Whether caches are to be listed for a service. */
export function usesLocalModels(
  { metadata }: InferenceService,
  { enabled }: Pick<InferenceServiceConfig['localModel'], 'enabled'>,
): boolean {
  return enabled && metadata.annotations?.[servingAnnotations.disableLocalModel] === undefined;
}

/**
 * The service with labels and annotations that name the cache of its model, or without them when no cache has it.
 * Services without a single storage URI are left alone.
 */
export function withLocalModel(service: InferenceService, caches: LocalModelCaches): InferenceService {
  const uri = predictorStorageUri(service.spec.predictor);
  if (uri === undefined) return service;
  const nodeGroup = service.metadata.annotations?.[servingAnnotations.nodeGroup];
  const own = matching(caches.ofNamespace, uri, nodeGroup);
  const match = own ?? matching(caches.ofCluster, uri, nodeGroup);
  const labelled = withLabels(service, {
    [servingLabels.localModel]: match?.cache.name,
    [servingLabels.localModelNamespace]: own && service.metadata.namespace,
  });
  return withAnnotations(labelled, {
    [internalAnnotations.localModelSourceUri]: match?.cache.sourceModelUri,
    [internalAnnotations.localModelClaim]: match && `${match.cache.name}-${match.nodeGroup}`,
  });
}

function matching(caches: readonly LocalModelCache[], uri: string, wanted: string | undefined) {
  for (const cache of caches) {
    const nodeGroup = wanted ?? cache.nodeGroups[0];
    if (nodeGroup === undefined || !cache.nodeGroups.includes(nodeGroup)) continue;
    if (holds(cache.sourceModelUri, uri)) return { cache, nodeGroup };
  }
  return undefined;
}

/** Whether a URI is that of the cache or lies below it, by whole path segments. */
function holds(cached: string, uri: string): boolean {
  const [directory, wanted] = [cached, uri].map((text) => text.replace(/\/+$/, ''));
  return wanted === directory || wanted?.startsWith(`${directory}/`) === true;
}
