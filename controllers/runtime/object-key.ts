import type { ObjectMeta } from '../../definitions/kubernetes/api-resource';

/** `namespace/name` of a namespaced object, `name` of a cluster-scoped one. */
export type ObjectKey = string;

/** An object's address within its kind. */
export interface ObjectRef {
  readonly name: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
}

/** Key of an object. */
export function keyOf(object: { readonly metadata: Pick<ObjectMeta, 'name' | 'namespace'> }): ObjectKey {
  const { name, namespace } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Takes a key apart; the reverse of {@link keyOf}. Neither names nor namespaces can contain a slash. */
export function refOf(key: ObjectKey): ObjectRef {
  const slash = key.indexOf('/');
  return slash === -1 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
