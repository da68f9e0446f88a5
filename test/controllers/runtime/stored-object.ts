import type { KubernetesObject } from '../../../definitions/kubernetes/api-resource';

/** An object as a store holds it. */
export function storedObject(name: string, resourceVersion: string, uid = `uid-${name}`): KubernetesObject {
  return { metadata: { name, namespace: 'ml', uid, resourceVersion } };
}
