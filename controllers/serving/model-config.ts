import { configMaps } from '../../definitions/kubernetes/core-resources';
import { servingFieldManager } from '../../definitions/names/serving';
import type { InferenceService } from '../../definitions/serving/inference-service';
import { ApiError } from '../runtime/api-error';
import { controllerReference, type ChildOwner } from '../runtime/child-ownership';
import type { KubernetesClient } from '../runtime/client';
import type { ReconcileContext } from '../runtime/controller';
import { newModelConfig } from './predictor/multi-model';

/** The list of models of a multi-model predictor: made empty, and from then on written by TrainedModels. */
export class ModelConfig {
  /** uids of InferenceServices whose ConfigMap has been seen. */
  private readonly seen = new Set<string>();

  constructor(private readonly client: KubernetesClient) {}

  /** Makes the ConfigMap unless it exists. */
  async ensure(
    inferenceService: InferenceService,
    owner: ChildOwner,
    { signal }: Pick<ReconcileContext, 'signal'>,
  ): Promise<void> {
    if (this.seen.has(owner.uid)) return;
    const wanted = newModelConfig(inferenceService);
    const metadata = {
      ...wanted.metadata,
      name: wanted.metadata?.name ?? '',
      namespace: inferenceService.metadata.namespace ?? '',
      ownerReferences: [controllerReference(owner)],
    };
    const { creationTimestamp: _never, deletionTimestamp: _neither, managedFields: _nor, ...named } = metadata;
    if ((await this.client.get(configMaps, named, { signal })) === undefined) {
      try {
        const object = { metadata: named, ...(wanted.data === undefined ? {} : { data: wanted.data }) };
        await this.client.create(configMaps, object, { fieldManager: servingFieldManager, signal });
      } catch (error) {
        // Made by somebody else a moment ago: it is left alone.
        if (!(error instanceof ApiError && error.status === 409)) throw error;
      }
    }
    this.seen.add(owner.uid);
  }

  /** Forgets an InferenceService that is gone. */
  forget(uid: string): void {
    this.seen.delete(uid);
  }
}
