import type { KubernetesClient } from '../../controllers/runtime/client';
import { inferenceServices, type InferenceService } from '../../definitions/serving/inference-service';

/**
 * Stands in for the serving controller until it exists: gives each live InferenceService without a URL the one that KServe
 * would (`http://<name>-<namespace>.example.com`, its default domain template) and says it is Ready. No model is served.
 */
export async function serve(client: KubernetesClient, inferenceService: InferenceService): Promise<boolean> {
  const { name, namespace, deletionTimestamp, generation } = inferenceService.metadata;
  if (deletionTimestamp !== undefined || inferenceService.status?.url !== undefined || namespace === undefined)
    return false;
  const status = {
    observedGeneration: generation,
    url: `http://${name}-${namespace}.example.com`,
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString(), reason: 'ServingStandIn' },
    ],
  };
  await client.mergePatch(inferenceServices, { name, namespace }, { status }, { subresource: 'status' });
  return true;
}
