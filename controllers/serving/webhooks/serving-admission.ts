import type { V1Pod } from '@kubernetes/client-node';
import type { KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import type { InferenceService } from '../../../definitions/serving/inference-service';

/** An object with its defaults, and what its author should know. */
export interface Defaulted<T> {
  readonly object: T;
  readonly warnings: readonly string[];
}

/** Whether an object may be stored. */
export interface Verdict {
  /** Why not. */
  readonly refusal?: string;
  readonly warnings: readonly string[];
}

/** A change to be judged: the object as it will be stored, and as it is. */
export interface Change<T> {
  readonly object: T;
  /** Absent on creation. */
  readonly old?: T;
  readonly operation: 'CREATE' | 'UPDATE';
}

/** Both kinds of runtimes. */
export type RuntimeKind = 'ServingRuntime' | 'ClusterServingRuntime';

/**
 * What the webhooks ask: one function per kind and purpose. They decide, the webhooks carry their answers; an error that they throw is a
 * 500 of that review.
 *
 * Objects come from the API server but, before their defaults, not through the schema: any field may have another type than it says.
 */
export interface ServingAdmission {
  defaultInferenceService(object: InferenceService, signal: AbortSignal): Promise<Defaulted<InferenceService>>;
  validateInferenceService(change: Change<InferenceService>, signal: AbortSignal): Promise<Verdict>;
  /** @param change of a runtime; the kinds share their spec */
  validateServingRuntime(kind: RuntimeKind, change: Change<KubernetesObject>, signal: AbortSignal): Promise<Verdict>;
  validateTrainedModel(change: Change<KubernetesObject>, signal: AbortSignal): Promise<Verdict>;
  validateInferenceGraph(change: Change<KubernetesObject>, signal: AbortSignal): Promise<Verdict>;
  /**
   * The pod of an InferenceService as it shall start.
   *
   * @param pod new, with its namespace; it may have no name yet
   */
  mutatePod(pod: V1Pod, namespace: string, signal: AbortSignal): Promise<V1Pod>;
}
