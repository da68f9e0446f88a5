import { inferenceServiceFinalizer, servingLabels } from '../../definitions/names/serving';
import { inferenceServices, type InferenceService } from '../../definitions/serving/inference-service';
import { trainedModels } from '../../definitions/serving/trained-model';
import { ApiError } from '../runtime/api-error';
import type { KubernetesClient } from '../runtime/client';
import type { ReconcileContext } from '../runtime/controller';
import { hasFinalizer, withoutFinalizer } from '../runtime/finalizers';
import { refOf, keyOf } from '../runtime/object-key';
import type { Store } from '../runtime/store';

/**
 * Lets a deleted InferenceService go: first its TrainedModels, which nobody else removes. Its other children go by garbage collection.
 */
export async function finalize(
  inferenceService: InferenceService,
  client: KubernetesClient,
  store: Store<InferenceService>,
  context: ReconcileContext,
): Promise<void> {
  if (!hasFinalizer(inferenceService, inferenceServiceFinalizer)) return;
  const { signal } = context;
  for (const metadata of await trainedModelsOf(inferenceService, client, signal)) {
    await client.delete(trainedModels, metadata, { propagationPolicy: 'Background', signal });
  }
  const patch = withoutFinalizer(inferenceService, inferenceServiceFinalizer);
  try {
    const written = await client.mergePatch(inferenceServices, refOf(keyOf(inferenceService)), patch, { signal });
    context.wrote(store, written);
  } catch (error) {
    // Gone already: what was to be done is done.
    if (!(error instanceof ApiError && error.isNotFound)) throw error;
  }
  context.log.info('let go');
}

async function trainedModelsOf({ metadata }: InferenceService, client: KubernetesClient, signal: AbortSignal) {
  const labelSelector = `${servingLabels.trainedModelParent}=${metadata.name}`;
  try {
    const { items } = await client.list(trainedModels, { namespace: metadata.namespace, labelSelector, signal });
    return items.map((item) => item.metadata);
  } catch (error) {
    // The kind is not installed.
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}
