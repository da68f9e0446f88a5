import type { KubernetesObject } from '../../../definitions/kubernetes/api-resource';

/** Whether an object is controlled by just this owner: one of the same name that is gone does not count. */
export function isOwnedBy({ metadata }: KubernetesObject, owner: KubernetesObject): boolean {
  const controller = metadata.ownerReferences?.find((reference) => reference.controller === true);
  return controller !== undefined && controller.uid === owner.metadata.uid;
}
