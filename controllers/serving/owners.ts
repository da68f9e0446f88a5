import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { inferenceServices } from '../../definitions/serving/inference-service';
import type { ObjectKey } from '../runtime/object-key';

/** Key of the InferenceService that controls an object: one, or none. */
export function ownersOf({ metadata }: KubernetesObject): readonly ObjectKey[] {
  const controller = metadata.ownerReferences?.find((reference) => reference.controller === true);
  return controller?.kind === inferenceServices.kind ? [`${metadata.namespace ?? ''}/${controller.name}`] : [];
}
